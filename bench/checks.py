"""`check` against what a user would write instead: scripts of docker and kubectl calls, and pytest-testinfra."""

import os
import subprocess
from pathlib import Path

import svg
from pairs import Contender, measured, ratio, table
from worlds import PYTHON, World, docker_basics, kubernetes_parts

from labrunner import places
from labrunner.values import per_student

HERE = Path(__file__).resolve().parent
NONCE = "c0ffee42"


def docker(rounds: int) -> dict[str, float]:
    """Measure all of docker-basics; returns what a plot is made of."""
    with docker_basics() as world:
        values = world.installation.state_of("docker-basics")
        order = per_student(values["student"], "docker-basics", "order")
        env = {"REGISTRY": f"localhost:{world.installation.port}", "NONCE": NONCE, "ORDER": order}
        here = World(world.installation, {**world.env, **env}, world.lab)
        suite = [
            testinfra(),
            "-m",
            "pytest",
            "-q",
            "-c",
            os.devnull,
            "-p",
            "no:cacheprovider",
            str(HERE / "testinfra_facts.py"),
        ]
        found = measured(
            [
                here.labrunner("labrunner check", "check"),
                here.contender("bash and docker", "bash", str(HERE / "docker_facts.sh"), codes=(0, 1)),
                here.contender("pytest-testinfra", *suite),
            ],
            rounds,
        )
    print(table(found))
    return {name: taken.median for name, taken in found.items()}


def cluster(rounds: int) -> dict[str, float]:
    """Measure all of kubernetes-parts; returns what a plot is made of."""
    with kubernetes_parts() as world:
        namespace = world.run("kubectl", "config", "view", "--minify", "-o", "jsonpath={..namespace}").strip()
        here = World(world.installation, {**world.env, "NAMESPACE": namespace}, world.lab)
        found = measured(
            [
                here.labrunner("labrunner check", "check"),
                here.contender("bash and kubectl", "bash", str(HERE / "cluster_facts.sh")),
            ],
            rounds,
        )
    print(table(found))
    return {name: taken.median for name, taken in found.items()}


def startup(rounds: int) -> dict[str, float]:
    """Measure what every command begins with; returns what a plot is made of."""
    env = dict(os.environ, PYTHONPATH=str(HERE.parent))
    line = [PYTHON, "-m", "labrunner"]
    words = {"_LABRUNNER_COMPLETE": "complete_bash", "COMP_WORDS": "labrunner ch", "COMP_CWORD": "1"}
    found = measured(
        [
            Contender("python -c 'import typer'", [PYTHON, "-c", "import typer"], env),
            Contender("python -c pass", [PYTHON, "-c", "pass"], env),
            Contender("labrunner list", [*line, "list"], env),
            Contender("labrunner --help", [*line, "--help"], env),
            Contender("labrunner check --help", [*line, "check", "--help"], env),
            Contender("completion of a command", line, {**env, **words}),
        ],
        rounds,
    )
    bare = found["python -c 'import typer'"]
    for name, taken in found.items():
        more = (taken.median - bare.median) * 1000
        print(f"{name:42}{taken.median * 1000:7.0f} ms  {more:+5.0f} ms  {max(taken.memory):4.0f} MiB")
    return {name: taken.median * 1000 for name, taken in found.items()}


def testinfra() -> str:
    """Return a Python that has pytest-testinfra, in an environment of its own in our cache."""
    folder = places.cache_dir() / "bench" / "testinfra"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([PYTHON, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pytest-testinfra"], check=True)
        (folder / "ready").touch()
    return str(python)


def plot(found: dict[str, dict[str, float]]) -> None:
    """Draw what was measured of `docker` and `cluster`, whichever there is."""
    titles = {"docker": "all of docker-basics", "cluster": "all of kubernetes-parts"}
    groups = {titles[name]: list(one.items()) for name, one in found.items() if name in titles}
    if groups:
        print(svg.bars("bench-check.svg", "The same facts, median wall time", groups, "s"))
    if "startup" in found:
        shown = [(name, value) for name, value in found["startup"].items() if "pass" not in name]
        ours = [shown[1], *shown[2:], shown[0]]
        print(svg.bars("bench-startup.svg", "What a command begins with, median", {"": ours}, "ms"))


__all__ = ["cluster", "docker", "plot", "ratio", "startup", "testinfra"]
