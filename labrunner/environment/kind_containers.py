"""The containers that are nodes of the course's cluster, told from those of the user's own kind clusters."""

import json
from typing import Any
from urllib.parse import quote

from labrunner.environment import cluster_record, network
from labrunner.environment.cluster_identity import KIND_LABEL
from labrunner.environment.docker_cli import inspect
from labrunner.environment.settings import LABEL
from labrunner.errors import NotOurs
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.docker_engine import name_of
from labrunner.world.endpoint import Endpoint


def of(endpoint: Endpoint, install: str) -> list[str]:
    """Return the IDs of our cluster's nodes, whatever there is of them.

    kind puts no label of ours on a node: ours is what it labelled with our cluster's name, and what besides is
    recorded, or is on our own network, which bears our label. A cluster of the user's with that name is neither.
    """
    return [str(raw["Id"]) for raw, is_ours in _told_apart(endpoint, install) if is_ours]


def refuse_taken(endpoint: Endpoint, install: str) -> None:
    """Raise NotOurs where a cluster of somebody else's bears the name of ours; nothing was touched."""
    for raw, is_ours in _told_apart(endpoint, install):
        if not is_ours:
            name = network.name_of(install)
            raise NotOurs(
                say(
                    en=f"a kind cluster of yours is called {name} (node {name_of(raw)}), as the course's would be",
                    zh=f"你已有一个名为 {name} 的 kind 集群（节点 {name_of(raw)}），而课程集群需要这个名字",
                ),
                hint=say(
                    en=f"look at it: kind get nodes --name {name}; a cluster cannot be renamed, only deleted",
                    zh=f"先看看它：kind get nodes --name {name}；集群不能改名，只能删除",
                ),
            )


def labelled(endpoint: Endpoint, install: str) -> list[dict[str, Any]]:
    """Return the containers that kind labelled with our cluster's name, as the daemon lists them; whosever they are."""
    chosen = quote(json.dumps({"label": [f"{KIND_LABEL}={network.name_of(install)}"]}))
    _, found = endpoints.look(endpoint.url, f"/containers/json?all=1&filters={chosen}")
    return list(found or [])


def _told_apart(endpoint: Endpoint, install: str) -> list[tuple[dict[str, Any], bool]]:
    """Return each of them, and whether it is ours; the record and our network are read once for all."""
    if not (found := labelled(endpoint, install)):
        return []
    known, own = cluster_record.load(), inspect(endpoint, "networks", network.name_of(install))
    recorded = set(known.nodes.values()) if known is not None and known.install == install else set[str]()
    joined = own if (own.get("Labels") or {}).get(LABEL) == install else {}
    return [(raw, raw["Id"] in recorded or _is_on(joined, raw)) for raw in found]


def _is_on(own: dict[str, Any], raw: dict[str, Any]) -> bool:
    if not own:
        return False
    attached = ((raw.get("NetworkSettings") or {}).get("Networks") or {}).get(own["Name"])
    # The identity is empty where a container was created and not started.
    return attached is not None and attached.get("NetworkID") in ("", own["Id"])
