"""What an operation changed in a staged world, and the way back: undone by IDs, with the code that protects users."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labrunner import wait
from labrunner.environment import cluster_identity, cluster_record, node_traces, outage, registry_data
from labrunner.errors import Fault
from labrunner.scenery import Scenery, behind
from labrunner.staging import Stage
from labrunner.starting import plant
from labrunner.state import log, outages
from labrunner.state.continuity import from_nano
from labrunner.state.ours import ANONYMOUS
from labrunner.words import say
from labrunner.world.docker_engine import EXEC_MARK, DockerEngine, EngineRefused, Inventory

GONE_WITHIN = 60.0
"""Seconds that Kubernetes may take until what was deleted is gone."""
HARMLESS = ("top", "export", "archive-path", "copy", "resize")
"""Container events that change nothing of the container."""
TELLING = {"type": ["container", "network", "volume"]}
"""The events that tell whether something was touched."""
NOTHING = Scenery()


@dataclass(frozen=True, slots=True)
class Moment:
    """A staged world at a moment, compared by IDs and by what can change of an object.

    Attributes:
        inventory: what is there, by ID.
        containers: ID → name, state, start time and networks.
        objects: the lab's namespace: UID → kind, name, API version, whether it is owned, and its generation.
        pushed: what leads to the images in its own registry that the lab pushed.
        at: when it was read, in nanoseconds since 1970.
    """

    inventory: Inventory
    containers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    objects: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    pushed: Mapping[str, bytes] = field(default_factory=dict)
    at: int = 0

    def same(self, other: "Moment", apart: Scenery = NOTHING) -> bool:
        """Tell whether two moments hold the same objects in the same state; of what is apart, the same names."""
        return (self.parts(apart), self.names(apart)) == (other.parts(apart), other.names(apart))

    def parts(self, apart: Scenery) -> tuple[Any, ...]:
        """Return what must be the very same, without what is apart."""
        mine = self.inventory
        images = {id_: [ref for ref in refs if not _is_of(ref, apart)] for id_, refs in mine.images.items()}
        if apart.scripts:  # what is committed or built anew has another ID, and so has what it was made of
            images = {id_: refs for id_, refs in images.items() if refs}
        return (
            {id_: name for id_, name in mine.containers.items() if name not in apart.names},
            {id_: name for id_, name in mine.networks.items() if name not in apart.names},
            {name: made for name, made in mine.volumes.items() if name not in apart.names and not _nameless(name)},
            images,
            {id_: state for id_, state in self.containers.items() if state[0].lstrip("/") not in apart.names},
            dict(self.objects),
            dict(self.pushed),
        )

    def names(self, apart: Scenery) -> set[tuple[str, str]]:
        """Return what is there of what is apart, as (kind, name)."""
        mine = self.inventory
        named = [("container", n) for n in mine.containers.values()] + [("network", n) for n in mine.networks.values()]
        named += [("volume", n) for n in mine.volumes]
        references = {("image", ref) for refs in mine.images.values() for ref in refs if ref in apart.references}
        return {one for one in named if one[1] in apart.names} | references


def moment(stage: Stage) -> Moment:
    """Read a staged world."""
    engine = stage.engine
    at = time.time_ns()
    own = [raw for raw in engine.list("containers") if stage.sandbox is not None or _ours(stage, raw)]
    seen = [raw for one in own if (raw := engine.inspect("containers", one["Id"])) is not None]
    leaving = {raw["Id"] for raw in seen if raw["HostConfig"].get("AutoRemove") and not raw["State"]["Running"]}
    containers = {raw["Id"]: _state(raw) for raw in seen if raw["Id"] not in leaving}
    inventory = engine.inventory() if stage.sandbox is not None else Inventory()
    there = {id_: name for id_, name in inventory.containers.items() if id_ in containers}
    inventory = replace(inventory, containers=there)
    pushed = registry_data.pushed(stage.pushed) if stage.pushed is not None else {}
    return Moment(inventory, containers, _objects(stage), pushed, at)


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


def touched(stage: Stage, before: Moment) -> set[str]:
    """Return the names of what was there before and had something done to it since, by the daemon's own events."""
    found: set[str] = set()
    for event in stage.engine.events(from_nano(before.at), until=from_nano(time.time_ns()), filters=TELLING):
        kind, action, actor = event["Type"], str(event["Action"]), event["Actor"]
        id_, attributes = str(actor["ID"]), actor.get("Attributes") or {}
        if kind == "container" and id_ in before.containers and not _is_harmless(action):
            found.add(_name(before, id_))
        elif kind == "volume" and id_ in before.inventory.volumes and not _nameless(id_):
            if not _only_read(action, attributes):
                found.add(id_)
        elif kind == "network" and str(attributes.get("container", "")) in before.containers:
            found.add(_name(before, str(attributes["container"])))
    return found


def _is_of(reference: str, apart: Scenery) -> bool:
    """Tell whether a reference is that of a planted image; containerd's store knows each by a digest of its own too."""
    repository, at, _ = reference.partition("@")
    planted = {one.rpartition(":")[0] for one in apart.references}
    return reference in apart.references or (at != "" and repository in planted)


def _nameless(volume: str) -> bool:
    """Tell whether a volume was given no name: it goes with its container, a probe's maybe, and a moment later."""
    return ANONYMOUS.fullmatch(volume) is not None


def _is_harmless(action: str) -> bool:
    """Tell whether an event changes nothing of a container; our own probes run inside as well."""
    return action.startswith((*HARMLESS, "exec_start", "exec_die")) or EXEC_MARK in action


def _only_read(action: str, attributes: Mapping[str, Any]) -> bool:
    """Tell whether an event of a volume changes nothing in it: `docker cp` mounts a container's volumes as well.

    Whoever names a volume that is there asks for its creation, and gets the one that is there.
    """
    return action in ("create", "unmount") or (action == "mount" and attributes.get("read/write") == "false")


def _name(before: Moment, id_: str) -> str:
    return str(before.containers[id_][0]).lstrip("/")


def _moved(before: Moment, now: Moment) -> set[str]:
    """Return the references that another image bears now, or none."""
    then, present = _bearers(before), _bearers(now)
    return {ref for ref, id_ in then.items() if present.get(ref) != id_}


def _bearers(one: Moment) -> dict[str, str]:
    return {ref: id_ for id_, refs in one.inventory.images.items() for ref in refs if "@" not in ref}


class CannotUndo(Exception):
    """What was done cannot be undone by IDs; says why."""


def undo(stage: Stage, before: Moment) -> Scenery:
    """Bring a staged world back to a moment: remove what was not there, by ID, and plant anew what was planted.

    Returns:
        what was planted anew, NOTHING where nothing had to be.

    Raises:
        CannotUndo: the world cannot be brought back so.
    """
    outage.over_of(stage.session.directory)
    outages.undone(stage.session.directory, before.at)
    if stage.session.loaded.lab.touches_nodes and (cluster := cluster_record.load()) is not None:
        node_traces.clear(stage.session.endpoint, cluster)
    hit, now = touched(stage, before), moment(stage)
    lost = _moved(before, now)
    pulled = {ref for ref in lost if ref.startswith(stage.session.scope.prefix)}
    planted = behind(stage.session.loaded.lab, stage.session.values, hit | (lost - pulled))
    if planted is None or ((planted.scripts or pulled) and stage.sandbox is None):
        raise CannotUndo(say(en="it touched ", zh="它动过 ") + ", ".join(sorted(hit | lost)))
    if altered := _altered(before, now):
        raise CannotUndo(say(en="it changed ", zh="它改动了 ") + ", ".join(altered))
    if (left := _cleared(stage, before, now, planted)) or not _undo_objects(stage, before):
        raise CannotUndo(say(en=f"{left or 'an object'} stays", zh=f"{left or '某个对象'} 删不掉"))
    if stage.pushed is not None:
        registry_data.put_back(stage.pushed, before.pushed)
    # What was tried is none of the lab's past: a claim that says `ever` would remember it.
    gone = [id_ for id_ in before.containers if _name(before, id_) in planted.names]
    undone = {"recorder": "undone", "since": before.at, "nano": time.time_ns(), "gone": gone}
    log.Writer(stage.session.directory / log.FILE, largest=None).append(undone)
    try:
        fetch = [f"docker pull {ref}" for ref in sorted(pulled)]
        plant(stage.session, [*fetch, *planted.scripts], stage.engine)
    except Fault as broken:
        raise CannotUndo(broken.message) from broken
    if not (after := moment(stage)).same(before, planted):
        raise CannotUndo(say(en="something else is there: ", zh="情况已不同：") + _what_differs(before, after, planted))
    return planted


def _what_differs(before: Moment, after: Moment, planted: Scenery) -> str:
    kinds = ("containers", "networks", "volumes", "images", "states", "objects", "pushed")
    pairs = zip(kinds, before.parts(planted), after.parts(planted), strict=True)
    return ", ".join(kind for kind, then, now in pairs if then != now) or "names"


def _cleared(stage: Stage, before: Moment, now: Moment, planted: Scenery) -> str:
    """Remove what was not there before, and what is about to be planted anew; return what stays."""
    engine = stage.engine
    known_by = {**now.containers, **before.containers}  # whatever it was renamed to
    names = {id_: str(known_by[id_][0]).lstrip("/") for id_ in now.containers}
    for kind, mine, theirs in (
        ("containers", names, before.containers),
        ("networks", now.inventory.networks, before.inventory.networks),
        ("volumes", {name: name for name in now.inventory.volumes}, before.inventory.volumes),
    ):
        for id_, name in mine.items():
            if (id_ not in theirs or name in planted.names) and not _removed(engine, kind, id_) and not _nameless(id_):
                return name
    return _images_cleared(engine, before, planted) if stage.sandbox is not None else ""


def _images_cleared(engine: DockerEngine, before: Moment, planted: Scenery) -> str:
    """Take off the names that were not there, then what has none: untagged, or pulled by its digest."""
    known = {ref for refs in before.inventory.images.values() for ref in refs} - planted.references
    tags = [ref for refs in engine.inventory().images.values() for ref in refs if ref not in known and "@" not in ref]
    while tags:  # an image goes after those that were built on it
        stay = [ref for ref in tags if not _removed(engine, "images", ref)]
        if len(stay) == len(tags):
            return stay[0]
        tags = stay
    for id_, refs in engine.inventory().images.items():
        # What was planted and forced off its names stays, on Engine 29, for a container that is gone by now.
        then = before.inventory.images.get(id_, [])
        forced = not refs and then and all(_is_of(ref, planted) for ref in then)
        if id_ not in before.inventory.images or forced:
            for one in refs or [id_]:
                _removed(engine, "images", one)  # one that stays is seen where the moments are compared
    return ""


def _removed(engine: DockerEngine, kind: str, id_: str) -> bool:
    try:
        engine.remove(kind, id_)
    except EngineRefused:
        return False
    return True


def _altered(before: Moment, now: Moment) -> list[str]:
    """Return the objects of the namespace that are gone or otherwise than before: no removal brings these back."""
    return [f"{one[0]} {one[1]}" for uid, one in before.objects.items() if now.objects.get(uid) != one]


def _undo_objects(stage: Stage, before: Moment) -> bool:
    cluster, namespace = stage.world.cluster, stage.session.namespace
    if cluster is None:
        return True
    known, own = cluster_record.load(), stage.session.kubeconfig
    if known is not None and own:  # what is deleted goes by a client that believes the file
        cluster_identity.kubeconfig_is_ours(known, Path(own))
    for uid, (kind, name, version, owned, *_) in _objects(stage).items():
        if uid not in before.objects and not owned:
            cluster.delete(version, kind, name, namespace)
    hurried: set[str] = set()

    def gone() -> bool:
        """Tell whether all of it is gone; Pods that somebody else deletes are given no half a minute either."""
        left = {uid: one for uid, one in _objects(stage).items() if uid not in before.objects}
        for uid, (kind, name, version, *_) in left.items():
            if kind == "Pod" and uid not in hurried:
                hurried.add(uid)
                cluster.delete(version, kind, name, namespace)
        return not left

    return bool(wait.until(gone, within=GONE_WITHIN))
