"""What happened since `start`, read from the recorder's log: the only proof that absence can have."""

from collections.abc import Callable
from typing import Any, TypeVar

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.gaps import unknown
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")


class Past:
    """A recorded life of the name since `start`: that of the container that `start` made, else the last one.

    Somebody who did a thing wrongly may remove it and do it again rightly under the same name, or play on after having
    done it rightly: each of those lives is looked at, and one in which the whole claim is true suffices (see `judge`).

    Positive facts stand on what was recorded. Where the log has a gap, what it does not hold is not absent but
    unknown: NotRecorded, which becomes an `error` that says so.
    """

    def __init__(self, snapshot: Snapshot, name: str, life: int = 0) -> None:
        self._snapshot, self.name = snapshot, name
        self._ids = lives(snapshot, name)
        self._id = self._ids[-1 - life] if life < len(self._ids) else ""
        self._events = [e for e in snapshot.log if e.get("type") == "container" and e["id"] == self._id]

    def _fact(self, source: str, found: T | None) -> Fact[T]:
        see = f"docker events --since … --filter container={self.name}"
        where = f"recorded events of {self.name}, {source}"
        subject = f"past/{self.name}"
        if found is not None:
            return Fact(found, where, see, subject=subject)
        if not self._snapshot.complete:
            raise NotRecorded(unknown(self._snapshot, "docker"))
        return Fact(
            None,
            where,
            see,
            say(en=f"no {source} of {self.name} since start", zh=f"开始以来 {self.name} 没有 {source} 的记录"),
            subject,
        )

    def _last(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        return next((event for event in reversed(self._events) if wanted(event)), None)

    def _happened(self, action: str) -> bool | None:
        return True if self._last(lambda event: event["action"] == action) else None

    @property
    def prepared_id(self) -> Fact[str]:
        """The ID of the container of this name that `start` made."""
        return self._fact("start's own", self._snapshot.prepared.get(self.name))

    @property
    def first_id(self) -> Fact[str]:
        """The ID of the container whose life this is."""
        return self._fact("creation", self._id or None)

    @property
    def was_created(self) -> Fact[bool]:
        """True where it was created since `start`."""
        return self._fact("creation", self._happened("create"))

    @property
    def was_started(self) -> Fact[bool]:
        """True where it was started since `start`."""
        return self._fact("start", self._happened("start"))

    @property
    def was_paused(self) -> Fact[bool]:
        """True where it was paused since `start`."""
        return self._fact("pause", self._happened("pause"))

    @property
    def was_removed(self) -> Fact[bool]:
        """True where that container, by its ID, was removed."""
        return self._fact("removal", self._happened("destroy"))

    @property
    def exit_code(self) -> Fact[int]:
        """The exit code of its last process."""
        event = self._last(lambda event: event["action"] == "die")
        return self._fact("exit", int(event["attributes"]["exitCode"]) if event else None)

    @property
    def signals(self) -> Fact[list[int]]:
        """The signals that it was sent, in order."""
        sent = [int(e["attributes"]["signal"]) for e in self._events if e["action"] == "kill"]
        return self._fact("signal", sent or None)

    @property
    def pids(self) -> Fact[list[int]]:
        """The numbers on the host that its PID 1 has had, start by start, as far as they were recorded."""
        starts = [event.get("inspect") or {} for event in self._events if event["action"] == "start"]
        found = [int((inspect.get("State") or {}).get("Pid") or 0) for inspect in starts]
        return self._fact("start", [pid for pid in found if pid])

    @property
    def restarts(self) -> Fact[int]:
        """How often it was started again since `start`; none is only known where the log has no gap."""
        left_out = sum(left_out_of(self._snapshot, self._id, "start"))
        again = len([e for e in self._events if e["action"] == "start"]) + left_out - 1
        known = self._id and (again > 0 or self._snapshot.complete)
        return self._fact("start", max(0, again) if known else None)


def lives(snapshot: Snapshot, name: str) -> list[str]:
    """Return the IDs of the containers that bore a name since `start`, oldest first; of a prepared name, only that."""
    if name in snapshot.prepared:
        return [snapshot.prepared[name]]
    bore = (e["id"] for e in snapshot.log if e.get("type") == "container" and e.get("name") == name)
    return list(dict.fromkeys(bore))


def left_out_of(snapshot: Snapshot, id_: str, action: str) -> list[int]:
    """Return how many events of a life a smaller log leaves out, for each time that it was made smaller."""
    bases = (record.get("dropped", {}) for record in snapshot.log if record.get("type") == "base")
    return [int(dropped.get(f"{id_} {action}", 0)) for dropped in bases]
