"""A read-only look at one object of Docker's and at what surrounds it: what `why KIND/NAME` walks over."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from labrunner.errors import EnvironmentNotReady
from labrunner.world import docker_closer, registry_tags
from labrunner.world.docker_engine import DockerEngine, name_of
from labrunner.world.moments import NANO, nano_of
from labrunner.world.reference import tagged
from labrunner.world.snapshot import Snapshot

Raw = dict[str, Any]
KINDS = ("containers", "networks", "volumes", "images")
NEIGHBOURS = 30
"""Other containers that are inspected; the names of the rest are known all the same."""
WORKERS = 6
RECENT = ("create", "start", "kill", "oom", "die", "stop", "rename", "destroy")
"""Events that tell how a container ended."""


def survey(engine: DockerEngine, kind: str, name: str) -> Snapshot:
    """Read one object and what its state may depend on.

    Args:
        engine: the daemon.
        kind: "container", "image", "network" or "volume".
        name: the object's; of an image, its reference.

    Returns:
        a snapshot whose docker also holds "names" (of every object, by kind), "holders" (who publishes a port of the
        host, by port) and, of an image that is not here, "registry" (what a registry on loopback has of it); whose log
        is what the daemon still knows of the container, complete where that reaches back to its last start.

    Raises:
        DockerDown: no daemon answers.
    """
    found: dict[str, Any] = {what: {} for what in KINDS}
    with ThreadPoolExecutor(WORKERS) as pool:
        listed = dict(zip(KINDS, pool.map(engine.list, KINDS), strict=True))
        target = _target(listed["containers"], name) if kind == "container" else None
        jobs = [("containers", str(one["Id"])) for one in _neighbours(listed, kind, name, target)]
        jobs += [("networks", str(one["Id"])) for one in listed["networks"]]
        jobs += [("images", name)] if kind == "image" else []
        jobs += [("images", str(target["ImageID"]))] if target and target.get("ImageID") else []
        for (what, _), raw in zip(jobs, pool.map(lambda job: engine.inspect(*job), jobs), strict=True):
            if raw is not None:
                found[what][raw["Id"]] = raw
    found["volumes"] = {one["Name"]: one for one in listed["volumes"] if kind == "volume" and one["Name"] == name}
    found["names"], found["holders"] = _names(listed), _holders(listed["containers"])
    if kind == "image" and not found["images"]:
        repository, _, digest = name.partition("@")
        repository = repository if digest else tagged(name).rpartition(":")[0]
        if (asked := registry_tags.ask(repository)) is not None:
            found["registry"] = {repository: asked}
    log: tuple[Raw, ...] = ()
    if kind == "container":
        log = _recent(engine, name)
        if target is None and log:  # its last events may bear another name
            log = _recent(engine, log[-1]["id"])
        own = [found["containers"][target["Id"]]] if target and target["Id"] in found["containers"] else []
        found["logs"] = docker_closer.last_words(engine, own)
        found |= docker_closer.ears(engine, own)
    begun = any(event["action"] == "start" for event in log)
    return Snapshot(docker=found, log=log, complete=begun, taken=datetime.now(UTC).isoformat(timespec="seconds"))


def _target(listed: list[Raw], name: str) -> Raw | None:
    """Return the container of a name or an ID."""
    named = next((one for one in listed if name_of(one) == name), None)
    by_id = (one for one in listed if len(name) >= 12 and str(one["Id"]).startswith(name))  # noqa: PLR2004 - a short ID
    return named or next(by_id, None)


def _neighbours(listed: dict[str, list[Raw]], kind: str, name: str, target: Raw | None) -> list[Raw]:
    """Return the containers to be inspected: the one asked about first, then those beside it on its networks."""
    every = listed["containers"]
    own = [target] if target else []
    networks = set(_networks(target)) if target else {name} if kind == "network" else set()
    beside = [one for one in every if one is not target and networks & set(_networks(one))]
    if kind == "volume":
        beside = [one for one in every if any(mount.get("Name") == name for mount in one.get("Mounts") or [])]
    return [*own, *beside[:NEIGHBOURS]]


def _networks(raw: Raw) -> list[str]:
    return list((raw.get("NetworkSettings") or {}).get("Networks") or {})


def _names(listed: dict[str, list[Raw]]) -> dict[str, list[str]]:
    """Return the names of all that is there, by kind: near ones are told from them."""
    tags = [tag for one in listed["images"] for tag in one.get("RepoTags") or [] if not tag.startswith("<none>")]
    return {
        "containers": [name_of(one) for one in listed["containers"]],
        "networks": [str(one["Name"]) for one in listed["networks"]],
        "volumes": [str(one["Name"]) for one in listed["volumes"]],
        "images": tags,
    }


def _holders(listed: list[Raw]) -> dict[str, str]:
    """Return which container publishes each port of the host."""
    return {
        str(port["PublicPort"]): name_of(one)
        for one in listed
        for port in one.get("Ports") or []
        if port.get("PublicPort") and port.get("Type", "tcp") == "tcp"
    }


def _recent(engine: DockerEngine, name: str) -> tuple[Raw, ...]:
    """Return what the daemon still knows of a container's life, as the recorder would have kept it.

    It keeps 256 events of everything; a daemon that tells none of them is no fault of the learner's.
    """
    found: list[Raw] = []
    with contextlib.suppress(EnvironmentNotReady):
        now = nano_of(str(engine.info().get("SystemTime", "")))  # its own clock may be another than ours
        until = f"{now // NANO}.{now % NANO:09d}"
        filters = {"type": ["container"], "container": [name], "event": list(RECENT)}
        for event in engine.events("1", until=until, filters=filters):
            actor = event.get("Actor") or {}
            attributes = dict(actor.get("Attributes") or {})
            kept = {"type": "container", "action": str(event.get("Action", "")), "id": str(actor.get("ID", ""))}
            found.append({**kept, "name": str(attributes.get("name", "")), "attributes": attributes,
                          "nano": int(event.get("timeNano") or 0)})  # fmt: skip
    return tuple(found)
