"""Files that are whole or not there: written beside, synced, renamed; private to their owner."""

import contextlib
import errno
import json
import os
from pathlib import Path
from typing import Any

from labrunner import interruption, places, scratch
from labrunner.errors import DiskFull, EnvironmentNotReady
from labrunner.words import say

FULL = (errno.ENOSPC, errno.EDQUOT)
VERSION, SCHEMA = "schema", 1
"""The key of the version in each JSON file that is kept, and the version that is written; files of before have none."""
LARGEST = 64 << 20
"""Bytes of such a file that are read at all."""

_aside: list[tuple[Path, Path]] = []


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


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write an object as JSON, with the version of what is kept; whole or not at all; raises as `write` does."""
    write(path, json.dumps({VERSION: SCHEMA, **value}, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; a file that holds none is put aside as `NAME.corrupt-N`, and `put_aside` tells of it.

    Returns:
        the object, without its version, which early files lack; empty where the file is missing or was put aside.

    Raises:
        EnvironmentNotReady: the file may not be read, or is of a later version: what it says must not be guessed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as broken:
        raise unreadable(path, broken) from broken
    try:
        found = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        _put_aside(path)
        return {}
    version = found.pop(VERSION, 0)
    if version not in range(SCHEMA + 1):
        raise EnvironmentNotReady(
            say(
                en=f"{path} was written by another version of labrunner ({VERSION} {str(version)[:20]})",
                zh=f"{path} 是由另一个版本的 labrunner 写的（{VERSION} {str(version)[:20]}）",
            ),
            hint=say(
                en="use that version or a later one, or end with it what it began: labrunner stop --all",
                zh="请使用那个版本或更新的版本，或用它结束：labrunner stop --all",
            ),
        )
    return found


def unreadable(path: Path, broken: OSError) -> EnvironmentNotReady:
    """Return the error for a place of ours that is shut to us."""
    import shlex  # most commands find all their files

    why = broken.strerror or type(broken).__name__
    return EnvironmentNotReady(
        say(en=f"{path} cannot be opened: {why}", zh=f"无法打开 {path}：{why}"),
        hint=f"ls -ld {shlex.quote(str(path))}",
    )


def put_aside() -> list[tuple[Path, Path]]:
    """Return what was put aside since this was last asked: each file, and where it is now."""
    found = list(_aside)
    _aside.clear()
    return found


def _put_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as broken:
        raise unreadable(path, broken) from broken
    _aside.append((path, aside))
