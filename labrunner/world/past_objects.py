"""What became of a cluster's object since `start`: generations, revisions, replicas, Pods that came and went."""

from typing import Any, TypeVar

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.gaps import unknown
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
Record = dict[str, Any]


class PastObject:
    """The last recorded life, by UID, of an object of this kind and name in the lab's namespace.

    What was seen stands. A list of everything that was, or the absence of something, is only known where the cluster's
    log has no gap since the object came into being: else NotRecorded.
    """

    def __init__(self, snapshot: Snapshot, kind: str, name: str) -> None:
        self._snapshot, self.kind, self.name = snapshot, kind, name
        self._log = [record for record in snapshot.log if record.get("type") == "object"]
        uids = [str(r["id"]) for r in self._log if r["kind"] == kind and r.get("name") == name]
        self._uid = uids[-1] if uids else ""
        self._records = [record for record in self._log if record["id"] == self._uid]
        self._since = int(self._records[0].get("nano", 0)) if self._records else 0

    def _fact(self, source: str, found: T | None, *, whole: bool = False) -> Fact[T]:
        """Return a fact of this life.

        Args:
            source: what it is about.
            found: the value; None where nothing was recorded.
            whole: True where the value is only right if nothing is missing in the log.
        """
        namespace = str((self._snapshot.cluster or {}).get("namespace", ""))
        where = f"recorded changes of {self.kind} {self.name}, {source}"
        see, subject = f"kubectl get {self.kind.lower()} {self.name} -n {namespace} -w", f"past/{self.name}"
        if (found is None or whole) and (why := unknown(self._snapshot, "cluster", self._since)):
            raise NotRecorded(why)
        if found is not None:
            return Fact(found, where, see, subject=subject)
        absent = say(
            en=f"no {source} of {self.kind} {self.name} since start",
            zh=f"开始以来 {self.kind} {self.name} 没有 {source} 的记录",
        )
        return Fact(None, where, see, absent, subject)

    def _steps(self, key: str) -> list[Any] | None:
        """Return the values that a field has had, in order, each change once."""
        found: list[Any] = []
        for record in self._records:
            value = record["attributes"].get(key)
            if value is not None and (not found or found[-1] != value):
                found.append(value)
        return found or None

    @property
    def uid(self) -> Fact[str]:
        """The UID of the object whose life this is."""
        return self._fact("creation", self._uid or None)

    @property
    def was_created(self) -> Fact[bool]:
        """True where it was seen to be there since `start`."""
        return self._fact("creation", True if self._records else None)

    @property
    def was_deleted(self) -> Fact[bool]:
        """True where that very object, by its UID, is gone."""
        gone = any(record["action"] == "DELETED" for record in self._records)
        return self._fact("deletion", True if gone else None)

    @property
    def generations(self) -> Fact[list[int]]:
        """How often what is wanted of it was changed: its generations, in order."""
        return self._fact("generation", self._steps("generation"), whole=True)

    @property
    def revisions(self) -> Fact[list[int]]:
        """The revisions of its rollout history, in order; a rollback is a new one."""
        told = self._steps("revision")
        return self._fact("revision", [int(one) for one in told] if told else None, whole=True)

    @property
    def replicas(self) -> Fact[list[int]]:
        """How many replicas were wanted, in order, each change once."""
        return self._fact("replicas", self._steps("replicas"), whole=True)

    @property
    def ready(self) -> Fact[list[int]]:
        """How many replicas were ready, in order, each change once."""
        return self._fact("ready replicas", self._steps("ready"), whole=True)

    @property
    def restarts(self) -> Fact[int]:
        """How often containers of it were started again: of a Pod, or of all Pods that it has had."""
        known = [r["attributes"].get("restarts", 0) for r in self._records] if self.kind == "Pod" else []
        last: dict[str, int] = {}
        for record in self._pods_records():
            last[record["id"]] = max(last.get(record["id"], 0), int(record["attributes"].get("restarts", 0)))
        total = max(known, default=0) + sum(last.values())
        return self._fact("restart", total if self._records else None, whole=not total)

    @property
    def pods(self) -> Fact[list[str]]:
        """The UIDs of the Pods that it has had, in order."""
        return self._fact("Pod", list(dict.fromkeys(r["id"] for r in self._pods_records())) or None, whole=True)

    @property
    def pods_gone(self) -> Fact[list[str]]:
        """The UIDs of the Pods that it has had and that are gone, in order."""
        gone = [r["id"] for r in self._pods_records() if r["action"] == "DELETED"]
        return self._fact("Pod that went", list(dict.fromkeys(gone)) or None, whole=True)

    @property
    def reasons(self) -> Fact[list[str]]:
        """The reasons of the Events about it, in order, each once; the cluster itself forgets them after an hour."""
        about = f"{self.kind}/{self.name}"
        told = [r["attributes"] for r in self._log if r["kind"] == "Event" and r["attributes"].get("about") == about]
        return self._fact("Event", list(dict.fromkeys(str(one.get("reason", "")) for one in told)) or None)

    def _pods_records(self) -> list[Record]:
        owners = {self._uid} if self._uid else set[str]()
        owners |= {r["id"] for r in self._log if r["kind"] == "ReplicaSet" and owners & _owners(r)}
        return [r for r in self._log if r["kind"] == "Pod" and owners & _owners(r)]


def _owners(record: Record) -> set[str]:
    return set(record["attributes"].get("owners", []))
