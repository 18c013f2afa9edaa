"""From a container to what is broken in it or before it."""

from labrunner.outcome import Cause
from labrunner.why import docker_health, docker_ports, docker_start
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_ending import ended, signals
from labrunner.why.docker_gone import gone
from labrunner.why.docker_scene import DockerScene, Raw, name_of, networks_of, published
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a container; see `explain`."""
    scene, subject = DockerScene(snapshot), f"container/{name}"
    raw = scene.container(name)
    if raw is None:
        return Diagnosis(subject, gone(scene, name))
    status = str(raw["State"]["Status"])
    causes = tuple(broken(scene, raw))
    moving = _moving(raw)
    healthy = status == "running" and not causes and not moving
    return Diagnosis(subject, causes, healthy=healthy, moving="" if causes else moving, saw=_saw(scene, raw))


def broken(scene: DockerScene, raw: Raw) -> list[Cause]:
    """Return what is wrong with a container that is there, the first link first."""
    state, name = raw["State"], name_of(raw)
    status = str(state["Status"])
    if status in ("created", "exited") and state.get("Error"):
        found = docker_start.failed(scene, raw)
        return [found] if found else []
    if status == "created":
        sentence = say(
            en=f"container {name} was created and never started: it has no process yet (docker start {name})",
            zh=f"容器 {name} 只创建了、还没有启动：它还没有进程（docker start {name}）",
        )
        see, subject = f"docker ps -a --filter name=^{name}$", f"container/{name}"
        return [Cause("created-not-started", sentence, subject, (subject,), ("State.Status: created",), see)]
    if status == "exited":
        return [_end(scene, raw)]
    causes = [*docker_health.paused(raw), *docker_health.restarting(scene, raw), *docker_health.unhealthy(raw)]
    return [*causes, *docker_ports.broken(scene, raw)] if status == "running" else causes


def _end(scene: DockerScene, raw: Raw) -> Cause:
    state = raw["State"]
    sent = signals(scene.events(str(raw["Id"])))
    if sent == () and not scene.complete:
        sent = None  # what the log does not hold may have been sent all the same
    return ended(
        name_of(raw),
        int(state["ExitCode"]),
        oom=bool(state.get("OOMKilled")),
        memory=int((raw.get("HostConfig") or {}).get("Memory") or 0),
        sent=sent,
        lines=scene.last_lines(raw),
    )


def _moving(raw: Raw) -> str:
    """Return what is still on its way, as a phrase."""
    name, status = name_of(raw), str(raw["State"]["Status"])
    if status == "removing":
        return say(en=f"container {name} is being removed", zh=f"容器 {name} 正在被删除")
    if (raw["State"].get("Health") or {}).get("Status") == "starting":
        return say(en=f"container {name}: health check is starting", zh=f"容器 {name}：健康检查正在开始")
    return ""


def _saw(scene: DockerScene, raw: Raw) -> tuple[str, ...]:
    """Return what was looked at, a phrase each."""
    state = raw["State"]
    ports = ", ".join(f"{host}->{port}" for port, host in published(raw))
    heard = scene.listening(raw)
    known = {
        "State.Status": state["Status"],
        "State.ExitCode": state["ExitCode"] if state["Status"] != "running" else "",
        "State.Error": state.get("Error") or "",
        "State.Health.Status": (state.get("Health") or {}).get("Status", ""),
        "RestartCount": raw.get("RestartCount") or "",
        "Config.Image": (raw.get("Config") or {}).get("Image", ""),
        "NetworkSettings.Networks": ", ".join(sorted(networks_of(raw))),
        "NetworkSettings.Ports": ports,
        say(en="listens on", zh="监听"): ", ".join(map(str, sorted(heard))) if heard else "",
    }
    return tuple(f"{what}: {value}" for what, value in known.items() if value != "")
