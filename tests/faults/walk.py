"""A walk from one interruption to the next on one machine: after each it is looked at, and put right by a command."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from labrunner import wait
from tests.faults.ground import LAB, Things, things
from tests.faults.striking import CODES, RIGHTLY, Case, at_work, gone, struck
from tests.faults.tally import CHANGED, Tally
from tests.installation import Installation

Words = tuple[str, ...]
START, RESET, STOP, ALL = ("start", LAB), ("reset",), ("--yes", "stop"), ("--yes", "stop", "--all")
WATCH = ("check", "--watch")
BEGINS: dict[str, str] = {"start": "nothing", "reset": "started", "check": "started", "--yes": "started"}
"""What there has to be before a command, by its first word."""
ORDER: tuple[Words, ...] = (START, RESET, WATCH, STOP, START, RESET, WATCH, ALL)
HASTY = ("KILL", "INTINT")
UNFINISHED = re.compile(r"labrunner-probe-|/\.[^/]+\.\d+\.[^/]+$")
"""What a probe was to run in, and a file that was not whole yet: the next command that changes something removes it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a walk goes.

    Attributes:
        lab: what is begun.
        look: looks at everything.
        order: in which order the commands are interrupted.
        empty: the command after which nothing of the lab is there, and which every command is put right by.
        rests: modules that may work on when nothing of the lab is there.
        limit: seconds of a command.
    """

    lab: str = LAB
    look: Callable[[Installation], Things] = things
    order: tuple[Words, ...] = ORDER
    empty: Words = ALL
    rests: tuple[bytes, ...] = ()
    limit: float = 100.0


DOCKER = Ground()


class Walk:
    """Interrupts the commands of one installation, one after another.

    Args:
        learner: whose machine it is; nothing of ours is there.
        tally: takes what comes of it.
        ground: where.
    """

    def __init__(self, learner: Installation, tally: Tally, ground: Ground = DOCKER) -> None:
        self.learner, self.tally, self.ground = learner, tally, ground
        self.start = ("start", ground.lab)
        self.state = "nothing"
        self._round = count()
        self.known: dict[str, Things] = {}
        self._run(ground.empty)
        self.known["nothing"] = ground.look(learner)
        self._run(self.start)
        self.known["started"] = ground.look(learner)

    def points(self, words: Words) -> tuple[str, ...]:
        """Run a command to its end, and return what it touches."""
        self._be(BEGINS[words[0]])
        found = struck(self.learner, words)
        assert found.done.code in (0, 124), found.done.stderr
        self.state = {"start": "started", "--yes": "nothing"}.get(words[0], self.state)
        self.tally.points[" ".join(words)] = len(found.labels)
        return found.labels

    def go(self, cases: dict[Words, list[Case]], enough: Callable[[], bool]) -> None:
        """Interrupt, command by command in turns, until the cases or the time are used up, but each command once."""
        left = {words: iter(found) for words, found in cases.items()}
        begun: set[Words] = set()
        while left:
            for words in self.ground.order:
                case = None if enough() and words in begun else next(left.get(words, iter(())), None)
                if case is None:
                    left.pop(words, None)
                    continue
                begun.add(words)
                self.one(case)

    def end(self) -> None:
        """Take everything of ours away, and note what is left."""
        self._run(self.ground.empty)
        self.tally.left += self._left()

    def one(self, case: Case) -> None:
        """Interrupt once, look, and put right."""
        self.tally.take(str(case), lambda: self._tried(case))

    def _tried(self, case: Case) -> list[str] | None:
        self._be(BEGINS[case.words[0]])
        found = struck(self.learner, case.words, case)
        if not found.met:
            self._run(self.ground.empty)
            return None
        wrong = self._ended(case, found.done.code, found.done.stderr)
        wrong += self._told(case)
        return wrong + self._righted(case)

    def _ended(self, case: Case, code: int, said: str) -> list[str]:
        wrong = [] if code in CODES[case.sign] else [f"exit {code}: {said[-300:]}"]
        wrong += [f"a traceback: {said[-1500:]}"] if "Traceback" in said else []
        if not gone(self.learner.home, but=RIGHTLY):
            wrong.append(f"still at work: {at_work(self.learner.home, RIGHTLY)}")
        return wrong

    def _told(self, case: Case) -> list[str]:
        """Hold what `status` says against what is there; who was given no time leaves what was not finished."""
        said = self.learner.run("status", "--json")
        if said.code != 0:
            return [f"status: exit {said.code}: {said.stderr}"]
        told: dict[str, Any] = json.loads(said.stdout)
        now, hasty = self.ground.look(self.learner), case.sign in HASTY
        if told["lab"]:
            found = [one for one in _differs(now, self.known["started"]) if not (hasty and _is_unfinished(one))]
            return [f"status says that {told['lab']} is open: {one}" for one in found]
        lab = self.ground.lab
        made = {kind: names for kind, names in now.named().items() if kind != "images"}
        traces = [name for names in made.values() for name in names if "lr-" in name or f"lab-{lab}" in name]
        traces += [name for name in now.files if name.startswith((f"state/labs/{lab}/", "work/"))]
        if traces and told.get("interrupted") != lab:
            return [f"status says that nothing is open, and there is {', '.join(sorted(traces))}"]
        return []

    def _righted(self, case: Case) -> list[str]:
        """Have one of the commands that must be able to put right what was interrupted, in turns."""
        turn, start, empty = next(self._round), self.start, self.ground.empty
        ways = {
            "start": (start, RESET, empty),
            "reset": (RESET, start, empty),
            "check": (RESET,),
            "--yes": (STOP, empty, start),
        }[case.words[0]]
        way = ways[turn % len(ways)]
        if way == RESET and json.loads(self.learner.run("status", "--json").stdout) == {"schema": 1, "lab": ""}:
            way = start
        done = self.learner.run(*way, limit=self.ground.limit)
        wrong = [] if done.code == 0 else [f"{' '.join(way)}: exit {done.code}: {done.stderr[-600:]}"]
        self.state = "started" if way in (start, RESET) else "nothing"
        wrong += [f"after {' '.join(way)}: {one}" for one in self._left()]
        if wrong:
            self.end()
        return wrong

    def _left(self) -> list[str]:
        wanted = self.known[self.state]
        now = self.ground.look(self.learner)
        if self.state == "nothing" and not gone(self.learner.home, but=self.ground.rests, within=5):
            return [f"still at work: {at_work(self.learner.home, self.ground.rests)}"]
        return _differs(now, wanted, exactly=self.state == "nothing")

    def _be(self, state: str) -> None:
        if self.state != state:
            self._run(self.start if state == "started" else self.ground.empty)

    def _run(self, words: tuple[str, ...]) -> None:
        done = self.learner.run(*words, limit=self.ground.limit)
        assert done.code == 0, done.stdout + done.stderr
        self.state = "started" if words in (self.start, RESET) else "nothing"
        if self.state in self.known:
            wait.until(lambda: not _differs(self.ground.look(self.learner), self.known[self.state]), within=1)


def _is_unfinished(one: str) -> bool:
    return bool(UNFINISHED.search(one))


def _differs(now: Things, wanted: Things, *, exactly: bool = False) -> Iterable[str]:
    found = []
    one, other = (now.objects, wanted.objects) if exactly else (now.named(), wanted.named())
    nothing = frozenset[str]()
    for kind in {**one, **other}:
        here, there = one.get(kind, nothing), other.get(kind, nothing)
        found += [f"{kind[:-1]} too much: {name}" for name in sorted(here - there)]
        found += [f"{kind[:-1]} missing: {name}" for name in sorted(there - here)]
    found += [f"file too much: {name}" for name in sorted(now.files - wanted.files)]
    found += [f"file missing: {name}" for name in sorted(wanted.files - now.files)]
    found += [f"temporary: {name}" for name in sorted(now.temporary - wanted.temporary)]
    changed = {path for path, _ in now.theirs.items() ^ wanted.theirs.items()}
    return found + [f"{CHANGED}: {path}" for path in sorted(changed)]
