"""The one network of ours: the registry, the sandboxes, the cluster's nodes and clients outside it are on it."""

import json
from urllib.parse import quote

from labrunner.environment.docker_cli import docker, inspect, labelled, labels
from labrunner.environment.settings import LABEL
from labrunner.errors import NotOurs
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint


def name_of(install: str) -> str:
    """Return what the network of an installation is called."""
    return f"labrunner-{install[:6]}"


def up(endpoint: Endpoint, install: str) -> str:
    """Make sure that our network is there, and return its name.

    Raises:
        NotOurs: a network of this name is somebody else's.
    """
    name = name_of(install)
    found = inspect(endpoint, "networks", name)
    if not found:
        done = docker(endpoint, "network", "create", *labels(install, "network"), name, may_fail=True)
        found = inspect(endpoint, "networks", name)  # two of us at once: the other one's is as good
        if not found:
            docker(endpoint, "network", "create", *labels(install, "network"), name)
        elif done.ok:
            return name
    if (found.get("Labels") or {}).get(LABEL) != install:
        raise NotOurs(
            say(en=f"the network {name} is not labrunner's", zh=f"网络 {name} 不属于 labrunner"),
            hint=f"docker network inspect {name}",
        )
    return name


def down(endpoint: Endpoint, install: str) -> None:
    """Remove our network where no container is on it, a stopped one (a sleeping node) included."""
    for found in labelled(endpoint, "networks", install, "network"):
        chosen = quote(json.dumps({"network": [found["Id"]]}))
        _, on_it = endpoints.look(endpoint.url, f"/containers/json?all=1&filters={chosen}")
        if not on_it:
            docker(endpoint, "network", "rm", found["Id"], may_fail=True)  # somebody may have come meanwhile
