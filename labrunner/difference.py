"""What an operation changed in a staged world, and the way back: undone by IDs, with the code that protects users."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labrunner import wait
from labrunner.staging import Stage
from labrunner.state import log
from labrunner.world.docker_engine import DockerEngine, EngineRefused, Inventory

GONE_WITHIN = 60.0
"""Seconds that Kubernetes may take until what was deleted is gone."""
HARMLESS = ("top", "export", "archive-path", "copy", "resize")
"""Container events that change nothing of the container."""
SETTLE = 0.25
"""Seconds until the daemon's last events have been recorded."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A staged world at a moment, compared by IDs and by what can change of an object.

    Attributes:
        inventory: what is there, by ID.
        containers: ID → name, state, start time and networks.
        objects: the lab's namespace: UID → kind, name, API version, whether it is owned, and its generation.
        recorded: how many events were recorded until then.
        at: when it was read, in nanoseconds since 1970.
    """

    inventory: Inventory
    containers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    objects: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    recorded: int = 0
    at: int = 0

    def same(self, other: "Moment") -> bool:
        """Tell whether two moments hold the same objects in the same state."""
        mine, theirs = self.inventory, other.inventory
        return (
            (mine.containers, mine.networks, mine.volumes, mine.images)
            == (theirs.containers, theirs.networks, theirs.volumes, theirs.images)
            and dict(self.containers) == dict(other.containers)
            and dict(self.objects) == dict(other.objects)
        )


def moment(stage: Stage) -> Moment:
    """Read a staged world."""
    engine, found = stage.engine, stage.session
    at = time.time_ns()
    own = [raw for raw in engine.list("containers") if stage.sandbox is not None or _ours(stage, raw)]
    seen = [raw for one in own if (raw := engine.inspect("containers", one["Id"])) is not None]
    containers = {raw["Id"]: _state(raw) for raw in seen}
    inventory = engine.inventory() if stage.sandbox is not None else Inventory()
    return Moment(inventory, containers, _objects(stage), len(log.read(found.directory)), at)


def _ours(stage: Stage, raw: Mapping[str, Any]) -> bool:
    return any(name.lstrip("/") in stage.session.loaded.lab.names for name in raw.get("Names") or [])


def _state(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    state = raw["State"]
    return (raw["Name"], state["Status"], state["StartedAt"], tuple(sorted(raw["NetworkSettings"]["Networks"])))


def _objects(stage: Stage) -> dict[str, tuple[Any, ...]]:
    if stage.world.cluster is None:
        return {}
    found: dict[str, tuple[Any, ...]] = {}
    for raw in stage.world.cluster.objects(stage.session.namespace):
        if raw["kind"] in ("Event", "EndpointSlice"):
            continue
        meta = raw["metadata"]
        owned = bool(meta.get("ownerReferences"))
        labels = tuple(sorted((meta.get("labels") or {}).items()))
        found[meta["uid"]] = (raw["kind"], meta["name"], raw["apiVersion"], owned, meta.get("generation"), labels)
    return found


def touched(stage: Stage, before: Moment) -> bool:
    """Tell whether an object that was there before had something done to it since, by the recorded events."""
    wait.pause(SETTLE)
    for record in log.read(stage.session.directory)[before.recorded :]:
        kind, action = record.get("type"), str(record.get("action", ""))
        if kind == "container" and record["id"] in before.containers and not action.startswith(HARMLESS):
            return True
        if kind == "volume" and record["id"] in before.inventory.volumes and action != "unmount":
            return True
        if kind == "network" and (record.get("attributes") or {}).get("container") in before.containers:
            return True
    return False


def undo(stage: Stage, before: Moment) -> bool:
    """Remove what was not there before, by ID; True where the world is then as it was."""
    if touched(stage, before):
        return False
    engine = stage.engine
    now = moment(stage)
    for kind, mine, theirs in (
        ("containers", now.containers, before.containers),
        ("networks", now.inventory.networks, before.inventory.networks),
        ("volumes", now.inventory.volumes, before.inventory.volumes),
    ):
        for id_ in mine:
            if id_ not in theirs and not _removed(engine, kind, id_):
                return False
    known = {ref for refs in before.inventory.images.values() for ref in refs}
    for refs in engine.inventory().images.values() if stage.sandbox is not None else ():
        for ref in refs:
            if ref not in known and "@" not in ref and not _removed(engine, "images", ref):
                return False
    if not _undo_objects(stage, before) or not moment(stage).same(before):
        return False
    # What was tried is none of the lab's past: a claim that says `ever` would remember it.
    undone = {"recorder": "undone", "since": before.at, "nano": time.time_ns()}
    log.Writer(stage.session.directory / log.FILE, largest=None).append(undone)
    return True


def _removed(engine: DockerEngine, kind: str, id_: str) -> bool:
    try:
        engine.remove(kind, id_)
    except EngineRefused:
        return False
    return True


def _undo_objects(stage: Stage, before: Moment) -> bool:
    cluster, namespace = stage.world.cluster, stage.session.namespace
    if cluster is None:
        return True
    for uid, (kind, name, version, owned, *_) in _objects(stage).items():
        if uid not in before.objects and not owned:
            cluster.delete(version, kind, name, namespace)
    return bool(wait.until(lambda: set(_objects(stage)) <= set(before.objects), within=GONE_WITHIN))
