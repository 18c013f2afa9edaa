"""What an event of the daemon leaves behind: the object as it is then, without what no claim reads."""

from typing import Any

from labrunner.world.docker_engine import DockerEngine
from labrunner.world.redact import redacted_object
from labrunner.world.secret_words import Keeps

Raw = dict[str, Any]
KEPT = ("Id", "Name", "Created", "Image", "RestartCount", "Mounts")
MACHINERY = ("MaskedPaths", "ReadonlyPaths", "ConsoleSize", "LogConfig")
"""Settings of the host's side that are the same for all containers."""


class Aftermath:
    """Looks at objects as their events come.

    Args:
        engine: the daemon.
        keeps: tells whether a text is the lab's own, and so no secret of its learner's.
    """

    def __init__(self, engine: DockerEngine, keeps: Keeps) -> None:
        self._engine, self._keeps = engine, keeps
        self._inspected: set[str] = set()

    def of(self, record: Raw) -> Raw | None:
        """Return what is to be recorded with an event, without the learner's secrets; None where it says all itself.

        Raises:
            EngineRefused, DockerDown: the daemon does not tell.
        """
        found = self._found(record)
        return None if found is None else redacted_object(found, self._keeps)

    def _found(self, record: Raw) -> Raw | None:
        kind, action, id_ = record["type"], record["action"], record["id"]
        if kind == "container":
            return self._container(action, id_)
        if kind == "network" and action in ("connect", "disconnect"):
            member = str(record["attributes"].get("container", ""))
            raw = self._engine.inspect("containers", member)
            if raw is None or not raw["State"].get("Running"):
                return None  # it comes or goes as a whole, and its own events tell of that
            return {"NetworkSettings": _settings(raw)}
        if kind == "image":
            raw = self._engine.inspect("images", id_)
            return None if raw is None else {"Id": raw["Id"], "RepoTags": raw.get("RepoTags") or []}
        return self._engine.inspect(f"{kind}s", id_) if action == "create" else None

    def _container(self, action: str, id_: str) -> Raw | None:
        if action not in ("create", "start", "update") or (raw := self._engine.inspect("containers", id_)) is None:
            return None
        if action == "start" and id_ in self._inspected:  # the rest was recorded when it was created
            return {"State": _state(raw), "RestartCount": raw.get("RestartCount", 0), "NetworkSettings": _settings(raw)}
        self._inspected.add(id_)
        return _kept(raw)


def _kept(raw: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a container's inspect: what a claim may read of it."""
    host = {key: value for key, value in (raw.get("HostConfig") or {}).items() if value and key not in MACHINERY}
    host.setdefault("RestartPolicy", {"Name": ""})
    kept: dict[str, Any] = {
        key: raw[key] for key in ("Id", "Name", "Created", "Image", "RestartCount", "Mounts") if key in raw
    }
    config = {key: value for key, value in (raw.get("Config") or {}).items() if key != "Healthcheck"}
    return {**kept, "Config": config, "HostConfig": host, "State": _state(raw), "NetworkSettings": _settings(raw)}


def _state(raw: dict[str, Any]) -> dict[str, Any]:
    state = dict(raw.get("State") or {})
    if health := state.get("Health"):
        state["Health"] = {key: value for key, value in health.items() if key != "Log"}
    return state


def _settings(raw: dict[str, Any]) -> dict[str, Any]:
    settings = raw.get("NetworkSettings") or {}
    return {"Networks": settings.get("Networks") or {}, "Ports": settings.get("Ports") or {}}
