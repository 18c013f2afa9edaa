"""What is wrong with the ports of a container that runs: not published after all, or nobody behind them."""

import shlex

from labrunner.outcome import Cause
from labrunner.why.docker_scene import DockerScene, Raw, name_of, networks_of, published
from labrunner.words import say


def broken(scene: DockerScene, raw: Raw) -> list[Cause]:
    """Return what is wrong with the ports that a running container was to publish."""
    return [*_lost(scene, raw), *_deaf(scene, raw)]


def nobody_listens(
    scene: DockerScene, raw: Raw, port: int, path: tuple[str, ...], *, inside: bool = False
) -> list[Cause]:
    """Return that nobody in a container listens on a port; nothing where that is not known, or somebody does.

    Args:
        scene: what was read.
        raw: the container.
        port: its own port, TCP.
        path: the way to it.
        inside: True where it is the container itself that asks, which 127.0.0.1 suffices for.
    """
    others = scene.listening(raw)
    if others is None:
        return []
    alone = scene.only_inside(raw)
    if port in others or (inside and port in alone):
        return []
    name = name_of(raw)
    subject = f"container/{name}"
    see = f"docker exec {name} cat /proc/net/tcp /proc/net/tcp6"
    if port in alone:
        sentence = say(
            en=f"in container {name}, port {port} is open on 127.0.0.1 only, where nobody but the container itself "
            "gets to",
            zh=f"容器 {name} 里的端口 {port} 只在 127.0.0.1 上监听，除了容器自己谁也连不上",
        )
        return [Cause("listens-on-loopback", sentence, subject, path, _open(others, alone), see)]
    heard = ", ".join(map(str, sorted(others | (alone if inside else frozenset()))))
    rest = say(en=f"; it listens on {heard}", zh=f"；它监听的是 {heard}") if heard else ""
    sentence = say(
        en=f"nobody in container {name} listens on port {port}{rest}",
        zh=f"容器 {name} 里没有程序监听端口 {port}{rest}",
    )
    return [Cause("nobody-listens", sentence, subject, path, _open(others, alone), see)]


def wanted(raw: Raw) -> list[tuple[int, int]]:
    """Return what a container was told to publish: its own port and the host's (0 for any), TCP only."""
    bindings = (raw.get("HostConfig") or {}).get("PortBindings") or {}
    return sorted(
        (int(port.partition("/")[0]), int(one.get("HostPort") or 0))
        for port, hosts in bindings.items()
        for one in hosts or []
        if port.endswith("/tcp") and str(one.get("HostPort") or 0).isdigit()
    )


def mode(raw: Raw) -> str:
    """Return a container's network mode: "default", "host", "none", "container:…" or a network's name."""
    return str((raw.get("HostConfig") or {}).get("NetworkMode") or "default")


def _lost(scene: DockerScene, raw: Raw) -> list[Cause]:
    """Return why ports that were to be published are not."""
    told, real = wanted(raw), {port for port, _ in published(raw)}
    missing = [pair for pair in told if pair[0] not in real]
    if not missing or raw["State"]["Status"] != "running":
        return []
    name, (port, host) = name_of(raw), missing[0]
    subject, see = f"container/{name}", f"docker port {name}"
    shown = f"{host}:{port}" if host else str(port)
    internal = [net for net in networks_of(raw) if (scene.network(net) or {}).get("Internal")]
    if internal and len(internal) == len(networks_of(raw)):
        sentence = say(
            en=f"network {internal[0]} is internal, so port {shown} of container {name} is published to nobody",
            zh=f"网络 {internal[0]} 是 internal 的，所以容器 {name} 的端口 {shown} 并没有发布出去",
        )
        path = (subject, f"network/{internal[0]}")
        inspect = f"docker network inspect {shlex.quote(internal[0])} --format '{{{{.Internal}}}}'"
        return [Cause("network-internal", sentence, path[1], path, ("Internal: true",), inspect)]
    if mode(raw) in ("host", "none"):
        sentence = say(
            en=f"container {name} runs with --network {mode(raw)}, where -p {shown} has no effect",
            zh=f"容器 {name} 以 --network {mode(raw)} 运行，-p {shown} 不起作用",
        )
        return [Cause("port-not-published", sentence, subject, (subject,), (f"NetworkMode: {mode(raw)}",), see)]
    return []


def _deaf(scene: DockerScene, raw: Raw) -> list[Cause]:
    """Return which published ports nobody listens behind."""
    if mode(raw) == "host":
        return []  # what listens in its network is the whole host
    path = (f"container/{name_of(raw)}",)
    ports = sorted({port for port, _ in published(raw)})
    return [cause for port in ports for cause in nobody_listens(scene, raw, port, path)]


def _open(others: frozenset[int], alone: frozenset[int]) -> tuple[str, ...]:
    """Return what is open, as `ss` would show it."""
    return tuple(
        [f"LISTEN *:{port}" for port in sorted(others)] + [f"LISTEN 127.0.0.1:{port}" for port in sorted(alone)]
    )
