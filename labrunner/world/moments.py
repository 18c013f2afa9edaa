"""The moments of a lab since `start`, made again from the recorder's log: each is a snapshot of its own."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from labrunner.world import replay_cluster, replay_docker
from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]
KEPT = 300
"""How many changes a claim about the past looks back; what is older has been forgotten, and that is said."""
NANO = 10**9
NOISE = ("exec_", "top", "attach", "resize", "copy", "export", "archive-path")
"""Events of containers after which nothing is otherwise."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The lab from one change until the next.

    Attributes:
        at: when it began, in nanoseconds since 1970.
        docker: the objects by kind and ID.
        cluster: the namespace's objects by UID.
        length: how many records of the log had been written by then.
    """

    at: int
    docker: replay_docker.Objects
    cluster: dict[str, Raw]
    length: int


class Moments:
    """Every moment of which something is known, oldest first; the last one is the snapshot itself.

    Attributes:
        present: the snapshot.
        until: when it was taken, in nanoseconds.
        forgotten: True where there were more changes than are kept.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.present = snapshot
        events = sorted((r for r in snapshot.log if "nano" in r), key=lambda record: int(record["nano"]))
        self.until = nano_of(snapshot.taken) or max((int(r["nano"]) for r in events), default=0)
        events = events[: bisect_right(events, self.until, key=lambda record: int(record["nano"]))]
        self._log = tuple(events)
        found = list(_replayed(events, snapshot.since or (int(events[0]["nano"]) if events else self.until)))
        found = [*found, *_unheard(snapshot, found[-1])]
        self.forgotten = len(found) > KEPT or any(record.get("type") == "base" for record in events)
        self._past = found[-KEPT:]

    def __len__(self) -> int:
        """Return how many moments there are, the present one included."""
        return len(self._past) + 1

    def at(self, number: int) -> int:
        """Return when a moment began, in nanoseconds; the present one began when it was looked at."""
        return self._past[number].at if number < len(self._past) else self.until

    def snapshot(self, number: int) -> Snapshot:
        """Return what could have been read at a moment; images and probes were not recorded, so they are not in it."""
        if number >= len(self._past):
            return self.present
        moment, present = self._past[number], self.present
        docker: dict[str, dict[str, Any]] | None = None if present.docker is None else dict(moment.docker)
        cluster = None
        if present.cluster is not None:
            kinds, objects = replay_cluster.KINDS, list(moment.cluster.values())
            cluster = {"namespace": present.cluster["namespace"], "kinds": kinds, "objects": objects}
        before = tuple(gap for gap in present.gaps if int(gap["since"]) <= moment.at)
        return replace(
            present,
            docker=docker,
            cluster=cluster,
            probes={},
            log=self._log[: moment.length],
            complete=not any(gap["of"] == "docker" for gap in before) and (present.complete or bool(present.gaps)),
            gaps=before,
            taken=utc(moment.at),
        )


def _replayed(events: Sequence[Raw], since: int) -> Iterator[Moment]:
    docker, cluster = replay_docker.empty(), dict[str, Raw]()
    first = next((number for number, record in enumerate(events) if record.get("type") == "base"), None)
    if first is None:
        yield Moment(min(since, int(events[0]["nano"])) if events else since, docker, cluster, 0)
    for number, record in enumerate(events):
        if number < (first or 0):
            continue  # told without states: what the lab was then has become the base
        if record.get("type") == "base":
            docker = {**replay_docker.empty(), **record.get("docker", {})}
            cluster = dict(record.get("cluster", {}))
        elif str(record.get("action", "")).startswith(NOISE):
            continue
        else:
            docker, cluster = replay_docker.after(docker, record), replay_cluster.after(cluster, record)
            if record.get("kind") == "Event" and record.get("type") == "object":
                continue  # it tells what happened, and nothing is otherwise by it
        yield Moment(int(record["nano"]), docker, cluster, number + 1)


def _unheard(snapshot: Snapshot, last: Moment) -> list[Moment]:
    """Return what the present shows to have happened since the last record: runs that began after it.

    The recorder is a moment behind the world; a container that died and came back meanwhile was not alive throughout.
    """
    found: list[Moment] = []
    for id_, raw in (snapshot.docker or {}).get("containers", {}).items():
        began = nano_of(str((raw.get("State") or {}).get("StartedAt", "")))
        known = last.docker["containers"].get(id_)
        # The daemon tells of a start a little later than it notes it: the one that was recorded is not later.
        if known is None or began <= nano_of(str((known.get("State") or {}).get("StartedAt", ""))) + NANO // 1000:
            continue
        dead = {**(known.get("State") or {}), "Status": "exited", "Running": False}
        containers = {**last.docker["containers"], id_: {**known, "State": dead}}
        found.append(Moment(max(began, last.at), {**last.docker, "containers": containers}, last.cluster, last.length))
    for raw in (snapshot.cluster or {}).get("objects", []):
        known = last.cluster.get(str(raw["metadata"].get("uid", "")))
        if raw["kind"] == "Pod" and known is not None and _restarts(raw) > _restarts(known):
            began = max((nano_of(str(at)) for at in _starts(raw)), default=0) or last.at
            status = {**(raw.get("status") or {}), "phase": "Pending", "conditions": [], "containerStatuses": []}
            cluster = {**last.cluster, str(raw["metadata"]["uid"]): {**raw, "status": status}}
            found.append(Moment(max(began, last.at), last.docker, cluster, last.length))
    return sorted(found, key=lambda moment: moment.at)


def _restarts(pod: Raw) -> int:
    return sum(int(one.get("restartCount", 0)) for one in (pod.get("status") or {}).get("containerStatuses") or [])


def _starts(pod: Raw) -> list[str]:
    told = (pod.get("status") or {}).get("containerStatuses") or []
    return [((one.get("state") or {}).get("running") or {}).get("startedAt") or "" for one in told]


def nano_of(stamp: str) -> int:
    """Return an RFC 3339 time in nanoseconds since 1970; 0 where it is none, or Docker's year 1."""
    whole, _, rest = stamp.partition(".")
    digits = rest.rstrip("Z").partition("+")[0].partition("-")[0] if rest else ""
    zone = stamp[len(whole) + 1 + len(digits) :] if rest else ""
    try:
        told = datetime.fromisoformat(whole + zone)
    except ValueError:
        return 0
    seconds = int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())
    return max(0, seconds) * NANO + int(digits.ljust(9, "0")[:9] or 0) if seconds > 0 else 0


def utc(nano: int) -> str:
    """Return a time as it is written down: UTC, ISO 8601, to the millisecond."""
    return datetime.fromtimestamp(nano / NANO, UTC).isoformat(timespec="milliseconds")
