"""What a run of the tests that was killed has left on a daemon: the next one takes it away."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from labrunner.environment import kind, registry, sandbox_journal
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint

ALIVE = "alive.lock"
"""A file that a run, or a worker of it, holds as long as it lives; the kernel lets go of it, whatever kills it."""


@contextmanager
def alive(folder: Path) -> Iterator[None]:
    """Hold a run's file while the block runs.

    Args:
        folder: all installations of this run are in it.
    """
    with FileLock(folder / ALIVE):
        yield
    (folder / ALIVE).unlink(missing_ok=True)  # pytest itself may have taken the whole folder away by now


def sweep(endpoint: Endpoint, runs: Path) -> list[str]:
    """Take away what installations of dead runs have on a daemon; returns their install ids.

    Args:
        endpoint: the daemon.
        runs: the folder that holds the folders of runs, or of their workers; what holds no file of ours is not touched.
    """
    found: list[str] = []
    for file in sorted(runs.glob(f"*/{ALIVE}")) + sorted(runs.glob(f"*/*/{ALIVE}")):
        try:
            with FileLock(file, timeout=0):
                for install in _installs(file.parent):
                    sandbox_journal.sweep(endpoint, install)
                    kind.delete(endpoint, install, Quiet())
                    registry.down(endpoint, install)
                    found.append(install)
        except Timeout:
            continue  # it lives
        file.unlink(missing_ok=True)
    return found


def _installs(folder: Path) -> list[str]:
    files = [*folder.glob("*/config/settings.json"), *folder.glob("*/*/config/settings.json")]
    return [str(json.loads(file.read_text(encoding="utf-8"))["install"]) for file in files]
