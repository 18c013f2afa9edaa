"""How the cost of a check grows: with the checks of a lab, and with containers on the daemon that are not ours."""

import json

import svg
from pairs import measured
from worlds import CHECKOUT, PYTHON, docker_basics

TIMES = (1, 10, 100)
FOREIGN = (0, 10, 100, 300)
JUDGING = """
import json, sys, time
from labrunner import entering, values
from labrunner.judging import judged
from labrunner.narrate import Quiet
session = entering.current(Quiet())
world = entering.connect(session)
fresh = values.fresh(session.loaded.lab)
began = time.perf_counter()
read = world.snapshot(session.scope, session.loaded.lab.probes, {**session.values, **fresh}, session.rest(fresh))
took = time.perf_counter() - began
found = {}
for times in json.loads(sys.argv[1]):
    began = time.perf_counter()
    judged(session.loaded, session.loaded.lab.checks * times, read, session.values, world.client)
    found[times] = time.perf_counter() - began
print(json.dumps({"read": took, "checks": len(session.loaded.lab.checks), "judged": found}))
"""


def growth(rounds: int) -> dict[str, float]:
    """Measure both; returns milliseconds of a whole check by the number of foreign containers."""
    with docker_basics() as world:
        told = json.loads(world.run(PYTHON, "-c", JUDGING, json.dumps(TIMES)))
        print(f"one reading of the world, probes included: {told['read'] * 1000:.0f} ms")
        judged = [(told["checks"] * int(times), took * 1000) for times, took in told["judged"].items()]
        for checks, took in judged:
            print(f"{checks:5} checks judged in {took:8.1f} ms")
        image = world.run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}").splitlines()[0]
        script = str(CHECKOUT / "bench/docker_facts.sh")
        world.env.update(REGISTRY=f"localhost:{world.installation.port}", NONCE="c0ffee42")
        whole: dict[str, list[tuple[float, float]]] = {"labrunner check": [], "bash and docker": []}
        there = 0
        for wanted in FOREIGN:
            for number in range(there, wanted):
                world.run("docker", "create", "--name", f"foreign-{number}", image, "true")
            there = wanted
            ours = world.labrunner("labrunner check", "check")
            theirs = world.contender("bash and docker", "bash", script, codes=(0, 1))
            for name, taken in measured([ours, theirs], rounds).items():
                whole[name].append((wanted, taken.median * 1000))
                print(f"{wanted:4} foreign containers: {name:20}{taken.median * 1000:8.0f} ms")
    print(svg.lines("bench-growth.svg", "A whole check of docker-basics", whole, "foreign containers", "ms"))
    line = {"judging one reading": [(float(checks), took) for checks, took in judged]}
    print(svg.lines("bench-checks.svg", "Judging more checks", line, "checks", "ms"))
    return {str(int(at)): took for at, took in whole["labrunner check"]}
