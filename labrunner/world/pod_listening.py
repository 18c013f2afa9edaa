"""Who listens in the Pods of a kind cluster, read in the containers that are its nodes: nothing is asked of a Pod.

A Pod's processes are found by its UID, which is in the name of their control group; its sockets are then in /proc.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from labrunner.errors import EnvironmentNotReady
from labrunner.world import listening
from labrunner.world.docker_engine import DockerEngine

Raw = Mapping[str, Any]
LIMIT = 3.0
"""Seconds for one node."""
MOST = 100
"""Pods of one node that are looked at."""
KIND_LABEL = "io.x-k8s.kind.cluster"
MARK = "pod"
LOOK = """own=$(readlink /proc/1/ns/net)
grep -HoE 'pod({uids})' /proc/[0-9]*/cgroup 2>/dev/null | sort -u -t: -k2,2 | while IFS=: read -r file uid; do
at=${{file%/cgroup}}
[ "$(readlink "$at/ns/net")" = "$own" ] && continue
echo "$uid"
grep -hE 'local_address|:[0-9A-F]{{4}} 0A ' "$at/net/tcp" "$at/net/tcp6" 2>/dev/null
done"""
"""Prints the name of each Pod's control group, and its sockets that listen; one process of a Pod speaks for all."""


def ports(
    engine: DockerEngine, pods: Iterable[Raw], nodes: Iterable[Raw]
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return, by Pod, the TCP ports that answer others, and those that answer only the Pod itself.

    A Pod is in neither where that is not known: its node is no container of this daemon's, it shares the node's
    network, or it does not run.

    Args:
        engine: the daemon that the nodes may be containers of.
        pods: raw.
        nodes: raw.
    """
    by_node: dict[str, list[Raw]] = defaultdict(list)
    for pod in pods:
        spec = pod.get("spec") or {}
        if (pod.get("status") or {}).get("phase") == "Running" and not spec.get("hostNetwork"):
            by_node[str(spec.get("nodeName", ""))].append(pod)
    known = [(node, by_node[node["metadata"]["name"]]) for node in nodes if node["metadata"]["name"] in by_node]
    others: dict[str, list[int]] = {}
    alone: dict[str, list[int]] = {}
    with ThreadPoolExecutor(max_workers=4) as pool:
        for heard in pool.map(lambda one: _on(engine, *one), known):
            for name, (answered, inside) in heard.items():
                others[name] = answered
                if inside:
                    alone[name] = inside
    return others, alone


def _on(engine: DockerEngine, node: Raw, pods: list[Raw]) -> dict[str, tuple[list[int], list[int]]]:
    names = {str(pod["metadata"]["uid"]).replace("-", "_"): str(pod["metadata"]["name"]) for pod in pods[:MOST]}
    with contextlib.suppress(EnvironmentNotReady):  # then it is not known, which is no fault of the Pod's
        container = engine.inspect("containers", node["metadata"]["name"])
        if container is None or not _is(container, node):
            return {}
        look = LOOK.format(uids="|".join(uid.replace("_", "[-_]") for uid in names))
        said = engine.ask_inside(container["Id"], look, limit=LIMIT)
        return _heard(str(said.get("stdout", "")), names) if said.get("exit_code") == 0 else {}
    return {}


def _is(container: Raw, node: Raw) -> bool:
    """Tell whether a container is this very node, and not only called so: it has the node's address."""
    if KIND_LABEL not in (container["Config"].get("Labels") or {}):
        return False
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    own = {one.get("IPAddress") for one in networks.values()}
    told = (node.get("status") or {}).get("addresses") or []
    return any(one["type"] == "InternalIP" and one["address"] in own for one in told)


def _heard(text: str, names: Mapping[str, str]) -> dict[str, tuple[list[int], list[int]]]:
    tables: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        uid = line.removeprefix(MARK).replace("-", "_")
        if line.startswith(MARK) and uid in names:
            lines = tables.setdefault(names[uid], [])
        else:
            lines.append(line)
    heard = {name: listening.ports("\n".join(table)) for name, table in tables.items()}
    return {name: found for name, found in heard.items() if found is not None}
