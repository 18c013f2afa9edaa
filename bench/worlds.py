"""The worlds that are measured in: a sandbox in which docker-basics is solved, and kubernetes-parts on the cluster."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pairs import Contender

from labrunner import places
from labrunner.environment import engine, ports, registry, settings
from labrunner.narrate import Quiet
from tests.installation import CHECKOUT, Installation, stopped_after
from tests.machine import Machine

PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class World:
    """An installation with an open lab, all of it solved.

    Attributes:
        installation: whose it is.
        env: the environment in which docker and kubectl mean the lab's world.
        lab: its name.
    """

    installation: Installation
    env: dict[str, str]
    lab: str

    def contender(self, name: str, *argv: str, codes: tuple[int, ...] = (0,)) -> Contender:
        """Return a line as a contender in this world."""
        return Contender(name, [*self.installation.before, *argv], self.env, codes)

    def labrunner(self, name: str, *words: str, codes: tuple[int, ...] = (0,)) -> Contender:
        """Return a command of ours as a contender in this world."""
        return self.contender(name, PYTHON, "-m", "labrunner", *words, codes=codes)

    def run(self, *argv: str, limit: float = 300) -> str:
        """Run a line in this world to its end, and return what it printed; raises where it fails."""
        line = [*self.installation.before, *argv]
        return subprocess.run(line, env=self.env, capture_output=True, text=True, check=True, timeout=limit).stdout


@contextmanager
def docker_basics() -> Iterator[World]:
    """A machine of its own in a container, with docker-basics open and solved; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lr-bench-") as folder, _environ(folder):
        narrator = Quiet(yes=True)
        outer, chosen = engine.ensure(narrator), settings.load()
        shelf = registry.up(outer, chosen.port, ["client:1"], narrator, chosen.install)
        try:
            with Machine(outer, shelf, Path(folder) / "machine") as machine:
                yield _solved(machine.installation, "docker-basics")
        finally:
            registry.down(outer, chosen.install)


@contextmanager
def kubernetes_parts() -> Iterator[World]:
    """kubernetes-parts, solved: the one that is open in LABRUNNER_HOME, else one with a cluster of its own."""
    home = os.environ.get("LABRUNNER_HOME", "")
    if home and (Path(home) / "state/labs/kubernetes-parts/lab.json").exists():
        yield _solved(Installation(Path(home), port=settings.load().port), "kubernetes-parts", begin=False)
        return
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lr-bench-"))
        own = stack.enter_context(stopped_after(Installation(Path(folder) / "own")))
        yield _solved(own, "kubernetes-parts")


def _solved(installation: Installation, lab: str, *, begin: bool = True) -> World:
    for words in (("--yes", "start", lab), ("solve", "--all"))[0 if begin else 1 :]:
        done = installation.run(*words, limit=900)
        if done.code:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-800:]}{done.stderr[-800:]}")
    line = [*installation.before, "bash", "-c", f'eval "$({PYTHON} -m labrunner env)"; env -0']
    told = subprocess.run(line, env=installation.env(), capture_output=True, text=True, check=True).stdout
    env = dict(pair.split("=", 1) for pair in told.split("\0") if "=" in pair)
    return World(installation, env, lab)


@contextmanager
def _environ(folder: str) -> Iterator[None]:
    """Be an installation of our own, which shares what is built."""
    wanted = {"LABRUNNER_CACHE": str(places.cache_dir()), "LABRUNNER_HOME": folder}
    wanted["LABRUNNER_PORT"] = str(ports.any_free())
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


__all__ = ["CHECKOUT", "PYTHON", "World", "docker_basics", "kubernetes_parts"]
