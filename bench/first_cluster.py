"""`start` of the first cluster against a bare `kind create cluster` of the same image: minutes, so only when asked."""

import os
import secrets
import tempfile
from pathlib import Path

from pairs import Contender, Taken, ratio, run, table
from worlds import CHECKOUT

from labrunner.environment import engine, images, kind_programs
from labrunner.narrate import Quiet
from tests.installation import Installation, stopped_after

LAB = "kubernetes-parts"


def first(rounds: int) -> dict[str, float]:
    """Measure both in turns, each from nothing but the built image; returns seconds by name."""
    narrator = Quiet(yes=True)
    endpoint = engine.ensure(narrator)
    image = images.environment_image("node", narrator, endpoint.environ())
    program = kind_programs.kind_path(narrator)
    found = {"labrunner start": Taken(), "kind create cluster --wait": Taken()}

    def timed(one: Contender) -> None:
        seconds, memory, code, said = run(one)
        if code:
            raise RuntimeError(f"{one.name} ended with {code}: {said[-500:]}")
        found[one.name].seconds.append(seconds)
        found[one.name].memory.append(memory)

    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="lr-bench-") as folder:
            with stopped_after(Installation(Path(folder) / "own")) as own:
                timed(Contender("labrunner start", own.argv("--yes", "start", LAB), own.env()))
            name, config = f"bench-{secrets.token_hex(3)}", str(CHECKOUT / "kind-config.yaml")
            env = {**os.environ, **endpoint.environ(), "KUBECONFIG": f"{folder}/kubeconfig"}
            env = {word: value for word, value in env.items() if word.lower() != "no_proxy"}
            line = [program, "create", "cluster", "--name", name, "--image", image, "--config", config]
            try:
                timed(Contender("kind create cluster --wait", [*line, "--wait", "300s"], env))
            finally:
                run(Contender("", [program, "delete", "cluster", "--name", name], env))
    print(table(found))
    ours, theirs = found.values()
    print(f"start / kind: {ratio(ours, theirs):.2f}")
    return {name: taken.median for name, taken in found.items()}
