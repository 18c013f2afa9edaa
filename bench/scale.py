"""What a submission costs on a cluster, and what from that a class of hundreds and thousands needs.

    python -m bench.scale measure SUBMISSION… [--labs DIR] [--jobs N]   a line of numbers for each, as JSON
    python -m bench.scale simulate MEASURED.json                        the table and the plot of docs/scale.md

`measure` runs what is in a Pod, its engine and its checker, as two containers on this machine's engine: the same image,
the same shared folder. `simulate` draws each Pod's time from what was measured, lets some fail and run again, some
hang until their limit, lets each node pull the image first from one registry, and says when the last has ended.
"""

import argparse
import heapq
import json
import random
import secrets
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from bench import svg
from labrunner import process, wait
from labrunner.environment import engine as engines
from labrunner.environment import registry
from labrunner.environment import settings as choices
from labrunner.environment.build import Lines
from labrunner.fleet import class_image, framed, gathered, manifests, place, plan
from labrunner.fleet.class_run import labs_of
from labrunner.fleet.following import MOST
from labrunner.fleet.gathered import Handed
from labrunner.fleet.pods import PodTerms
from labrunner.grading import class_run
from labrunner.grading.grade import Class

CLASSES, SLOTS = (300, 1000, 10_000), (10, 30, 100, 300)
RUNS = 20
"""Classes that are played for each size and number of Pods; the middle one is told."""
A_NODE = 8
"""Pods that a node takes at a time."""
BREAKS, HANGS = 0.02, 0.01
"""Parts of the Pods that end without a result somewhere on their way, and that end only at their limit."""
LIMIT, TRIES, WAITS = 600.0, 3, 10.0
"""Seconds of a Pod at most; how often one is tried; seconds before the second try, twice as many before the third."""
BEGINS = 3.0
"""Seconds from a free place to a Pod's first program, as kubelets take them."""
IMAGE, WIRE, UNPACKS = 552.0, 110.0, 25.0
"""MB of the image as it is pulled, MB a second that a registry gives, seconds that a node unpacks."""
RESOLVER = "10.96.0.10"
"""Where the Pods of most clusters ask for names, and those of ours as well."""
TIMES = "seconds"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one submission came to: seconds of the clock and of processors, MiB at the most, bytes of its result."""

    seconds: float
    engine_cpu: float
    checker_cpu: float
    engine_mib: float
    checker_mib: float
    result_bytes: int


def main(argv: Sequence[str]) -> int:
    """Measure, or play classes with what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("measure", "simulate"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--labs", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args(argv)
    if asked.what == "measure":
        for one in measured(asked.files, asked.labs, asked.jobs):
            print(json.dumps(asdict(one)), flush=True)
        return 0
    rows = [json.loads(line) for line in asked.files[0].read_text(encoding="utf-8").splitlines()]
    table([row[TIMES] for row in rows])
    return 0


def measured(paths: Sequence[Path], labs: Path | None, jobs: int) -> list[Cost]:
    """Grade submissions as their Pods would, and return what each came to."""
    terms = class_run.terms(course=None, trust="", isolation="privileged", trusting=True, limit=30.0, extra=labs)
    with class_run.opened(terms, Lines(yes=True)) as of, tempfile.TemporaryDirectory() as folder:
        return [cost for _, _, cost in as_pods(paths, of, Path(folder), jobs)]


def as_pods(paths: Sequence[Path], of: Class, folder: Path, jobs: int) -> list[tuple[Handed, dict[str, bytes], Cost]]:
    """Grade submissions as their Pods would.

    Args:
        paths: the submissions.
        of: the class.
        folder: of ours, for copies.
        jobs: how many at a time.

    Returns:
        for each what it is, the files that its Pod gives, and what that came to.
    """
    narrator = of.narrator
    endpoint, settings = engines.ensure(narrator), choices.load()
    there = registry.up(endpoint, settings.port, [], narrator, settings.install)
    where, labs = place.own(endpoint, there), of.terms.extra
    found: dict[str, Handed] = {}
    for _, broken in gathered.read(paths, of, folder, found):
        raise broken
    wanted = labs_of(of, found)
    terms = PodTerms().roomy(wanted)
    image = class_image.pushed(where, wanted, labs, endpoint, narrator)
    told = {"limit": of.terms.limit, "language": "en", "isolation": str(of.terms.isolation), "settle": {}}
    order = plan.of([one.seat for one in found.values()], **told)
    for one in found.values():
        where.shelf().put(one.zip)
    where.shelf().put(order.data())
    docker("pull", "--quiet", image)
    at = f"{where.pods} {place.REPOSITORY} {plan.digest(order.data())}"
    resolver = folder / "resolv.conf"
    resolver.write_text(
        f"search class.svc.cluster.local svc.cluster.local\nnameserver {RESOLVER}\noptions ndots:5\n", encoding="utf-8"
    )
    with ThreadPoolExecutor(jobs) as pool:
        each = [(at, number, seat.blob) for number, seat in enumerate(order.seats)]
        ended = list(pool.map(partial(as_pod, image, there.network, terms, resolver), each))
    docker("image", "rm", image)  # gigabytes, which are in the registry as well
    return [(found[seat.place], *one) for seat, one in zip(order.seats, ended, strict=True)]


def as_pod(
    image: str, network: str, terms: PodTerms, resolver: Path, seat: tuple[str, int, str]
) -> tuple[dict[str, bytes], Cost]:
    """Run a Pod's two containers for one seat: where the class is, its index, and the digest of its submission."""
    where, index, blob = seat
    name = f"lr-bench-{secrets.token_hex(3)}"
    shared = ("-v", f"{name}-lab:{manifests.SHARED}", "-v", f"{name}-socket:{manifests.SOCKET}")
    told = {
        "LABRUNNER_HOME": f"{manifests.SHARED}/home",
        "TMPDIR": f"{manifests.SHARED}/temporary",
        "DOCKER_HOST": f"unix://{manifests.SOCKET}/docker.sock",
        "LABRUNNER_CLASS": where,
        "JOB_COMPLETION_INDEX": str(index),
    }
    env = [word for pair in told.items() for word in ("-e", "=".join(pair))]
    began = wait.now()
    try:
        engine = ("run", "-d", "--name", f"{name}-engine", "--privileged", "--network", network, *shared)
        resolv = ("-v", f"{resolver}:/etc/resolv.conf:ro")
        bounds = ("--memory", terms.memory_limit.removesuffix("i"), "-e", f"EXTRA={manifests.NO_NAMES}")
        docker(*engine, *resolv, *bounds, "-v", manifests.DATA, image, manifests.ENGINE)
        up = partial(answers, f"{name}-engine")
        if not wait.until(up, within=120, every=0.5):
            raise SystemExit("the engine did not start")
        checker = ("run", "-d", "--name", f"{name}-checker", "--network", f"container:{name}-engine", *shared, *env)
        docker(*checker, image, "python3", "-m", "labrunner.fleet.checker")
        seen: dict[str, tuple[float, float]] = {}

        def over() -> bool:
            for who in ("engine", "checker"):
                if (used := usage(f"{name}-{who}")) is not None:
                    seen[who] = used
            return docker("inspect", "-f", "{{.State.Running}}", f"{name}-checker").strip() == "false"

        wait.until(over, within=60 * terms.minutes, every=0.5)
        log = docker("logs", f"{name}-checker")
        files = framed.read(log.splitlines(), blob)
        if not files:
            raise SystemExit(f"no result:\n{log[-2000:]}")
        size = sum(len(line) for line in log.splitlines() if line.startswith("labrunner-result"))
        (engine_cpu, engine_mib), (checker_cpu, checker_mib) = seen["engine"], seen["checker"]
        seconds = wait.now() - began
        return files, Cost(round(seconds, 1), engine_cpu, checker_cpu, engine_mib, checker_mib, size)
    finally:
        gone = process.run(["docker", "rm", "-f", "-v", f"{name}-checker", f"{name}-engine"], limit=300)
        docker("volume", "rm", f"{name}-lab", f"{name}-socket")
        if not gone.ok:
            raise SystemExit(f"such a Pod would never end: {gone.last_words}")


def answers(container: str) -> bool:
    """Tell whether the engine in a container answers."""
    return process.run(
        ["docker", "exec", container, "docker", "--host", f"unix://{manifests.SOCKET}/docker.sock", "ps"], limit=20
    ).ok


def usage(container: str) -> tuple[float, float] | None:
    """Return seconds of processors and MiB at the most of a container so far; None where it is gone."""
    identity = docker("inspect", "-f", "{{.Id}}", container).strip()
    old = Path("/sys/fs/cgroup/cpuacct/docker") / identity, Path("/sys/fs/cgroup/memory/docker") / identity
    try:
        cpu = int((old[0] / "cpuacct.usage").read_text()) / 1e9
        most = int((old[1] / "memory.max_usage_in_bytes").read_text())
        cache = next(
            int(line.split()[1])
            for line in (old[1] / "memory.stat").read_text().splitlines()
            if line.startswith("total_cache")
        )
    except (OSError, ValueError, StopIteration):
        return None
    return round(cpu, 1), round(max(most - cache, 0) / (1 << 20), 0)


def docker(*words: str) -> str:
    """Run docker and return what it printed."""
    return process.run(["docker", *words], limit=300).stdout


def table(times: Sequence[float]) -> None:
    """Play classes of every size with every number of Pods, print a table, and draw it."""
    print("students  Pods at a time  nodes   hours  Pods run")
    drawn: dict[str, list[tuple[float, float]]] = {f"{size:,} submissions": [] for size in CLASSES}
    for size in CLASSES:
        for slots in SLOTS:
            played = sorted(played_class(times, size, slots, seed) for seed in range(RUNS))
            hours, run = played[RUNS // 2]
            drawn[f"{size:,} submissions"].append((slots, hours))
            print(f"{size:8}  {slots:14}  {-(-slots // A_NODE):5}  {hours:6.2f}  {run:8}")
    svg.lines("scale.svg", "Hours until the last is graded", drawn, "Pods at a time", "hours")


def played_class(times: Sequence[float], size: int, slots: int, seed: int) -> tuple[float, int]:
    """Return in how many hours a class is graded, and how many Pods that took.

    Args:
        times: seconds of a Pod, as measured; each is drawn as often as any other.
        size: submissions.
        slots: Pods at a time.
        seed: of what is drawn.
    """
    last, run = 0.0, 0
    for batch in range(0, size, MOST):  # one Job after the other
        ended, pods = played_job(times, min(MOST, size - batch), slots, seed + batch, first=not batch)
        last, run = last + ended, run + pods
    return last / 3600, run


def played_job(times: Sequence[float], size: int, slots: int, seed: int, *, first: bool) -> tuple[float, int]:
    """Return in how many seconds one Job is over, and how many Pods that took; the first pulls the image."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    nodes = -(-slots // A_NODE)
    ready = IMAGE * nodes / WIRE + UNPACKS if first else 0.0  # all of them pull at once, from one registry
    free = [ready] * slots
    heapq.heapify(free)
    waiting = [(0.0, number, 1) for number in range(size)]
    heapq.heapify(waiting)
    last, run = 0.0, 0
    while waiting:
        due, number, tried = heapq.heappop(waiting)
        begins = max(heapq.heappop(free), due) + BEGINS
        run += 1
        spent, chance = draw.choice(times), draw.random()
        failed = chance < BREAKS + HANGS and tried < TRIES
        if failed:
            spent = LIMIT if chance < HANGS else spent * draw.random()
            heapq.heappush(waiting, (begins + spent + WAITS * tried, number, tried + 1))
        ends = begins + spent
        heapq.heappush(free, ends)
        last = max(last, ends)
    return last, run


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
