"""What became of networks, volumes and images since `start`, read from the recorder's log."""

from typing import Any, TypeVar

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.gaps import unknown
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
MADE = ("create", "pull", "tag", "load", "import")


class PastThing:
    """The last recorded life of a network or a volume of this name, or of an image of this reference.

    "Removed" is that of the very object, by its ID: another one that took the name does not stand for it. A volume has
    no ID but its name. An image's reference is removed with the image, or when it is taken off it.

    Args:
        snapshot: what was read.
        kind: "network", "volume" or "image".
        name: its name; an image's whole reference ("localhost:5777/redis:7.0").
    """

    def __init__(self, snapshot: Snapshot, kind: str, name: str) -> None:
        self._snapshot, self.kind, self.name = snapshot, kind, name
        told = [record for record in snapshot.log if record.get("type") == kind]
        ids = [_identity(record) for record in told if _names(record, kind, name)]
        self._id = ids[-1] if ids else ""
        self._events = [record for record in told if self._id and _identity(record) == self._id]

    def _fact(self, source: str, found: T | None) -> Fact[T]:
        where = f"recorded events of {self.kind} {self.name}, {source}"
        see, subject = f"docker events --since … --filter type={self.kind}", f"past/{self.name}"
        if found is not None:
            return Fact(found, where, see, subject=subject)
        if why := unknown(self._snapshot, "docker"):
            raise NotRecorded(why)
        absent = say(
            en=f"no {source} of {self.kind} {self.name} since start",
            zh=f"开始以来 {self.kind} {self.name} 没有 {source} 的记录",
        )
        return Fact(None, where, see, absent, subject)

    @property
    def first_id(self) -> Fact[str]:
        """The ID of the object whose life this is; a volume's name."""
        return self._fact("creation", self._id or None)

    @property
    def was_created(self) -> Fact[bool]:
        """True where it was made since `start`; of an image: pulled, tagged, loaded or built."""
        return self._fact("creation", True if any(record["action"] in MADE for record in self._events) else None)

    @property
    def was_removed(self) -> Fact[bool]:
        """True where that object is gone: removed, and not made again under the same ID."""
        gone = max((n for n, record in enumerate(self._events) if self._takes_away(record)), default=-1)
        made = max((n for n, record in enumerate(self._events) if record["action"] in MADE), default=-1)
        return self._fact("removal", True if gone > made else None)

    @property
    def was_deleted(self) -> Fact[bool]:
        """Of an image: True where the image itself is gone, by its ID, and not only a name of it."""
        gone = max((n for n, record in enumerate(self._events) if record["action"] == "delete"), default=-1)
        made = max((n for n, record in enumerate(self._events) if record["action"] in MADE), default=-1)
        return self._fact("deletion", True if gone > made else None)

    def _takes_away(self, record: dict[str, Any]) -> bool:
        if record["action"] == "untag":
            return self.name not in _references(record)
        return record["action"] in ("destroy", "remove", "delete")

    @property
    def was_loaded_again(self) -> Fact[bool]:
        """Of an image: True where it was deleted, and came out of a file after that, the very same by its ID."""
        done = [record["action"] for record in self._events]
        again = "delete" in done and "load" in done[done.index("delete") :]
        return self._fact("return out of a file", True if again else None)

    @property
    def members(self) -> Fact[list[str]]:
        """Of a network: the IDs of the containers that were ever connected to it, in order."""
        joined = [str(r["attributes"].get("container", "")) for r in self._events if r["action"] == "connect"]
        return self._fact("connection", list(dict.fromkeys(joined)) or None)


def _identity(record: dict[str, Any]) -> str:
    """Return an object's ID; the events of a pull only tell the reference, and the image was looked at."""
    return str((record.get("inspect") or {}).get("Id") or record["id"])


def _names(record: dict[str, Any], kind: str, name: str) -> bool:
    if kind == "volume":
        return bool(record["id"] == name)
    if kind == "image":
        return name in (record["id"], record.get("name")) or name in _references(record)
    return record.get("name") == name


def _references(record: dict[str, Any]) -> list[str]:
    return list((record.get("inspect") or {}).get("RepoTags") or [])
