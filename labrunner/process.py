"""Running other programs: an argv, a limit in seconds, a process group that dies whole."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

from labrunner import interruption, wait

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL for a group that was asked to end."""
STRAGGLERS = 0.5
"""Seconds that what a child started gets to end after the child itself."""
CAP = 1 << 20
"""Bytes kept of what a program printed; the rest is read and dropped."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that has ended.

    Attributes:
        argv: what was run.
        code: its exit code; negative for a signal; 124 where its limit ended it.
        stdout, stderr: what it printed, as text, at most CAP bytes each.
    """

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Tell whether it exited 0."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last line that says something, for a one-sentence message."""
        said = (line.strip() for line in (self.stderr or self.stdout).splitlines())
        lines = [line for line in said if line and not line.startswith(("See '", "Run '", "For more help"))]
        return lines[-1] if lines else f"exit {self.code}"


TIMED_OUT = 124


def run(  # noqa: PLR0913 - the knobs of a process, all by name
    argv: Sequence[str],
    *,
    limit: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | bytes | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program to its end, or to its limit.

    Args:
        argv: program and arguments; never a shell line.
        limit: seconds; then the whole process group is ended.
        env: the whole environment; ours where None.
        cwd: where it runs.
        stdin: what it reads; nothing where None.
        on_line: called with each line of stdout and stderr as it comes.

    Raises:
        FileNotFoundError: there is no such program.
    """
    out, err = bytearray(), bytearray()
    code, child = TIMED_OUT, None
    readers: list[Thread] = []
    try:
        with interruption.held_back():
            child = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
            )
        readers += [
            Thread(target=_drain, args=(pipe, kept, on_line), daemon=True)
            for pipe, kept in ((child.stdout, out), (child.stderr, err))
        ]
        for reader in readers:
            reader.start()
        if stdin is not None and child.stdin is not None:
            data = stdin.encode() if isinstance(stdin, str) else stdin
            Thread(target=_feed, args=(child.stdin, data), daemon=True).start()
        code = child.wait(timeout=limit)
    except BaseException as ended:
        if child is not None:
            end_group(child)
        if not isinstance(ended, subprocess.TimeoutExpired):
            raise
    for reader in readers:
        reader.join(timeout=GRACE)
    return Completed(tuple(argv), code, out.decode(errors="replace"), err.decode(errors="replace"))


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child and everything it started: SIGTERM, GRACE seconds, SIGKILL; at once if interrupted again."""
    if not _told(child, signal.SIGTERM):
        return
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=GRACE)
        wait.until(lambda: not _told(child, 0), within=STRAGGLERS, every=0.02)
    finally:
        _told(child, signal.SIGKILL)  # what the child started may have heard nothing, though the child itself did
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=GRACE)


def _told(child: "subprocess.Popen[bytes]", sign: int) -> bool:
    """Send a signal to a group; False where nobody is left in it."""
    try:
        os.killpg(child.pid, sign)
    except (ProcessLookupError, PermissionError):
        child.poll()
        return False
    return True


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # it ended, or never read
        pipe.write(data)
        pipe.close()


def _drain(pipe: IO[bytes], kept: bytearray, on_line: Callable[[str], None] | None) -> None:
    for line in iter(lambda: pipe.readline(CAP), b""):
        if len(kept) < CAP:
            kept += line[: CAP - len(kept)]
        if on_line is not None:
            on_line(line.decode(errors="replace").rstrip("\n"))
