"""What is wrong with a container that has a process: paused, restarted again and again, unhealthy."""

from datetime import datetime

from labrunner.outcome import Cause
from labrunner.why.docker_ending import LINES, ended
from labrunner.why.docker_scene import DockerScene, Raw, name_of
from labrunner.words import say

FRESH = 10.0
"""Seconds after which the engine itself takes a restarted container to have come up (moby, restartmanager)."""


def paused(raw: Raw) -> list[Cause]:
    """Return that a container is frozen, where it is."""
    if raw["State"]["Status"] != "paused":
        return []
    name = name_of(raw)
    sentence = say(
        en=f"container {name} is paused: its processes are frozen and answer nobody (docker unpause {name})",
        zh=f"容器 {name} 已暂停：它的进程被冻结，谁也不回应（docker unpause {name}）",
    )
    see = f"docker ps -a --filter name=^{name}$"
    return [Cause("paused", sentence, f"container/{name}", (f"container/{name}",), ("State.Status: paused",), see)]


def restarting(scene: DockerScene, raw: Raw) -> list[Cause]:
    """Return that a container is restarted again and again, and then why it ends."""
    name, state, times = name_of(raw), raw["State"], int(raw.get("RestartCount") or 0)
    between = state["Status"] == "restarting"
    if not between and not (state["Status"] == "running" and times and _fresh(scene, state.get("StartedAt", ""))):
        return []
    code = int(state["ExitCode"]) if between else _last_code(scene, raw)
    lines = scene.last_lines(raw)
    with_code = "" if code is None else say(en=f", exit code {code}", zh=f"，退出码 {code}")
    sentence = say(
        en=f"container {name} is in a restart loop: its process ended {times} times and was started again{with_code}",
        zh=f"容器 {name} 在反复重启：它的进程已经结束并被重新启动 {times} 次{with_code}",
    )
    subject = f"container/{name}"
    said = (f"RestartCount: {times}", *([] if code is None else [f"exit code {code}"]), *lines[-LINES:])
    see = f"docker inspect {name} --format '{{{{.RestartCount}}}} {{{{json .State}}}}'"
    causes = [Cause("restart-loop", sentence, subject, (subject,), said, see)]
    if code is not None:
        memory = int((raw.get("HostConfig") or {}).get("Memory") or 0)
        causes.append(ended(name, code, oom=bool(state.get("OOMKilled")), memory=memory, lines=lines))
    return causes


def unhealthy(raw: Raw) -> list[Cause]:
    """Return that a container's health check fails, and what it got."""
    health = raw["State"].get("Health") or {}
    if health.get("Status") != "unhealthy":
        return []
    name = name_of(raw)
    last = (health.get("Log") or [{}])[-1]
    code, output = last.get("ExitCode"), str(last.get("Output") or "").strip().splitlines()
    got = output[-1] if output else say(en="nothing", zh="什么也没有")
    sentence = say(
        en=f"container {name} is unhealthy: its health check failed {health.get('FailingStreak', 0)} times in a row, "
        f"and got: {got}",
        zh=f"容器 {name} 不健康：健康检查连续失败 {health.get('FailingStreak', 0)} 次，得到：{got}",
    )
    subject = f"container/{name}"
    test = " ".join(((raw.get("Config") or {}).get("Healthcheck") or {}).get("Test") or [])
    said = tuple(filter(None, (test, f"exit code {code}", *output[-LINES:])))
    see = f"docker inspect {name} --format '{{{{json .State.Health.Log}}}}'"
    return [Cause("unhealthy", sentence, subject, (subject,), said, see)]


def _last_code(scene: DockerScene, raw: Raw) -> int | None:
    """Return the exit code of the run before this one, which only the log knows."""
    dead = [event for event in scene.events(str(raw["Id"])) if event["action"] == "die"]
    return int(dead[-1]["attributes"]["exitCode"]) if dead else None


def _fresh(scene: DockerScene, started: str) -> bool:
    """Tell whether a container was started so shortly before the reading that it may end any moment."""
    try:
        begun, taken = (datetime.fromisoformat(stamp[:19]) for stamp in (started, scene.taken))
    except ValueError:
        return False
    return abs((taken - begun).total_seconds()) < FRESH
