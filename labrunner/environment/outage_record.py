"""What is known of the outage that is open: written before anything is stopped, forgotten when all is well again."""

import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from labrunner import atomic
from labrunner.environment import cluster_record
from labrunner.state import lock

HELD = "held.json"
"""The lab's objects as they were when the outage began: while the API server is gone, nobody can change them."""


@dataclass(frozen=True, slots=True)
class Open:
    """The outage that is open.

    Attributes:
        token: tells it from others.
        component: what was stopped.
        node: of which node, by role.
        container: that node's container ID.
        until: when it comes back by itself, in seconds since 1970.
        directory: the folder of the lab that it belongs to.
        url: the daemon that the cluster runs on.
    """

    token: str
    component: str
    node: str
    container: str
    until: float
    directory: str
    url: str


def load() -> Open | None:
    """Return the outage that is open; None where none is."""
    raw = atomic.read_json(_file())
    try:
        return Open(**{one.name: raw[one.name] for one in fields(Open)}) if raw else None
    except KeyError:  # of a version with other fields; the node itself knows when it comes back
        return None


def save(record: Open) -> None:
    """Keep it; raises DiskFull."""
    atomic.write_json(_file(), asdict(record))


def clear() -> None:
    """Forget it."""
    _file().unlink(missing_ok=True)


def is_open(directory: Path) -> Open | None:
    """Return the outage that a lab has open; None where it has none."""
    record = load()
    return record if record is not None and Path(record.directory) == directory else None


def held(directory: Path) -> list[dict[str, Any]] | None:
    """Return a lab's objects as they were when its outage began; None where it has none open."""
    if is_open(directory) is None:
        return None
    found = atomic.read_json(directory / HELD).get("objects")
    return found if isinstance(found, list) else None


def is_watched(record: Open) -> bool:
    """Tell whether somebody still ends an outage in time: its time is not up, and its keeper lives."""
    return time.time() < record.until and lock.is_held(keeper_lock())


def lock_file() -> Path:
    """Return the lock that whoever begins or ends an outage holds."""
    return cluster_record.folder() / "outage.lock"


def keeper_lock() -> Path:
    """Return the lock that the keeper of an open outage holds as long as it lives."""
    return cluster_record.folder() / "outage-keeper.lock"


def _file() -> Path:
    return cluster_record.folder() / "outage.json"
