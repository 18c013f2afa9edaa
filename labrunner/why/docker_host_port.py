"""From a question to a port of the host to the container that should be behind it."""

from labrunner.outcome import Cause
from labrunner.why import docker_container, docker_ports
from labrunner.why.docker_scene import DockerScene, Raw, name_of, published
from labrunner.words import say

FEW = 3
"""Containers that a sentence names."""


def behind(scene: DockerScene, port: int, way: tuple[str, ...]) -> list[Cause]:
    """Return why nobody answers at a port of the host, the first broken link first; empty where that is not known.

    Args:
        scene: what was read.
        port: of the host, TCP.
        way: the objects walked before.
    """
    containers = scene.of_kind("containers")
    here = [raw for raw in containers if port in (host for _, host in published(raw))]
    if here:
        return [cause for raw in here for cause in _behind(scene, raw, port, way)]
    wished = [raw for raw in containers if port in (host for _, host in docker_ports.wanted(raw))]
    if wished:
        found = [cause for raw in wished for cause in docker_container.broken(scene, raw)]
        return [Cause(c.code, c.sentence, c.subject, (*way, *c.path), c.words, c.see, c.notes) for c in found]
    running = [raw for raw in containers if raw["State"]["Status"] == "running"]
    elsewhere = [raw for raw in running if published(raw)]
    if elsewhere:
        return [_elsewhere(elsewhere, port, way)]
    exposing = [raw for raw in running if (raw.get("Config") or {}).get("ExposedPorts")]
    return [_unpublished(exposing, port, way)] if exposing else []


def _behind(scene: DockerScene, raw: Raw, port: int, way: tuple[str, ...]) -> list[Cause]:
    """Return what is wrong with a container that does publish the port."""
    path = (*way, f"container/{name_of(raw)}")
    own = next(inner for inner, host in published(raw) if host == port)
    deaf = docker_ports.nobody_listens(scene, raw, own, path)
    known = {(cause.code, cause.subject) for cause in deaf}
    rest = [cause for cause in docker_container.broken(scene, raw) if (cause.code, cause.subject) not in known]
    return [*deaf, *rest] if raw["State"]["Status"] == "running" else [*rest, *deaf]


def _elsewhere(containers: list[Raw], port: int, way: tuple[str, ...]) -> Cause:
    pairs = [(name_of(raw), inner, host) for raw in containers for inner, host in published(raw)][:FEW]
    said = "; ".join(f"{name} {host}->{inner}" for name, inner, host in pairs)
    sentence = say(
        en=f"nobody publishes port {port} of the host; published are: {said}",
        zh=f"没有容器发布主机的端口 {port}；已发布的是：{said}",
    )
    subject = _subject(containers, port)
    words = tuple(f"{name}: 0.0.0.0:{host}->{inner}/tcp" for name, inner, host in pairs)
    return Cause("port-published-elsewhere", sentence, subject, (*way, subject), words, "docker ps")


def _unpublished(containers: list[Raw], port: int, way: tuple[str, ...]) -> Cause:
    names = ", ".join(name_of(raw) for raw in containers[:FEW])
    sentence = say(
        en=f"no container publishes port {port} of the host: what {names} exposes is reached inside Docker only (-p)",
        zh=f"没有容器发布主机的端口 {port}：{names} 暴露的端口只在 Docker 内部可达（需要 -p）",
    )
    subject = _subject(containers, port)
    words = tuple(f"{name_of(raw)}: {', '.join(raw['Config']['ExposedPorts'])}" for raw in containers[:FEW])
    return Cause("port-not-published", sentence, subject, (*way, subject), words, "docker ps")


def _subject(containers: list[Raw], port: int) -> str:
    """Return whom a cause is about: the container, where only one can be meant."""
    return f"container/{name_of(containers[0])}" if len(containers) == 1 else f"host/{port}"
