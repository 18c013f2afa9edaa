"""The cluster's part of the recorder: what became of a lab's objects, appended to the same log."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.state.mark import Kind, Mark
from labrunner.world import replay_cluster
from labrunner.world.replay_cluster import WATCHED, difference, trimmed

Raw = dict[str, Any]
AGAIN = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds until a watch that broke is begun again, the last one from then on: the cluster may be asleep."""
CAUGHT_UP = 0.5
"""Seconds after which a watch that goes on has been told what it missed: the API server has that in memory."""
REVISION = "deployment.kubernetes.io/revision"


class Appends(Protocol):
    """Where records go."""

    def append(self, record: Raw) -> None:
        """Add one record."""


class ClusterLog:
    """Watches a namespace in threads of their own, one a kind, for as long as this process lives or until closed.

    A watch goes on where the last one ended, also that of an earlier recorder; where the API server has forgotten that
    place (410 Gone), what happened in between is not known: that is a gap, and what is there now is listed.

    Args:
        kubeconfig: the lab's own.
        namespace: the lab's.
        log: where records go.
        mark: how far each kind has been heard of.
        before: the log so far.
        connect: connects to the cluster.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a watch is made of
        self,
        kubeconfig: Path,
        namespace: str,
        log: Appends,
        mark: Mark,
        before: list[Raw],
        connect: Callable[[Path], Any] | None = None,
    ) -> None:
        self.kubeconfig, self.namespace, self.log, self.mark = kubeconfig, namespace, log, mark
        self.closed = threading.Event()
        self._connect = connect or _connected
        self._cluster: Any = None
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Raw]] = {kind: {} for _, kind in WATCHED}
        objects: dict[str, Any] = {}
        for record in before:
            objects = dict(record["cluster"]) if record.get("type") == "base" else replay_cluster.after(objects, record)
        for uid, raw in objects.items():
            self._known.setdefault(raw["kind"], {})[uid] = raw
        for record in before:  # written after the mark was
            kind = mark.kinds.get(str(record.get("kind", "")))
            if kind is not None and _newer(str(record.get("rv", "")), kind.version):
                kind.version = str(record["rv"])

    def begin(self) -> None:
        """Begin to watch."""
        for version, kind in WATCHED:
            place = self.mark.kinds.setdefault(kind, Kind())
            if place.version:
                place.blind = place.blind or place.heard or time.time_ns()
            threading.Thread(target=self._watched, args=(version, kind), daemon=True).start()

    @property
    def listens(self) -> bool:
        """Tell whether every kind is known as it is, so that from now on each change is recorded."""
        places = [self.mark.kinds.get(kind, Kind()) for _, kind in WATCHED]
        return all(place.version and not place.blind for place in places)

    def close(self) -> None:
        """End every watch."""
        self.closed.set()
        with self._lock:
            if self._cluster is not None:
                self._cluster.close()

    def _watched(self, version: str, kind: str) -> None:
        failed = 0
        while not self.closed.is_set() and self.kubeconfig.exists():
            place = self.mark.kinds[kind]
            try:
                self._follow(version, kind, place)
                failed = 0
            except (LabrunnerError, OSError) as broken:
                if self.closed.is_set():
                    return
                if getattr(broken, "status", 0) == 410:  # noqa: PLR2004 - HTTP's own number
                    self._forgotten(kind, place)
                    continue
                if not place.blind:
                    place.blind = place.heard or time.time_ns()
                    self.mark.hears(docker=False)
                wait.pause(AGAIN[min(failed, len(AGAIN) - 1)])
                failed += 1

    def _follow(self, version: str, kind: str, place: Kind) -> None:
        cluster = self._api()
        if not place.version:
            found, place.version = cluster.list(version, kind, self.namespace)
            self._listed(kind, found)
            self._hears(place)
        catching_up = threading.Timer(CAUGHT_UP, self._hears, (place,))
        if place.blind:
            catching_up.daemon = True
            catching_up.start()
        try:
            for action, raw in cluster.watch(version, kind, self.namespace, resource_version=place.version):
                if action != "BOOKMARK":
                    self._seen(kind, action, raw)
                place.version, place.heard = str(raw["metadata"]["resourceVersion"]), time.time_ns()
        finally:
            catching_up.cancel()

    def _hears(self, place: Kind) -> None:
        place.heard = time.time_ns()
        if place.blind:  # the watch goes on where it ended: nothing was missed
            place.blind = 0
            self.mark.hears(docker=False)

    def _forgotten(self, kind: str, place: Kind) -> None:
        gap = {"recorder": "gap", "of": "cluster", "kind": kind}
        self.log.append({**gap, "since": place.heard, "until": time.time_ns(), "nano": time.time_ns()})
        place.version = ""

    def _listed(self, kind: str, found: list[Raw]) -> None:
        """Record what a list shows to have become otherwise while nobody watched."""
        for uid in [uid for uid in self._known[kind] if uid not in {str(raw["metadata"]["uid"]) for raw in found}]:
            self._seen(kind, "DELETED", self._known[kind][uid])
        for raw in found:
            self._seen(kind, "MODIFIED" if raw["metadata"]["uid"] in self._known[kind] else "ADDED", raw)

    def _seen(self, kind: str, action: str, raw: Raw) -> None:
        uid, raw = str(raw["metadata"]["uid"]), trimmed(raw)
        known = self._known[kind].get(uid)
        record = {"type": "object", "kind": kind, "action": action, "id": uid, "name": raw["metadata"]["name"]}
        record |= {"attributes": brief(raw), "rv": str(raw["metadata"].get("resourceVersion", ""))}
        changed = difference(known, raw) if known is not None else {}
        if action == "DELETED" or known is None or _tells(changed):
            told = {} if action == "DELETED" else {"patch": changed} if known is not None else {"raw": raw}
            self.log.append({**record, **told, "nano": time.time_ns()})
        # Only now: what could not be written is told once more by the next watch, and must be news then.
        if action == "DELETED":
            self._known[kind].pop(uid, None)
        else:
            self._known[kind][uid] = raw

    def _api(self) -> Any:
        with self._lock:
            if self._cluster is None:
                self._cluster = self._connect(self.kubeconfig)
            return self._cluster


def _connected(kubeconfig: Path) -> Any:
    from labrunner.world.kube_cluster import KubeCluster

    return KubeCluster(kubeconfig)


def _newer(one: str, other: str) -> bool:
    return one.isdigit() and other.isdigit() and int(one) > int(other)


def _tells(changed: Any) -> bool:
    """Tell whether a patch changes more than an object's version."""
    return bool({**changed, "metadata": {}} != {"metadata": {}}) or bool(
        (changed.get("metadata") or {}).keys() - {"resourceVersion"}
    )


def brief(raw: Raw) -> Raw:
    """Return what is kept of an object for good: what it wants, what it has, and why it has less."""
    meta, spec, status = raw["metadata"], raw.get("spec") or {}, raw.get("status") or {}
    containers = status.get("containerStatuses") or []
    about = raw.get("involvedObject") or {}
    kept = {
        "generation": meta.get("generation"),
        "revision": (meta.get("annotations") or {}).get(REVISION),
        "owners": [one["uid"] for one in meta.get("ownerReferences") or []] or None,
        "replicas": spec.get("replicas"),
        "ready": status.get("readyReplicas"),
        "type": spec.get("type") or raw.get("type"),
        "phase": status.get("phase"),
        "node": spec.get("nodeName"),
        "restarts": sum(one.get("restartCount", 0) for one in containers) if containers else None,
        "state": {one["name"]: _state(one.get("state") or {}) for one in containers} or None,
        "about": f"{about['kind']}/{about.get('name', '')}" if about.get("kind") else None,
        "reason": raw.get("reason"),
        "message": str(raw.get("message") or "")[:500] or None,
        "count": raw.get("count"),
    }
    return {key: value for key, value in kept.items() if value is not None}


def _state(state: Raw) -> str:
    for name, said in state.items():
        parts = [name, str(said.get("reason") or ""), str(said.get("exitCode", ""))]
        return " ".join(part for part in parts if part)
    return "unknown"
