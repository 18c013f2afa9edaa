"""Contenders measured against each other: in turns, so that whatever else the machine does falls on all of them."""

import contextlib
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LIMIT = 900.0
"""Seconds that one run may take."""
GLANCE = 0.02
"""Seconds between two looks at a process' memory."""


@dataclass(slots=True)
class Taken:
    """What the runs of one contender took.

    Attributes:
        seconds: wall time of each run.
        memory: the most that its process held at once, MiB, of each run.
        code: the exit code of the last run.
    """

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    code: int = 0

    @property
    def median(self) -> float:
        """The median wall time, seconds."""
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Contender:
    """A command line that is measured.

    Attributes:
        name: what it is called in tables and plots.
        argv: the line.
        env: its whole environment; ours where None.
        codes: the exit codes with which it has done what is measured.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    codes: tuple[int, ...] = (0,)


def measured(contenders: Sequence[Contender], rounds: int) -> dict[str, Taken]:
    """Run each contender once to warm up, then all of them in turns.

    Args:
        contenders: the first is ours.
        rounds: how often.

    Raises:
        RuntimeError: one did not do what it was to do; a quick failure would count as quick.
    """
    found = {one.name: Taken() for one in contenders}
    for number in range(rounds + 1):
        for one in contenders:
            seconds, memory, code, said = run(one)
            if code not in one.codes:
                raise RuntimeError(f"{one.name} ended with {code}: {said[-500:]}")
            taken = found[one.name]
            taken.code = code
            if number:
                taken.seconds.append(seconds)
                taken.memory.append(memory)
    return found


def run(one: Contender) -> tuple[float, float, int, str]:
    """Run a contender once: seconds, the most MiB that its process held, exit code, what it said."""
    began = time.perf_counter()
    with subprocess.Popen(
        list(one.argv),
        env=None if one.env is None else dict(one.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as child:
        held = [0.0]
        looking = threading.Thread(target=_look, args=(child, held), daemon=True)
        looking.start()
        said, _ = child.communicate(timeout=LIMIT)
    seconds = time.perf_counter() - began
    looking.join()
    return seconds, held[0], child.returncode, said


def _look(child: "subprocess.Popen[str]", held: list[float]) -> None:
    """Keep the high-water mark of a process; the kernel's own account would begin with what its parent held."""
    while child.poll() is None:
        held[0] = max(held[0], mebibytes(child.pid, "VmHWM"))
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GLANCE)


def mebibytes(pid: int, name: str) -> float:
    """Return what the kernel says of a process' memory under this name, MiB; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(f"{name}:")), 0.0)


def ratio(ours: Taken, theirs: Taken) -> float:
    """Return the median of ours / theirs, turn by turn."""
    return statistics.median(a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True))


def table(found: Mapping[str, Taken]) -> str:
    """Return what was measured as lines; ratios say how the first one compares with each of the others."""
    ours = next(iter(found.values()))
    lines = []
    for name, taken in found.items():
        least, most = min(taken.seconds), max(taken.seconds)
        told = f"{name:42}{taken.median:8.3f} s  ({least:.3f} to {most:.3f})  {max(taken.memory):5.0f} MiB"
        lines.append(told if taken is ours else f"{told}  ours / this {ratio(ours, taken):.2f}")
    return "\n".join(lines)
