"""From one who asks on Docker's networks to the container that should answer: there, running, together, listening."""

import ipaddress
import re

from labrunner.outcome import Cause
from labrunner.why import docker_container, docker_network, docker_ports
from labrunner.why.docker_asker import DEFAULT, Asker, meant, networks_shared
from labrunner.why.docker_gone import gone
from labrunner.why.docker_scene import DockerScene, Raw, name_of
from labrunner.words import say
from labrunner.world.mentioned import Mention

CONTAINER = re.compile(r"[a-zA-Z0-9][\w-]*")
"""A host that can be a container's name; one with dots is somewhere else."""


def reach(scene: DockerScene, asker: Asker, asked: Mention) -> list[Cause]:
    """Return why a question did not reach who it was put to, the first broken link first; empty where all is well.

    Args:
        scene: what was read.
        asker: who asks.
        asked: whom, and at which port.
    """
    if asked.is_here:
        if asker.raw is None or asked.port is None:
            return []
        return docker_ports.nobody_listens(scene, asker.raw, asked.port, asker.way, inside=True)
    raw = meant(scene, asker.networks, asked.host)
    if raw is None:
        return _nobody(scene, asker, asked.host)
    way = (*asker.way, f"container/{name_of(raw)}")
    runs = raw["State"]["Status"] == "running"
    own = [_on(cause, asker.way) for cause in docker_container.broken(scene, raw)]
    before = [] if runs else own
    together = _apart(scene, asker, raw, asked.host, way)
    ears: list[Cause] = []
    if runs and asked.port is not None:
        ears = docker_ports.nobody_listens(scene, raw, asked.port, way)
    heard = {(cause.code, cause.subject) for cause in ears}
    after = [cause for cause in own if (cause.code, cause.subject) not in heard] if runs else []
    return [*before, *together, *ears, *after]


def _on(cause: Cause, way: tuple[str, ...]) -> Cause:
    """Return a cause with the way there before its own."""
    return Cause(cause.code, cause.sentence, cause.subject, (*way, *cause.path), cause.words, cause.see, cause.notes)


def _nobody(scene: DockerScene, asker: Asker, host: str) -> list[Cause]:
    """Return why nobody bears a name, as far as that can be told: a name of the world outside is another matter."""
    if CONTAINER.fullmatch(host) and not _is_address(host) and scene.would_hold("container", host):
        return [_on(cause, asker.way) for cause in gone(scene, host)]
    internal = [name for name in asker.networks if (scene.network(name) or {}).get("Internal")]
    if internal and len(internal) == len(asker.networks):
        return [docker_network.internal(internal[0], asker.way)]
    return []


def _apart(scene: DockerScene, asker: Asker, raw: Raw, host: str, way: tuple[str, ...]) -> list[Cause]:
    """Return that two have no network in common, or only the one that knows no names."""
    theirs, ours = networks_shared(scene, raw), asker.networks
    if raw is asker.raw:
        return []
    if not theirs & ours:
        return [_not_together(asker, raw, ours, theirs, way)]
    if theirs & ours == {DEFAULT} and not asker.has_links and not _is_address(host):
        who = name_of(raw)
        sentence = say(
            en=f"the default bridge knows no names: {who} can only be found by name on a network of your own",
            zh=f"默认的 bridge 网络不解析名字：要用名字找到 {who}，双方得在自己创建的网络里",
        )
        words = (f"{who}: {', '.join(sorted(theirs))}",)
        return [Cause("default-bridge-has-no-names", sentence, "network/bridge", (*way, "network/bridge"), words,
                      f"docker inspect {who} --format '{{{{json .NetworkSettings.Networks}}}}'")]  # fmt: skip
    return []


def _not_together(asker: Asker, raw: Raw, ours: frozenset[str], theirs: frozenset[str], way: tuple[str, ...]) -> Cause:
    who, here, there = name_of(raw), _listed(ours), _listed(theirs)
    blamed = who
    if not asker.name:
        sentence = say(
            en=f"container {who} is not on network {here}; it is on {there}",
            zh=f"容器 {who} 不在网络 {here} 里；它在 {there} 里",
        )
    else:
        sentence = say(
            en=f"containers {asker.name} and {who} have no network in common: "
            f"{asker.name} is on {here}, {who} on {there}",
            zh=f"容器 {asker.name} 和 {who} 没有共同的网络：{asker.name} 在 {here}，{who} 在 {there}",
        )
        if ours <= {DEFAULT} and theirs - {DEFAULT}:
            blamed = asker.name
    words = (f"{asker.name}: {here}", f"{who}: {there}") if asker.name else (f"{who}: {there}",)
    see = f"docker inspect {blamed} --format '{{{{json .NetworkSettings.Networks}}}}'"
    return Cause("not-on-network", sentence, f"container/{blamed}", way, words, see)


def _listed(networks: frozenset[str]) -> str:
    return ", ".join(sorted(networks)) or say(en="none", zh="无")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
