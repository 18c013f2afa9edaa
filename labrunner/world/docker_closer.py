"""A closer look at containers of which something is wrong: their last lines, and where they listen."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from labrunner.errors import EnvironmentNotReady
from labrunner.lab import Probe
from labrunner.operation import filled
from labrunner.world import listening
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.mentioned import Mention, mentioned

Raw = Mapping[str, Any]
LIMIT = 2.0
"""Seconds that a container may take to tell where it listens; a tenth is usual, a busy machine needs more."""
WORKERS = 6


def last_words(engine: DockerEngine, containers: Iterable[Raw]) -> dict[str, str]:
    """Return the last lines of those containers that ended badly, are restarted, or are unhealthy, by ID.

    Raises:
        DockerDown: no daemon answers.
    """
    wanted = [str(raw["Id"]) for raw in containers if _is_bad(raw)]
    if not wanted:
        return {}
    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip(wanted, pool.map(engine.logs, wanted), strict=True))


def ears(engine: DockerEngine, containers: Iterable[Raw]) -> dict[str, dict[str, list[int]]]:
    """Return {"listening": {id: ports}, "loopback": {id: ports}} of running containers.

    What cannot be asked (no `sh`, no `cat`, no answer in time) is left out: it is not known. So is a container that
    shares the host's network: what listens there is the whole host.
    """
    wanted = [raw for raw in containers if raw["State"]["Status"] == "running" and not _shares_host(raw)]
    found: dict[str, dict[str, list[int]]] = {"listening": {}, "loopback": {}}
    if not wanted:
        return found
    with ThreadPoolExecutor(WORKERS) as pool:
        heard = pool.map(lambda raw: _heard(engine, str(raw["Id"])), wanted)
        for raw, ports in zip(wanted, heard, strict=True):
            if ports is not None:
                found["listening"][str(raw["Id"])], found["loopback"][str(raw["Id"])] = ports
    return found


def closer(
    engine: DockerEngine,
    docker: Mapping[str, Mapping[str, Raw]],
    probes: Iterable[Probe] = (),
    replies: Mapping[str, Raw] | None = None,
    values: Mapping[str, str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return what a snapshot's docker is to hold beside its objects: "logs", and where a probe failed, "listening".

    Args:
        engine: the daemon.
        docker: what was read of the scope.
        probes: what was asked.
        replies: what each heard, by its name.
        values: what stands for the names in their commands.

    Returns:
        {"logs": …} and, of containers that a failed probe means, {"listening": …, "loopback": …}; nothing empty.

    Raises:
        DockerDown: no daemon answers.
    """
    containers = list(docker["containers"].values())
    meant: dict[str, Raw] = {}
    for probe in probes:
        reply = (replies or {}).get(probe.name) or {}
        if probe.at not in ("inside", "network", "host") or "exit_code" not in reply or reply["exit_code"] == 0:
            continue
        target = filled(probe.target, values or {})
        for one in mentioned(filled(probe.command, values or {})):
            meant |= {str(raw["Id"]): raw for raw in containers if _is_meant(raw, one, probe.at, target)}
    found: dict[str, dict[str, Any]] = {"logs": dict(last_words(engine, containers))}
    found |= ears(engine, meant.values())
    return {what: kept for what, kept in found.items() if kept}


def _heard(engine: DockerEngine, container: str) -> tuple[list[int], list[int]] | None:
    try:
        answer = engine.ask_inside(container, listening.ASK, limit=LIMIT)
    except EnvironmentNotReady:
        return None
    return listening.ports(str(answer["stdout"]))


def _is_bad(raw: Raw) -> bool:
    state = raw["State"]
    if state["Status"] in ("exited", "dead"):
        return bool(state["ExitCode"]) or bool(state.get("OOMKilled"))
    if state["Status"] == "restarting" or (state["Status"] == "running" and raw.get("RestartCount")):
        return True
    return (state.get("Health") or {}).get("Status") == "unhealthy"


def _shares_host(raw: Raw) -> bool:
    return (raw.get("HostConfig") or {}).get("NetworkMode") == "host"


def _is_meant(raw: Raw, mention: Mention, at: str, target: str) -> bool:
    """Tell whether a failed question was put to this container."""
    name = str(raw["Name"]).lstrip("/")
    if mention.is_here:
        if at == "inside":
            return name == target
        hosts = ((raw.get("NetworkSettings") or {}).get("Ports") or {}).values()
        return at == "host" and any(one.get("HostPort") == str(mention.port) for some in hosts for one in some or [])
    networks = ((raw.get("NetworkSettings") or {}).get("Networks") or {}).values()
    called = {name, *(alias for one in networks for alias in one.get("Aliases") or [])}
    return mention.host in called or any(one.get("IPAddress") == mention.host for one in networks)
