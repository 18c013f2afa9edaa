"""A walk from one interruption to the next on one machine: after each it is looked at, and put right by a command."""

import json
import re
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from labrunner import wait
from tests.faults.ground import LAB, Things, things
from tests.faults.striking import CODES, RIGHTLY, Case, at_work, gone, struck
from tests.faults.tally import CHANGED, Tally
from tests.installation import Installation

START, RESET, STOP, ALL = ("start", LAB), ("reset",), ("--yes", "stop"), ("--yes", "stop", "--all")
WATCH = ("check", "--watch")
BEGINS = {START: "nothing", RESET: "started", WATCH: "started", STOP: "started", ALL: "started"}
"""What there has to be before each command."""
ORDER = (START, RESET, WATCH, STOP, START, RESET, WATCH, ALL)
HASTY = ("KILL", "INTINT")
UNFINISHED = re.compile(r"labrunner-probe-|/\.[^/]+\.\d+\.[^/]+$")
"""What a probe was to run in, and a file that was not whole yet: the next command that changes something removes it."""


class Walk:
    """Interrupts the commands of one installation, one after another.

    Args:
        learner: whose machine it is; nothing of ours is there.
        tally: takes what comes of it.
    """

    def __init__(self, learner: Installation, tally: Tally) -> None:
        self.learner, self.tally = learner, tally
        self.state = "nothing"
        self._round = count()
        self.known: dict[str, Things] = {}
        self._run(ALL)
        self.known["nothing"] = things(learner)
        self._run(START)
        self.known["started"] = things(learner)

    def points(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Run a command to its end, and return what it touches."""
        self._be(BEGINS[words])
        found = struck(self.learner, words)
        assert found.done.code in (0, 124), found.done.stderr
        self.state = {START: "started", STOP: "nothing", ALL: "nothing"}.get(words, self.state)
        self.tally.points[" ".join(words)] = len(found.labels)
        return found.labels

    def go(self, cases: dict[tuple[str, ...], list[Case]], enough: Callable[[], bool]) -> None:
        """Interrupt, command by command in turns, until the cases or the time are used up."""
        left = {words: iter(found) for words, found in cases.items()}
        while left:
            for words in ORDER:
                case = next(left[words], None) if words in left else None
                if case is None:
                    left.pop(words, None)
                elif enough():
                    return
                else:
                    self.one(case)

    def end(self) -> None:
        """Take everything of ours away, and note what is left."""
        self._run(ALL)
        self.tally.left += self._left()

    def one(self, case: Case) -> None:
        """Interrupt once, look, and put right."""
        self.tally.take(str(case), lambda: self._tried(case))

    def _tried(self, case: Case) -> list[str] | None:
        self._be(BEGINS[case.words])
        found = struck(self.learner, case.words, case)
        if not found.met:
            self._run(ALL)
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
        now, hasty = things(self.learner), case.sign in HASTY
        if told["lab"]:
            found = [one for one in _differs(now, self.known["started"]) if not (hasty and _is_unfinished(one))]
            return [f"status says that {told['lab']} is open: {one}" for one in found]
        traces = [name for kind in ("containers", "networks", "volumes") for name in now.named()[kind] if "lr-" in name]
        traces += [name for name in now.files if name.startswith((f"state/labs/{LAB}/", "work/"))]
        if traces and told.get("interrupted") != LAB:
            return [f"status says that nothing is open, and there is {', '.join(sorted(traces))}"]
        return []

    def _righted(self, case: Case) -> list[str]:
        """Have one of the commands that must be able to put right what was interrupted, in turns."""
        turn = next(self._round)
        ways = {
            "start": (START, RESET, ALL),
            "reset": (RESET, START, ALL),
            "check": (RESET,),
            "stop": (STOP, ALL, START),
            "--yes": (STOP, ALL, START),
        }[case.words[0]]
        way = ways[turn % len(ways)]
        if way == RESET and json.loads(self.learner.run("status", "--json").stdout) == {"schema": 1, "lab": ""}:
            way = START
        done = self.learner.run(*way)
        wrong = [] if done.code == 0 else [f"{' '.join(way)}: exit {done.code}: {done.stderr[-600:]}"]
        self.state = "started" if way in (START, RESET) else "nothing"
        wrong += [f"after {' '.join(way)}: {one}" for one in self._left()]
        if wrong:
            self.end()
        return wrong

    def _left(self) -> list[str]:
        wanted = self.known[self.state]
        now = things(self.learner)
        if self.state == "nothing" and not gone(self.learner.home, within=5):
            return [f"still at work: {at_work(self.learner.home)}"]
        return _differs(now, wanted, exactly=self.state == "nothing")

    def _be(self, state: str) -> None:
        if self.state != state:
            self._run(START if state == "started" else ALL)

    def _run(self, words: tuple[str, ...]) -> None:
        done = self.learner.run(*words)
        assert done.code == 0, done.stdout + done.stderr
        self.state = "started" if words in (START, RESET) else "nothing"
        if self.state in self.known:
            wait.until(lambda: not _differs(things(self.learner), self.known[self.state]), within=1)


def _is_unfinished(one: str) -> bool:
    return bool(UNFINISHED.search(one))


def _differs(now: Things, wanted: Things, *, exactly: bool = False) -> Iterable[str]:
    found = []
    one, other = (now.objects, wanted.objects) if exactly else (now.named(), wanted.named())
    for kind in one:
        found += [f"{kind[:-1]} too much: {name}" for name in sorted(one[kind] - other[kind])]
        found += [f"{kind[:-1]} missing: {name}" for name in sorted(other[kind] - one[kind])]
    found += [f"file too much: {name}" for name in sorted(now.files - wanted.files)]
    found += [f"file missing: {name}" for name in sorted(wanted.files - now.files)]
    found += [f"temporary: {name}" for name in sorted(now.temporary - wanted.temporary)]
    changed = {path for path, _ in now.theirs.items() ^ wanted.theirs.items()}
    return found + [f"{CHANGED}: {path}" for path in sorted(changed)]
