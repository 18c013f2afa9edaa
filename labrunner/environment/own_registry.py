"""A registry of a staged world's own, for labs that push: what is pushed there is nobody else's."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from labrunner import places, wait
from labrunner.environment import images, ports, registry_data
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import PATIENCE, Registry, answers, create
from labrunner.environment.sandbox_journal import ROLE, Entry, journalled
from labrunner.errors import EnvironmentNotReady
from labrunner.narrate import Narrator
from labrunner.words import say
from labrunner.world.endpoint import Endpoint


@contextmanager
def own_registry(endpoint: Endpoint, course: Registry, narrator: Narrator) -> Iterator[tuple[Registry, Path]]:
    """Run a second registry that serves what the course's does; gone when the block ends, and swept if we are killed.

    Args:
        endpoint: the daemon that both run on.
        course: the course's registry.
        narrator: shows what is built or loaded.

    Yields:
        the registry, at a free port of loopback, and the folder that it serves.

    Raises:
        EnvironmentNotReady: it did not answer.
    """
    name = f"{course.name}-{secrets.token_hex(3)}"
    data = places.state_dir() / "registry" / course.install[:6] / "stages" / name
    image = images.environment_image("registry", narrator, endpoint.environ())
    with journalled(endpoint, Entry(name, str(data), endpoint.url, course.install)):
        registry_data.copy(course.install, data)
        wanted = replace(course, name=name, port=ports.any_free(), container_id="")
        found = replace(wanted, container_id=create(endpoint, wanted, image, data, ROLE))
        docker(endpoint, "start", found.container_id)
        if not wait.until(lambda: answers(found.port), within=PATIENCE, every=0.05):
            raise EnvironmentNotReady(
                say(en=f"the registry {name} does not answer", zh=f"镜像仓库 {name} 没有回应"),
                hint=f"docker logs {name}",
            )
        yield found, data
