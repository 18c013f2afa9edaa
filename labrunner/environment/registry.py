"""The course's own registry: a real registry container on loopback, so that every pull in a lab is a real pull."""

import http.client
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner import places, wait
from labrunner.environment import container_bounds, network, ports, registry_data
from labrunner.environment.docker_cli import docker, inspect, labelled, labels, remove
from labrunner.environment.settings import LABEL
from labrunner.errors import EnvironmentNotReady, NotOurs, PortTaken
from labrunner.narrate import Narrator, stage
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

INSIDE = 5000
"""The port that the registry listens on in its container."""
STORAGE = "/var/lib/registry"
PATIENCE = 15.0
"""Seconds that a registry gets to answer after its start."""
BUSY = re.compile(r"port is already allocated|address already in use|ports are not available", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answers.

    Attributes:
        name: its container's name, which is also its host name on the network.
        port: where it is on loopback; what learners type begins with `localhost:PORT/`.
        network: the network of ours that it is on.
        container_id: its container.
        install: whose it is.
    """

    name: str
    port: int
    network: str
    container_id: str
    install: str


def up(endpoint: Endpoint, port: int, names: Iterable[str], narrator: Narrator, install: str) -> Registry:
    """Make sure that the course's registry runs and serves these images.

    Args:
        endpoint: the daemon that it runs on.
        port: its loopback port.
        names: images of the catalogue, as "redis:7.0".
        narrator: shows what is built or fetched.
        install: the install id.

    Raises:
        PortTaken: somebody else listens there.
        NotOurs: its name is taken by a container of the user's.
        SourceMissing: no source has an image.
    """
    from labrunner.environment import images

    name = f"labrunner-registry-{install[:6]}"
    found = inspect(endpoint, "containers", name)
    if not found and ports.is_taken(port):  # before anything is made that would have to be taken away again
        raise _taken(endpoint, port)
    if found and (found["Config"]["Labels"] or {}).get(LABEL) != install:
        raise NotOurs(
            say(en=f"the container {name} is not labrunner's", zh=f"容器 {name} 不属于 labrunner"),
            hint=f"docker rename {name} {name}-mine",
        )
    wanted = list(names)
    if wanted:
        serve(wanted, install, narrator, endpoint)
    joined = network.up(endpoint, install)
    if found and not _as_wanted(found, port, install):
        remove(endpoint, "rm", "-f", "-v", found["Id"])
        found = {}
    if not found:
        image = images.environment_image("registry", narrator, endpoint.environ())
        with stage(narrator, say(en="starting the course's registry", zh="启动课程的镜像仓库")):
            described = Registry(name, port, joined, "", install)
            container = create(endpoint, described, image, registry_data.folder(install))
    else:
        container = found["Id"]
    if not found.get("State", {}).get("Running"):
        _start(endpoint, container, port, install)
    if not wait.until(lambda: answers(port), within=PATIENCE, every=0.05):
        raise EnvironmentNotReady(
            say(
                en=f"the course's registry does not answer at localhost:{port}",
                zh=f"课程的镜像仓库在 localhost:{port} 没有回应",
            ),
            hint=f"docker logs {name}",
        )
    return Registry(name, port, joined, container, install)


def serve(names: list[str], install: str, narrator: Narrator, endpoint: Endpoint) -> None:
    """Have the registry serve these images of the catalogue too, running or not; raises SourceMissing."""
    from labrunner.environment import images

    registry_data.join(install, images.course_store(names, narrator, endpoint.environ()))


def down(endpoint: Endpoint, install: str) -> None:
    """Remove the registry's container, its data, and the network where nothing else is on it; right twice as well."""
    for found in labelled(endpoint, "containers", install, "registry"):
        remove(endpoint, "rm", "-f", "-v", found["Id"])
    registry_data.clear(install)
    network.down(endpoint, install)


def answers(port: int) -> bool:
    """Tell whether a registry answers at a loopback port; half a second is its time."""
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        talk.request("GET", "/v2/")
        return talk.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        talk.close()


def _as_wanted(found: dict[str, Any], port: int, install: str) -> bool:
    """Tell whether a container of ours serves the right folder at the right port."""
    published = (found["HostConfig"].get("PortBindings") or {}).get(f"{INSIDE}/tcp") or [{}]
    sources = [mount.get("Source") for mount in found.get("Mounts", []) if mount.get("Destination") == STORAGE]
    return published[0].get("HostPort") == str(port) and sources == [str(registry_data.folder(install))]


def create(endpoint: Endpoint, wanted: Registry, image: str, data: Path, role: str = "registry") -> str:
    """Create, and not start, a registry's container; return its ID.

    Args:
        endpoint: the daemon that it runs on.
        wanted: its name, port, network and installation.
        image: the registry's image there.
        data: the folder that it serves.
        role: what the container is for.
    """
    places.private(data)
    published = f"127.0.0.1:{wanted.port}:{INSIDE}"
    return docker(
        endpoint, "create", "--name", wanted.name, "--network", wanted.network, "--publish", published,
        "--volume", f"{data}:{STORAGE}", *_as_caller(endpoint),
        *labels(wanted.install, role), *container_bounds.REGISTRY, image,
    ).stdout.strip()  # fmt: skip


def _start(endpoint: Endpoint, container: str, port: int, install: str) -> None:
    done = docker(endpoint, "start", container, may_fail=True)
    if done.ok:
        return
    if not BUSY.search(done.stderr):
        docker(endpoint, "start", container)
        return
    remove(endpoint, "rm", "-f", "-v", container)
    network.down(endpoint, install)
    raise _taken(endpoint, port)


def _taken(endpoint: Endpoint, port: int) -> PortTaken:
    """Return the error that names who holds a port."""
    who = _publisher(endpoint, port) or ports.holder(port)
    free = ports.next_free(port)
    return PortTaken(
        say(
            en=f"the course's registry needs port {port}, and {who or 'another program'} listens there",
            zh=f"课程的镜像仓库需要端口 {port}，但它已被 {who or '另一个程序'} 占用",
        ),
        hint=say(
            en=f"end that program, or use another port: export LABRUNNER_PORT={free}",
            zh=f"结束那个程序，或换一个端口：export LABRUNNER_PORT={free}",
        ),
    )


def _publisher(endpoint: Endpoint, port: int) -> str:
    """Name the container that publishes a port."""
    _, found = endpoints.look(endpoint.url, "/containers/json")
    for container in found or []:
        if any(published.get("PublicPort") == port for published in container.get("Ports") or []):
            return say(en="the container ", zh="容器 ") + str(container["Names"][0]).lstrip("/")
    return ""


def _as_caller(endpoint: Endpoint) -> list[str]:
    """Return the options that let the registry's files belong to the caller, so that the caller can remove them."""
    import os

    security = " ".join(endpoints.ask(endpoint.url, "/info").get("SecurityOptions") or [])
    if "name=rootless" in security:
        return []  # root inside is the caller outside
    own = ["--user", f"{os.getuid()}:{os.getgid()}"]
    return [*own, "--userns", "host"] if "name=userns" in security else own
