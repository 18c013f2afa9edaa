"""Written before anything is created: after a kill at any moment, what may be ours is named here or labelled."""

import errno
import json
import os
from pathlib import Path
from typing import Any

from labrunner import places
from labrunner.atomic import FULL, unreadable
from labrunner.errors import DiskFull
from labrunner.words import say


def append(path: Path, record: dict[str, Any]) -> None:
    """Add one record, durable before this returns.

    Raises:
        DiskFull: it could not be written, and so nothing may be created.
    """
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        places.private(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _write(handle, line.encode())
        finally:
            os.close(handle)
    except OSError as broken:
        if broken.errno not in FULL:
            raise
        raise DiskFull(
            say(en=f"the disk is full: {path} could not be written", zh=f"磁盘已满：无法写入 {path}"),
            hint=say(en="free some space, then run the same command again", zh="腾出空间后再运行同一条命令"),
        ) from broken


def records(path: Path) -> list[dict[str, Any]]:
    """Return every whole record; a last line that was cut off is left out.

    Raises:
        EnvironmentNotReady: the file may not be read.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")  # splitlines() cuts at U+2028 too
    except FileNotFoundError:
        return []
    except OSError as broken:
        raise unreadable(path, broken) from broken
    found = []
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            found.append(record)
    return found


def _write(handle: int, line: bytes) -> None:
    """Write one line in one call, so that writers do not mix; after a line that was cut off, on a line of its own."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(handle, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(handle)
