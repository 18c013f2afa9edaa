"""A phase of the gate, what came of it, and the running of programs that a deadline ends."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PARTING = 45.0
"""Seconds that a program has for its own cleaning up once it was interrupted."""


@dataclass(slots=True)
class Result:
    """What came of a phase: counts, and sentences for the closing lines."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Take another result into this one."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.broken += other.broken
        self.proved += other.proved
        self.reused += other.reused
        self.left_out += other.left_out
        self.said += other.said


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the gate.

    Attributes:
        name: how it is called in the log.
        run: does it within so many seconds.
        limit: seconds.
        needs: phases without which it makes no sense.
        spare: True where it is only run while the time lasts.
        reused: what stands in for it where the time is up: a proof of the very same; empty where there is none.
        expected: seconds that it took the last time.
    """

    name: str
    run: Callable[[float], Result]
    limit: float
    needs: tuple[str, ...] = ()
    spare: bool = False
    reused: str = ""
    expected: float = 0.0


def command(argv: Sequence[str], limit: float, env: Mapping[str, str] | None = None) -> int:
    """Run a program with our output, to its end or its limit; interrupted first, then ended with all it started.

    Returns:
        its exit code; 124 where its limit ended it.
    """
    code, _ = _run(argv, limit, env, captured=False)
    return code


def captured(argv: Sequence[str], limit: float, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program as `command` does, its standard output kept and returned."""
    return _run(argv, limit, env, captured=True)


def clock() -> float:
    """Return a monotonic reading in seconds."""
    return time.monotonic()


def _run(argv: Sequence[str], limit: float, env: Mapping[str, str] | None, *, captured: bool) -> tuple[int, str]:
    child = subprocess.Popen(
        list(argv),
        cwd=CHECKOUT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if captured else None,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=max(limit, 1))
    except subprocess.TimeoutExpired:
        _end(child)
        return 124, ""
    except BaseException:
        _end(child)
        raise
    return child.returncode, said or ""


def _end(child: "subprocess.Popen[str]") -> None:
    child.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.communicate(timeout=PARTING)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
