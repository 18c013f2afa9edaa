"""What the walkers of the cluster read: a snapshot's raw objects, found by kind, name, owner and labels."""

from collections.abc import Mapping
from typing import Any

from labrunner.facts import NotRecorded
from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]


class Scene:
    """The objects of a namespace and around it, as one snapshot holds them.

    Raises:
        NotRecorded: the snapshot holds nothing of a cluster.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        if snapshot.cluster is None:
            raise NotRecorded("the cluster was not looked at")
        self._cluster = snapshot.cluster
        self.namespace = str(snapshot.cluster["namespace"])
        self.taken = snapshot.taken
        """When it was read; UTC, ISO 8601."""

    def of_kind(self, kind: str) -> list[Raw]:
        """Return every object of a kind, in the namespace or around it."""
        found = [*self._cluster["objects"], *(self._cluster.get("around") or [])]
        return [raw for raw in found if raw["kind"] == kind]

    def lists(self, kind: str) -> bool:
        """Tell whether objects of this kind were asked for at all: else their absence says nothing."""
        return kind in self._cluster.get("kinds", [])

    def find(self, kind: str, name: str) -> Raw | None:
        """Return one object by its name, or None."""
        return next((raw for raw in self.of_kind(kind) if raw["metadata"]["name"] == name), None)

    def owned(self, kind: str, owner: Raw) -> list[Raw]:
        """Return the objects of a kind that an object controls, the youngest first."""
        uid = owner["metadata"].get("uid", "")
        found = [
            raw
            for raw in self.of_kind(kind)
            if any(one["uid"] == uid for one in raw["metadata"].get("ownerReferences") or [])
        ]
        return sorted(found, key=lambda raw: str(raw["metadata"].get("creationTimestamp", "")), reverse=True)

    def matching(self, kind: str, labels: Mapping[str, str]) -> list[Raw]:
        """Return the objects of a kind that bear all of these labels."""
        return [raw for raw in self.of_kind(kind) if labels.items() <= (raw["metadata"].get("labels") or {}).items()]

    def events(self, raw: Raw, *, reason: str = "") -> list[Raw]:
        """Return the Events about an object, the last one first; of one reason where it is said."""
        uid = raw["metadata"].get("uid", "")
        found = [
            event
            for event in self.of_kind("Event")
            if (event.get("involvedObject") or {}).get("uid") == uid and reason in ("", event.get("reason"))
        ]
        return sorted(found, key=_moment, reverse=True)

    def elsewhere(self, kind: str, name: str) -> list[str]:
        """Return the other namespaces that hold an object of this kind and name, as far as that was asked."""
        found = (self._cluster.get("elsewhere") or {}).get(f"{kind}/{name}") or []
        return [str(namespace) for namespace in found]

    def last_lines(self, pod: str, container: str) -> tuple[str, ...]:
        """Return the last lines that a container of a Pod printed, where they were asked for."""
        return tuple(str((self._cluster.get("logs") or {}).get(f"{pod}/{container}", "")).splitlines())

    def loopback(self, pod: str) -> frozenset[int]:
        """Return the TCP ports at which a Pod listens for itself only: nobody from outside it gets there."""
        return frozenset((self._cluster.get("loopback") or {}).get(pod, ()))

    def listening(self, pod: str) -> frozenset[int] | None:
        """Return the TCP ports at which somebody in a Pod listens; None where that was not asked."""
        found = (self._cluster.get("listening") or {}).get(pod)
        return None if found is None else frozenset(found)


def _moment(event: Raw) -> str:
    series = event.get("series") or {}
    return str(series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or "")
