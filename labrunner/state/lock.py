"""One writer at a time: a kernel lock that vanishes with its process."""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner import places
from labrunner.errors import Busy
from labrunner.words import say

PATIENCE = 5.0
"""Seconds that a command waits for another."""


@contextmanager
def held(path: Path | None = None, *, within: float = PATIENCE) -> Iterator[None]:
    """Hold the lock while the block runs.

    Args:
        path: the lock's file; the one of the whole state where None.
        within: seconds to wait for another holder.

    Raises:
        Busy: another process holds it; names its pid and command.
    """
    from filelock import FileLock, Timeout  # 20 ms, and most commands only ask whether a lock is held

    file = path or places.state_dir() / "lock"
    places.private(file.parent)
    holder = file.with_name(file.name + ".holder")
    lock = FileLock(file, timeout=within, mode=0o600)
    try:
        lock.acquire()
    except Timeout as busy:
        raise Busy(
            say(
                en=f"another labrunner is at work: {_holder(holder)}",
                zh=f"另一个 labrunner 正在运行：{_holder(holder)}",
            ),
            hint=say(en="wait for it, then run this again", zh="等它结束后再运行"),
        ) from busy
    try:
        with contextlib.suppress(OSError):
            said = json.dumps({"pid": os.getpid(), "command": " ".join(sys.argv[1:])[:200]})
            holder.touch(mode=0o600)
            holder.write_text(said, encoding="utf-8")
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as filelock does on every platform that Docker has
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _holder(file: Path) -> str:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return f"pid {found['pid']} (labrunner {found['command']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "pid unknown"
