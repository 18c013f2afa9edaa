"""What happened since `start`, read from the recorder's log: the only proof that absence can have."""

from collections.abc import Callable
from typing import Any, TypeVar

from labrunner.facts import Fact, NotRecorded
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
KILLED = 137
"""128 + SIGKILL: what a container exits with that was not asked, or did not listen."""


class Past:
    """The recorded lives of the containers that bore a name since `start`, oldest first.

    Positive facts stand on what was recorded. Where the log has a gap, what it does not hold is not absent but
    unknown: NotRecorded, which becomes an `error` that says so.
    """

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._snapshot, self.name = snapshot, name
        events = [e for e in snapshot.log if e.get("type") == "container"]
        ids = {e["id"] for e in events if e.get("name") == name}
        if name in snapshot.prepared:
            ids.add(snapshot.prepared[name])
        self._events = [e for e in events if e["id"] in ids]

    def _fact(self, source: str, found: T | None) -> Fact[T]:
        see = f"docker events --since … --filter container={self.name}"
        where = f"recorded events of {self.name}, {source}"
        subject = f"container/{self.name}"
        if found is not None:
            return Fact(found, where, see, subject=subject)
        if not self._snapshot.complete:
            raise NotRecorded(
                f"the recorder was not running all the time, so what became of {self.name} cannot be known"
            )
        return Fact(None, where, see, f"no {source} of {self.name} since start", subject)

    def _last(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        return next((event for event in reversed(self._events) if wanted(event)), None)

    def _happened(self, action: str) -> bool | None:
        return True if self._last(lambda event: event["action"] == action) else None

    def _of(self, id_: str) -> list[dict[str, Any]]:
        return [event for event in self._events if event["id"] == id_]

    @property
    def prepared_id(self) -> Fact[str]:
        """The ID of the container of this name that `start` made."""
        return self._fact("start's own", self._snapshot.prepared.get(self.name))

    @property
    def first_id(self) -> Fact[str]:
        """The ID of the first container that bore the name."""
        prepared = self._snapshot.prepared.get(self.name)
        return self._fact("creation", prepared or (self._events[0]["id"] if self._events else None))

    @property
    def was_created(self) -> Fact[bool]:
        """True where one was created since `start`."""
        return self._fact("creation", self._happened("create"))

    @property
    def was_started(self) -> Fact[bool]:
        """True where one was started since `start`."""
        return self._fact("start", self._happened("start"))

    @property
    def was_paused(self) -> Fact[bool]:
        """True where one was paused since `start`."""
        return self._fact("pause", self._happened("pause"))

    @property
    def was_removed(self) -> Fact[bool]:
        """True where the first container that bore the name, by its ID, was removed."""
        return self._fact("removal", self._first_event("destroy") is not None or None)

    @property
    def exit_code(self) -> Fact[int]:
        """The exit code of the last process of the first container that bore the name."""
        event = self._first_event("die")
        return self._fact("exit", int(event["attributes"]["exitCode"]) if event else None)

    @property
    def signals(self) -> Fact[list[int]]:
        """The signals that the first container that bore the name was sent, in order."""
        sent = [e for e in self._of(self._first() or "") if e["action"] == "kill"]
        return self._fact("signal", [int(e["attributes"]["signal"]) for e in sent] or None)

    @property
    def restarts(self) -> Fact[int]:
        """How often the first container that bore the name was started again since `start`."""
        first = self._first()
        starts = len([e for e in self._of(first or "") if e["action"] == "start"])
        return self._fact("start", max(0, starts - 1) if first else None)

    def _first(self) -> str | None:
        return self._snapshot.prepared.get(self.name) or (self._events[0]["id"] if self._events else None)

    def _first_event(self, action: str) -> dict[str, Any] | None:
        first = self._first()
        return self._last(lambda event: event["id"] == first and event["action"] == action)
