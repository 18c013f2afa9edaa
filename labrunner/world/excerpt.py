"""What a snapshot holds of one object, cut down to what helps somebody who helps: no environment, no data, no paths."""

from collections.abc import Mapping
from typing import Any

from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]
NOISE = frozenset({
    "managedFields", "uid", "resourceVersion", "selfLink", "annotations", "generateName", "hostIP", "hostIPs",
    "containerID", "terminationMessagePath", "terminationMessagePolicy", "tolerations", "dnsPolicy", "schedulerName",
    "enableServiceLinks", "preemptionPolicy", "priority", "preferUnscheduledExecution", "lastProbeTime", "imageID",
    "observedGeneration", "qosClass", "securityContext", "lastUpdateTime", "kubernetes.io/metadata.name",
})  # fmt: skip
"""Fields of a cluster's object that nobody asks for, or that are not for others."""
DATA = frozenset({"data", "stringData", "binaryData"})
TOKEN = "kube-api-access-"  # noqa: S105 - the name of a volume
GONE = "•••"
NEVER = "0001-01-01"
"""How the daemon writes a time that never was."""


def of(snapshot: Snapshot, subject: str) -> dict[str, Any]:
    """Return what is known of an object, trimmed; empty where the snapshot has none of this name.

    Args:
        snapshot: what was read.
        subject: "container/lr-web", "Deployment/web".
    """
    kind, _, name = subject.partition("/")
    if kind in ("container", "image", "network", "volume"):
        raw = _of_docker((snapshot.docker or {}).get(f"{kind}s", {}), kind, name)
        trims = {"container": _container, "image": _image, "network": _network, "volume": _volume}
        return _told(trims[kind](_texts(raw), snapshot)) if raw else {}
    cluster = snapshot.cluster or {}
    found = [*cluster.get("objects", []), *(cluster.get("around") or [])]
    raw = next((one for one in found if one["kind"] == kind and one["metadata"]["name"] == name), None)
    return _told(_cleaned(_texts(raw))) if raw else {}


def _of_docker(objects: Mapping[str, Raw], kind: str, name: str) -> Raw | None:
    for id_, raw in objects.items():
        called = [str(raw.get("Name", "")).lstrip("/"), *(raw.get("RepoTags") or [] if kind == "image" else [])]
        if name in (id_, *called):
            return raw
    return None


def _container(raw: Raw, _snapshot: Snapshot) -> dict[str, Any]:
    config, host, net = raw.get("Config") or {}, raw.get("HostConfig") or {}, raw.get("NetworkSettings") or {}
    state = {
        name: value for name, value in (raw.get("State") or {}).items() if name not in ("Pid", "Health", "Running")
    }
    state = {name: value for name, value in state.items() if value is not False and not str(value).startswith(NEVER)}
    return {
        "Name": raw.get("Name"),
        "Image": config.get("Image"),
        "State": state,
        "Health": ((raw.get("State") or {}).get("Health") or {}).get("Status"),
        "RestartCount": raw.get("RestartCount"),
        "Entrypoint": config.get("Entrypoint"),
        "Cmd": config.get("Cmd"),
        "Env": [f"{str(one).partition('=')[0]}={GONE}" for one in config.get("Env") or []],
        "User": config.get("User"),
        "PortBindings": host.get("PortBindings"),
        "RestartPolicy": (host.get("RestartPolicy") or {}).get("Name"),
        "Memory": host.get("Memory"),
        "Mounts": [f"{one.get('Type')} → {one.get('Destination')}" for one in raw.get("Mounts") or []],
        "Networks": {name: (one or {}).get("IPAddress") for name, one in (net.get("Networks") or {}).items()},
    }


def _image(raw: Raw, _snapshot: Snapshot) -> dict[str, Any]:
    config = raw.get("Config") or {}
    tags = [tag for tag in raw.get("RepoTags") or [] if tag.startswith(("lr-", "localhost:"))]
    shown = {name: config.get(name) for name in ("Entrypoint", "Cmd", "ExposedPorts", "User")}
    return {"RepoTags": tags, "Created": raw.get("Created"), "Architecture": raw.get("Architecture"), **shown}


def _network(raw: Raw, snapshot: Snapshot) -> dict[str, Any]:
    own = (snapshot.docker or {}).get("containers", {})
    attached = {id_: one for id_, one in (raw.get("Containers") or {}).items() if id_ in own}
    return {
        **{name: raw.get(name) for name in ("Name", "Driver", "Internal")},
        "Subnets": [one.get("Subnet") for one in (raw.get("IPAM") or {}).get("Config") or []],
        "Containers": {one.get("Name"): one.get("IPv4Address") for one in attached.values()},
    }


def _volume(raw: Raw, _snapshot: Snapshot) -> dict[str, Any]:
    return {name: raw.get(name) for name in ("Name", "Driver", "CreatedAt")}


def _texts(value: Any) -> Any:
    """Return JSON in which what was withheld is a text like any other, as it is to be printed."""
    if isinstance(value, Mapping):
        return {str(name): _texts(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _cleaned(value: Any, name: str = "") -> Any:
    """Return a manifest without noise, values of data and of environment variables."""
    if isinstance(value, Mapping):
        if name in DATA:
            return dict.fromkeys(value, GONE)
        kept = {key: item for key, item in value.items() if key not in NOISE}
        if name == "env" and "value" in kept:
            kept["value"] = GONE
        return {key: _cleaned(item, key) for key, item in kept.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item, name) for item in value if not _is_token(item)]
    return value


def _is_token(item: Any) -> bool:
    return isinstance(item, Mapping) and str(item.get("name", "")).startswith(TOKEN)


def _told(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an excerpt without what is empty: it says nothing and takes a line."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {key: told(item) for key, item in value.items()}
            return {key: item for key, item in inner.items() if item not in (None, "", [], {})}
        return [told(item) for item in value] if isinstance(value, list) else value

    return dict(told(raw))
