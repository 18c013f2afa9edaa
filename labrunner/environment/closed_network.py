"""A network from which nothing leads out: what is on it reaches the course's registry and nobody else."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from labrunner.environment.docker_cli import docker, labels
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox_journal import ROLE, Entry, journalled
from labrunner.world.endpoint import Endpoint


@contextmanager
def closed_network(endpoint: Endpoint, registry: Registry) -> Iterator[Registry]:
    """Make an internal network with a registry on it; gone when the block ends, and swept if we are killed.

    Args:
        endpoint: the daemon that both are on.
        registry: who is to be reached there.

    Yields:
        the same registry, as it is reached on that network.
    """
    name = f"labrunner-closed-{registry.install[:6]}-{secrets.token_hex(3)}"
    with journalled(endpoint, Entry(name, "", endpoint.url, registry.install)):
        docker(endpoint, "network", "create", "--internal", *labels(registry.install, ROLE), name)
        docker(endpoint, "network", "connect", "--alias", registry.name, name, registry.container_id)
        yield replace(registry, network=name)
