"""Folders for a while, in the state's own: the next command removes those of whoever was killed."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner import interruption, places


@contextmanager
def folder(what: str) -> Iterator[Path]:
    """Make an empty folder that is gone when the block ends.

    Args:
        what: it is for, a word of its name.
    """
    sweep()
    made = places.private(_root()) / f"{what}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        made.mkdir(mode=0o700)
        yield made
    finally:
        with interruption.held_back(tidies=True):
            shutil.rmtree(made, ignore_errors=True)


def sweep() -> None:
    """Remove what processes left that are gone."""
    for left in _root().glob("*.*.*"):
        pid = left.name.split(".")[-2]
        if pid.isdecimal() and not runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def runs(pid: int) -> bool:
    """Tell whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _root() -> Path:
    return places.state_dir() / "scratch"
