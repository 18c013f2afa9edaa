"""What is ours on a daemon, and why; nothing else is ever removed."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from labrunner.world.docker_engine import DockerEngine, Inventory, name_of
from labrunner.world.reader import LABEL, PREDEFINED, ROLE, Scope

Reason = Literal["label", "name", "derived"]
Kind = Literal["containers", "networks", "volumes", "images"]


@dataclass(frozen=True, slots=True)
class Owned:
    """An object of ours.

    Attributes:
        kind: containers, networks, volumes or images.
        id: what it is removed by: a full ID, a volume's name, an image's reference.
        name: what a person calls it.
        reason: our label; a prescribed name that the baseline lacks; derived from those.
    """

    kind: Kind
    id: str
    name: str
    reason: Reason


ANONYMOUS = re.compile(r"[0-9a-f]{64}")
"""The name that Docker gives to a volume that was given none."""
LOOPBACK = re.compile(r"localhost:\d+/")
"""What the images of every installation's registry begin with."""


def owned(
    engine: DockerEngine, scope: Scope, names: tuple[str, ...], references: frozenset[str] = frozenset()
) -> list[Owned]:
    """Return what is ours, in the order in which it can be removed: containers, networks, volumes, images.

    Args:
        engine: the daemon.
        scope: what belongs to the lab, baseline included.
        names: the names that the lab prescribes.
        references: the images that it prescribes, as typed.
    """
    found: list[Owned] = []
    containers = engine.list("containers")
    if any((raw.get("Labels") or {}).get(LABEL, scope.install) != scope.install for raw in containers):
        scope = replace(scope, only=references.union(names))
    networks = [raw for raw in engine.list("networks") if raw["Name"] not in PREDEFINED]
    own_networks = [one for raw in networks if (one := _network(raw, scope, names)) is not None]
    attached = {one.name for one in own_networks}
    present = engine.inventory()
    course = {id_ for id_, refs in present.images.items() if any(map(scope.holds_reference, refs))}
    course -= scope.baseline.images.keys()
    mounted: dict[str, Reason] = {}
    for raw in containers:
        if (one := _container(raw, scope, names, attached, course)) is not None:
            found.append(one)
            for mount in raw.get("Mounts") or []:
                if mount.get("Type") == "volume" and mount.get("Name") and mounted.get(mount["Name"]) != "name":
                    mounted[mount["Name"]] = "derived" if one.reason == "derived" else "name"
    found += own_networks
    for raw in engine.list("volumes"):
        if (one := _volume(raw, scope, names, mounted)) is not None:
            found.append(one)
    found += _images(present, scope, references)
    found += _untagged(present, scope)
    return found


def _container(
    raw: dict[str, Any], scope: Scope, names: tuple[str, ...], attached: set[str], course: set[str]
) -> Owned | None:
    name = name_of(raw)
    labels = raw.get("Labels") or {}
    if labels.get(LABEL) == scope.install:
        probe_or_lab = labels.get(ROLE, "probe") in ("probe", "helper")
        return Owned("containers", raw["Id"], name, "label") if probe_or_lab else None
    if LABEL in labels or raw["Id"] in scope.baseline.containers or _of_another(str(raw.get("Image", "")), scope):
        return None
    if name in names:
        return Owned("containers", raw["Id"], name, "name")
    networks = set((raw.get("NetworkSettings") or {}).get("Networks") or {})
    of_course = scope.holds_reference(str(raw.get("Image", ""))) or raw.get("ImageID") in course
    if scope.is_named(name) or of_course or networks & attached:
        return Owned("containers", raw["Id"], name, "derived")
    return None


def _of_another(image: str, scope: Scope) -> bool:
    """Tell whether an image is from another installation's registry, where there is another one on the daemon."""
    return scope.only is not None and bool(LOOPBACK.match(image)) and not image.startswith(scope.prefix)


def _network(raw: dict[str, Any], scope: Scope, names: tuple[str, ...]) -> Owned | None:
    if LABEL in (raw.get("Labels") or {}) or raw["Id"] in scope.baseline.networks:
        return None
    if raw["Name"] in names:
        return Owned("networks", raw["Id"], raw["Name"], "name")
    return Owned("networks", raw["Id"], raw["Name"], "derived") if scope.is_named(raw["Name"]) else None


def _volume(raw: dict[str, Any], scope: Scope, names: tuple[str, ...], mounted: dict[str, Reason]) -> Owned | None:
    name = raw["Name"]
    known = scope.baseline.volumes.get(name)
    same = known is not None and known == (raw.get("CreatedAt") or "")
    if LABEL in (raw.get("Labels") or {}) or same:
        return None
    if name in names or (mounted.get(name) == "name" and ANONYMOUS.fullmatch(name)):
        return Owned("volumes", name, name, "name")
    return Owned("volumes", name, name, "derived") if scope.is_named(name) or name in mounted else None


def _images(present: Inventory, scope: Scope, references: frozenset[str]) -> list[Owned]:
    """References that the baseline does not have, of the course's or the lab's names; then IDs left without any."""
    before = {ref for refs in scope.baseline.images.values() for ref in refs}
    found: list[Owned] = []
    for id_, refs in present.images.items():
        ours = [ref for ref in refs if ref not in before and scope.holds_reference(ref) and "@" not in ref]
        found += [Owned("images", ref, ref, "name" if ref in references else "derived") for ref in ours]
        digests = [ref for ref in refs if ref not in before and scope.holds_reference(ref) and "@" in ref]
        if digests and not ours and id_ not in scope.baseline.images:
            found += [Owned("images", ref, ref, "derived") for ref in digests]
    return found


def _untagged(present: Inventory, scope: Scope) -> list[Owned]:
    """Images without a name that bore one of the lab's since `start`: what building one tag twice leaves."""
    nameless = [id_ for id_, refs in present.images.items() if not refs and id_ in scope.recorded]
    ours = [id_ for id_ in nameless if id_ not in scope.baseline.images]
    return [Owned("images", id_, id_.removeprefix("sha256:")[:12], "derived") for id_ in ours]
