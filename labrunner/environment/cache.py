"""The cache of what was built: one folder an artefact, named by what it is made of; all of it may be deleted."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from labrunner import places, scratch
from labrunner.errors import Busy
from labrunner.narrate import Narrator, stage
from labrunner.words import say

PATIENCE = 3600.0
"""Seconds to wait for another process that builds the same; a cold build of Kubernetes takes a quarter of that."""
GENERATIONS = 2
"""How many artefacts of a target are kept: what is made now, and what it was made of before."""


def root() -> Path:
    """Return the folder of the cache; it may not be there yet."""
    return places.cache_dir()


def slot(target: str, key: str) -> Path:
    """Return the folder where an artefact is, or will be; it is there only when the artefact is whole."""
    return root() / target / key


@contextmanager
def unfinished(target: str) -> Iterator[Path]:
    """Make a folder to build in, beside the artefacts so that it can be renamed to one; gone when the block ends."""
    folder = root() / "unfinished" / f"{target}.{os.getpid()}.{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(made: Path, place: Path) -> Path:
    """Move a whole artefact to its slot in one step; of a target, the newest GENERATIONS stay.

    Args:
        made: the folder that holds it, in the cache.
        place: its slot.

    Returns:
        the slot.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        made.rename(place)
        place.touch()
    for old in sorted(place.parent.iterdir(), key=lambda found: found.stat().st_mtime)[:-GENERATIONS]:
        shutil.rmtree(old, ignore_errors=True)
    return place


@contextmanager
def alone(target: str, narrator: Narrator) -> Iterator[None]:
    """Hold the target's lock while the block runs; what killed processes left half-made is swept first.

    Raises:
        Busy: another process holds it for longer than any build takes.
    """
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{target}.lock")
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        _wait_for(lock, target, narrator)
    try:
        _sweep()
        yield
    finally:
        lock.release()


def _sweep() -> None:
    for left in (root() / "unfinished").glob("*"):
        pid = re.search(r"\.(\d+)\.[0-9a-f]+$", left.name)
        if pid is None or not scratch.runs(int(pid[1])):
            shutil.rmtree(left, ignore_errors=True)


def _wait_for(lock: FileLock, target: str, narrator: Narrator) -> None:
    label = say(en=f"waiting for another labrunner that builds {target}", zh=f"等待另一个 labrunner 构建 {target}")
    with stage(narrator, label):
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout as never:
            raise Busy(
                say(
                    en=f"another labrunner has been building {target} for an hour",
                    zh=f"另一个 labrunner 构建 {target} 已超过一小时",
                ),
                hint=say(en="see `ps aux` for it, end it and try again", zh="用 `ps aux` 找到并结束它，然后重试"),
            ) from never
