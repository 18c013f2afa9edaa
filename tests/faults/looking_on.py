"""A demonstration that is interrupted, on the engine that the tests run on: its sandbox and all of it must go."""

from collections.abc import Callable

from labrunner.environment import docker_cli
from labrunner.world.endpoint import Endpoint
from tests.faults.ground import LAB, things
from tests.faults.striking import CODES, Case, at_work, gone, struck
from tests.faults.tally import CHANGED, Tally
from tests.installation import Installation

DEMO = ("demo", LAB)
BY_ITSELF = ("INT", "TERM")
"""After these a command cleans up by itself; after the others the next one that ends things does."""

FOUND = (Case(DEMO, "flock a lock", 3, "INT", after=True),)
"""What a long walk has found: as the lock of the beginning is let go, its surroundings belong to nobody yet."""


class LookingOn:
    """Interrupts demonstrations.

    Args:
        onlooker: whose installation it is; the engine may have things of others.
        endpoint: that engine.
        tally: takes what comes of it.
    """

    def __init__(self, onlooker: Installation, endpoint: Endpoint, tally: Tally) -> None:
        self.onlooker, self.endpoint, self.tally = onlooker, endpoint, tally

    def go(self, chosen: Callable[[tuple[str, ...], tuple[str, ...]], list[Case]], over: Callable[[], bool]) -> None:
        """Interrupt until the cases or the time are used up."""
        first = struck(self.onlooker, DEMO)
        assert first.done.code == 0, first.done.stderr
        self.tally.points[" ".join(DEMO)] = len(first.labels)
        self.before = things(self.onlooker, objects=False)
        for case in (*FOUND, *chosen(DEMO, first.labels)):
            if over():
                break
            self.one(case)
        done = self.onlooker.run("--yes", "stop", "--all")
        assert done.code == 0, done.stderr
        self.tally.left += self._left()

    def one(self, case: Case) -> None:
        """Interrupt once, and look."""
        self.tally.take(str(case), lambda: self._tried(case))

    def _tried(self, case: Case) -> list[str] | None:
        found = struck(self.onlooker, DEMO, case)
        if not found.met:
            return None
        wrong = [] if found.done.code in CODES[case.sign] else [f"exit {found.done.code}: {found.done.stderr[-300:]}"]
        wrong += ["a traceback: " + found.done.stderr[-1500:]] if "Traceback" in found.done.stderr else []
        if not gone(self.onlooker.home):
            wrong.append(f"still at work: {at_work(self.onlooker.home)}")
        if case.sign not in BY_ITSELF:
            done = self.onlooker.run("--yes", "stop", "--all")
            wrong += [] if done.code == 0 else [f"stop --all: exit {done.code}: {done.stderr[-600:]}"]
        wrong += self._left()
        if wrong:
            self.onlooker.run("--yes", "stop", "--all")
        return wrong

    def _left(self) -> list[str]:
        install, now = self.onlooker.install, things(self.onlooker, objects=False)
        found = [
            f"{kind[:-1]} too much: {one.get('Names') or one.get('Name')}"
            for kind in ("containers", "networks", "volumes")
            for one in docker_cli.labelled(self.endpoint, kind, install)
        ]
        found += [f"file too much: {name}" for name in sorted(now.files - self.before.files)]
        found += [f"temporary: {name}" for name in sorted(now.temporary - self.before.temporary)]
        return found + [f"{CHANGED}: {path}" for path, _ in now.theirs.items() ^ self.before.theirs.items()]
