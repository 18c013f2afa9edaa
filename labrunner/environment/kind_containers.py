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
    return [str(raw["Id"]) for raw in labelled(endpoint, install) if _is_ours(endpoint, install, raw)]


def refuse_taken(endpoint: Endpoint, install: str) -> None:
    """Raise NotOurs where a cluster of somebody else's bears the name of ours; nothing was touched."""
    for raw in labelled(endpoint, install):
        if not _is_ours(endpoint, install, raw):
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


def _is_ours(endpoint: Endpoint, install: str, raw: dict[str, Any]) -> bool:
    known, name = cluster_record.load(), network.name_of(install)
    if known is not None and known.install == install and raw["Id"] in known.nodes.values():
        return True
    own = inspect(endpoint, "networks", name)
    attached = ((raw.get("NetworkSettings") or {}).get("Networks") or {}).get(name)
    if attached is None or (own.get("Labels") or {}).get(LABEL) != install:
        return False
    return attached.get("NetworkID") in ("", own["Id"])  # empty where the container was created and not started
