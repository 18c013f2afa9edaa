"""What is interrupted where: the touches of a command, found by running it once, and the cases that come of them."""

import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labrunner import process, wait
from labrunner.process import Completed
from tests.faults import seam
from tests.installation import Installation

SIGNS = ("INT", "KILL", "TERM", "INTINT")
CODES = {"INT": (130,), "INTINT": (130,), "TERM": (143,), "KILL": (-9,)}
"""Exit codes: 128 and the signal, as of every program that is ended so; nobody outlives SIGKILL to return one."""
WAYS = tuple((sign, after) for after in (False, True) for sign in SIGNS)
ALIKE = 6
"""How many touches of one label are interrupted at most: a registry's files are hundreds."""
LOOKS = ("send GET", "connect", "mkdir", "chmod", "utime")
"""What changes nothing, or nothing yet; a quick run comes to it last."""
DRAW = os.environ.get("LABRUNNER_FAULTS_DRAW", "")
"""In which order a whole run interrupts."""
LONGEST = 240.0
RIGHTLY = (b"labrunner.state.recorder", b"labrunner.environment.cluster_sleep")
"""Modules that work on when a command has ended: a lab's recorder, and who stops a cluster that naps for long."""
WATCHED = 4.0
"""Seconds after which a command that ends by being interrupted has shown what it touches."""


@dataclass(frozen=True, slots=True)
class Case:
    """One interruption.

    Attributes:
        words: the command.
        label: the touch.
        times: for the how-many-th time it comes.
        sign: INT, TERM, KILL or INTINT.
        after: whether the touch is to be done.
    """

    words: tuple[str, ...]
    label: str
    times: int
    sign: str
    after: bool

    def __str__(self) -> str:
        """Return it as a line of a report."""
        when = "after" if self.after else "before"
        return f"{' '.join(self.words)}: {self.sign} {when} {self.label} ({self.times})"


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of it: how the program ended, the labels up to there, and whether the case was met."""

    done: Completed
    labels: tuple[str, ...]
    met: bool


def struck(installation: Installation, words: tuple[str, ...], case: Case | None = None) -> Struck:
    """Run a command, and interrupt it as a case says; without one, note what it touches."""
    with tempfile.TemporaryDirectory() as folder:
        points = Path(folder) / "points"
        points.touch()
        more = {seam.POINTS: str(points), "PYTHONDONTWRITEBYTECODE": "1"}
        if case is not None:
            more |= {seam.AT: f"{case.times} {case.label}", seam.SIGN: case.sign}
            more |= {seam.AFTER: "1"} if case.after else {}
        argv = [*installation.before, sys.executable, "-m", "tests.faults.seam", *words]
        limit = LONGEST if "--watch" not in words else WATCHED * (1 if case is None else 10)
        done = process.run(argv, limit=limit, env=installation.env(**more))
        said = points.read_text(encoding="utf-8").splitlines()
    labels = tuple(label for label in said if not label.startswith(f"{seam.STRUCK} "))
    # What `--watch` touches as our own limit ends it is met in that parting alone: nobody was interrupted by us.
    return Struck(done, labels, len(labels) < len(said) and done.code != process.TIMED_OUT)


def every(words: tuple[str, ...], labels: Iterable[str], draw: str = DRAW) -> Iterator[Case]:
    """Yield each touch, of those that are one like another ALIKE; once in each way, all touches before a second way.

    The order is drawn, so that what there is time for is spread over the whole command; another draw is another order.
    """
    points: list[tuple[str, int]] = []
    for label, times in Counter(labels).items():
        step = max(1, times / ALIKE)
        points += [(label, 1 + int(at * step)) for at in range(min(times, ALIKE))]
    points.sort(key=lambda point: _drawn(f"{draw} {words} {point}"))
    for turn in range(len(WAYS)):
        for number, (label, nth) in enumerate(points):
            sign, after = WAYS[(number + turn) % len(WAYS)]
            yield Case(words, label, nth, sign, after)


def quick(words: tuple[str, ...], labels: Iterable[str]) -> list[Case]:
    """Return each label once, what changes the world first; signals, sides and times go round."""
    found = []
    for number, (label, times) in enumerate(Counter(labels).items()):
        sign, after = WAYS[number % len(WAYS)]
        found.append(Case(words, label, 1 + _drawn(f"{words} {label}") % times, sign, after))
    order = [found[(at * 7) % len(found)] for at in range(len(found))] if len(found) % 7 else found
    return sorted(order, key=lambda case: case.label.startswith(LOOKS))


def _drawn(what: str) -> int:
    return int(hashlib.sha256(what.encode()).hexdigest(), 16)


def gone(home: Path, *, but: tuple[bytes, ...] = (), within: float = 20) -> bool:
    """Tell whether no process works for an installation any more, but those of modules that rightly do."""
    return bool(wait.until(lambda: not at_work(home, but), within=within, every=0.1))


def at_work(home: Path, but: tuple[bytes, ...] = ()) -> list[str]:
    """Return the command lines of what works for an installation."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                if f"LABRUNNER_HOME={home}\0".encode() in (folder / "environ").read_bytes() + b"\0":
                    line = (folder / "cmdline").read_bytes()
                    if not any(one in line for one in but):
                        found.append(line.replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue
    return found
