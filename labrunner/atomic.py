"""Files that are whole or not there: written beside, synced, renamed; private to their owner."""

import contextlib
import errno
import json
import os
from pathlib import Path
from typing import Any

from labrunner import interruption, places, scratch
from labrunner.errors import DiskFull
from labrunner.words import say

FULL = (errno.ENOSPC, errno.EDQUOT)


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part; see `write_bytes`."""
    write_bytes(path, text.encode(), mode=mode)


def write_bytes(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part.

    Args:
        path: the file; its folder is made where missing.
        data: its whole content.
        mode: its permissions.

    Raises:
        DiskFull: the disk has no room; the old file is as it was.
    """
    import tempfile  # 5 ms, and most commands only read

    temporary = ""
    try:
        places.private(path.parent)
        with interruption.held_back():
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.{os.getpid()}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        sweep(path)
    except BaseException as broken:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(broken, OSError) and broken.errno in FULL:
            raise DiskFull(
                say(en=f"the disk is full: {path} could not be written", zh=f"磁盘已满：无法写入 {path}"),
                hint=say(en="free some space, then run the same command again", zh="腾出空间后再运行同一条命令"),
            ) from broken
        raise


def sweep(path: Path) -> None:
    """Remove what was written beside a file by processes that were killed before it was whole."""
    mark = f".{path.name}."
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        pid, dot, _ = left.name.removeprefix(mark).partition(".")
        if left.name.startswith(mark) and dot and pid.isdecimal() and not scratch.runs(int(pid)):
            left.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, whole or not at all; raises as `write` does."""
    write(path, json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; a file that holds none is put aside as `NAME.corrupt-N`.

    Returns:
        the object; empty where the file is missing or was put aside.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, json.JSONDecodeError):
        found = None
    if isinstance(found, dict):
        return found
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    path.rename(aside)
    return {}
