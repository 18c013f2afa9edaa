"""Who stands on the course's registry and cluster besides a started lab: demonstrations and proofs, while they run.

Each holds a shared kernel lock, which vanishes with its process; whoever is about to take the ground away looks at it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner import places
from labrunner.state import lock


@contextmanager
def held() -> Iterator[None]:
    """Be one of those who stand there while the block runs."""
    file = os.open(_file(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


def by_somebody() -> bool:
    """Tell whether somebody stands there, in this process or in another."""
    return lock.is_held(_file())


def _file() -> Path:
    return places.private(places.state_dir()) / "in-use"
