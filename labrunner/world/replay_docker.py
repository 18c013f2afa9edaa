"""What each recorded event of the daemon makes of its objects: the way from one moment to the next."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Raw = Mapping[str, Any]
Objects = dict[str, dict[str, Any]]
"""{"containers": {id: raw}, "networks": {id: raw}, "volumes": {name: raw}}; never changed, always made anew."""
REVIVING = ("always", "unless-stopped", "on-failure")
"""Restart policies by which a container that died by itself comes again."""


def empty() -> Objects:
    """Return the lab's scope as it was before `start` made anything."""
    return {"containers": {}, "networks": {}, "volumes": {}}


def after(objects: Objects, record: Raw) -> Objects:
    """Return the objects as they are after an event; the same ones where it changes nothing that is kept."""
    kind, action = str(record.get("type", "")), str(record.get("action", ""))
    if kind == "container":
        return _container(objects, record, action)
    if kind == "network":
        return _network(objects, record, action)
    if kind == "volume":
        return _made_or_gone(objects, "volumes", record, {"Name": record["id"]})
    return objects


def _container(objects: Objects, record: Raw, action: str) -> Objects:
    id_ = str(record["id"])
    if action == "destroy":
        return _without(objects, "containers", id_)
    known = objects["containers"].get(id_)
    raw = {**(known or _unseen(record)), **(record.get("inspect") or {})}
    raw["Name"] = f"/{str(record.get('name') or raw.get('Name', '')).lstrip('/')}"
    state = dict((known or raw).get("State") or {})
    if (change := _change(action, record, known or raw)) is not None:
        raw["State"] = {**state, **(record.get("inspect") or {}).get("State", {}), **change}
    elif known is not None and action not in ("rename", "update"):
        return objects
    if known is not None and not _networks(raw):  # it had died again before it was looked at
        raw["NetworkSettings"] = known.get("NetworkSettings") or {}
    return {**objects, "containers": {**objects["containers"], id_: raw}}


def _networks(raw: Raw) -> Any:
    return (raw.get("NetworkSettings") or {}).get("Networks")


def _change(action: str, record: Raw, known: Raw) -> dict[str, Any] | None:
    """Return what an event changes of a container's state; None where it changes nothing of it."""
    at = datetime.fromtimestamp(int(record.get("nano", 0)) / 1e9, UTC).isoformat()
    state = known.get("State") or {}
    changes: dict[str, dict[str, Any]] = {
        "create": {"Status": "created", "Running": False, "ExitCode": 0},
        "start": {**_alive("running"), "StartedAt": at, "ExitCode": 0, "OOMKilled": False},
        "pause": _alive("paused"),
        "unpause": _alive("running"),
        "oom": {"OOMKilled": True},
    }
    if action == "die":
        return _dead(known, int((record.get("attributes") or {}).get("exitCode", 0)), at)
    if action == "stop" and state.get("Status") == "restarting":
        return {"Status": "exited", "Restarting": False}
    if action.startswith("health_status"):
        return {"Health": {**(state.get("Health") or {}), "Status": action.partition(":")[2].strip()}}
    return changes.get(action)


def _dead(known: Raw, code: int, at: str) -> dict[str, Any]:
    status = "restarting" if _comes_again(known, code) else "exited"
    dead = {"Status": status, "Running": False, "Paused": False, "Restarting": status == "restarting", "Pid": 0}
    return {**dead, "ExitCode": code, "FinishedAt": at}


def _alive(status: str) -> dict[str, Any]:
    return {"Status": status, "Running": True, "Paused": status == "paused", "Restarting": False}


def _comes_again(known: Raw, code: int) -> bool:
    policy = ((known.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name", "")
    return policy in REVIVING and (policy != "on-failure" or code != 0)


def _unseen(record: Raw) -> dict[str, Any]:
    """Return what an event alone tells of a container that was gone before it was inspected."""
    told = record.get("attributes") or {}
    image = str(told.get("image", ""))
    return {
        "Id": record["id"],
        "Config": {"Image": image, "Env": [], "Cmd": None, "Entrypoint": None, "Labels": {}},
        "HostConfig": {"RestartPolicy": {"Name": ""}},
        "NetworkSettings": {"Networks": {}, "Ports": {}},
        "Mounts": [],
    }


def _network(objects: Objects, record: Raw, action: str) -> Objects:
    if action not in ("connect", "disconnect"):
        name = str(record.get("name", ""))
        bare = {"Id": record["id"], "Name": name, "Driver": (record.get("attributes") or {}).get("type", "")}
        return _made_or_gone(objects, "networks", record, {**bare, "Scope": "local", "Internal": False})
    network, container = str(record["id"]), str((record.get("attributes") or {}).get("container", ""))
    found = dict(objects)
    known = objects["containers"].get(container)
    if (raw := objects["networks"].get(network)) is not None:
        on = {id_: one for id_, one in (raw.get("Containers") or {}).items() if id_ != container}
        if action == "connect":
            on[container] = {"Name": str((known or {}).get("Name", container)).lstrip("/")}
        found["networks"] = {**objects["networks"], network: {**raw, "Containers": on}}
    if known is not None and (inspect := record.get("inspect")) is not None:
        moved = {**known, "NetworkSettings": inspect.get("NetworkSettings") or {}}
        found["containers"] = {**objects["containers"], container: moved}
    return found


def _made_or_gone(objects: Objects, kind: str, record: Raw, bare: dict[str, Any]) -> Objects:
    id_, action = str(record["id"]), str(record.get("action", ""))
    if action in ("destroy", "remove"):
        return _without(objects, kind, id_)
    if action != "create":
        return objects
    made = {**bare, "Containers": {}, **(record.get("inspect") or {})}
    return {**objects, kind: {**objects[kind], id_: made}}


def _without(objects: Objects, kind: str, id_: str) -> Objects:
    if id_ not in objects[kind]:
        return objects
    return {**objects, kind: {one: raw for one, raw in objects[kind].items() if one != id_}}
