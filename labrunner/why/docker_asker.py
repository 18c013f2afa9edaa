"""Who asks, on which networks, and which container a name means there."""

from dataclasses import dataclass

from labrunner.why.docker_ports import mode
from labrunner.why.docker_scene import DockerScene, Raw, name_of, networks_of

DEFAULT = "bridge"
"""The network of containers that name none; the engine's name server does not serve it."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A client of Docker's networks: a container, or one that is made for the question.

    Attributes:
        way: the objects walked up to it, each as "kind/name".
        networks: the names of the networks that it is on.
        raw: the container; None where one is made for the question.
    """

    way: tuple[str, ...]
    networks: frozenset[str]
    raw: Raw | None = None

    @property
    def name(self) -> str:
        """The container's name; empty where one is made for the question."""
        return name_of(self.raw) if self.raw is not None else ""

    @property
    def has_links(self) -> bool:
        """Tell whether names were given to it by --link, which also work on the default bridge."""
        return bool(((self.raw or {}).get("HostConfig") or {}).get("Links"))


def networks_shared(scene: DockerScene, raw: Raw) -> frozenset[str]:
    """Return the networks that a container is on, its own or those of the container whose network it shares."""
    of = mode(raw)
    if of.startswith("container:"):
        other = scene.container(of.partition(":")[2])
        return networks_shared(scene, other) if other is not None and other is not raw else frozenset()
    return frozenset(networks_of(raw))


def meant(scene: DockerScene, networks: frozenset[str], host: str) -> Raw | None:
    """Return the container that a host means: by its name, by an alias on a network, by its address.

    Args:
        scene: what was read.
        networks: where aliases and addresses count.
        host: a name or an address.
    """
    if (named := scene.container(host)) is not None:
        return named
    for raw in scene.of_kind("containers"):
        for network, end in networks_of(raw).items():
            aliases = {*(end.get("Aliases") or []), *(end.get("DNSNames") or [])}
            if network in networks and (host in aliases or (host and end.get("IPAddress") == host)):
                return raw
    return None
