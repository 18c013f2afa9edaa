"""Why no container bears a name: what the log knows of the one that did, or a name that is nearly the same."""

from typing import Any

from labrunner.outcome import Cause
from labrunner.why.docker_ending import ended, signals
from labrunner.why.docker_scene import DockerScene
from labrunner.words import say


def gone(scene: DockerScene, name: str) -> tuple[Cause, ...]:
    """Return why there is no container of a name: how its last bearer ended, and that it is not there."""
    bore = [e for e in scene.log if e.get("type") == "container" and e.get("name") == name]
    last = scene.events(str(bore[-1]["id"])) if bore else []
    subject, see = f"container/{name}", "docker ps -a"
    renamed = next((e for e in reversed(last) if e["action"] == "rename" and _old(e) == name), None)
    if renamed:
        now = str(renamed["attributes"].get("name") or renamed["name"])
        en, zh = f"no container {name}: it was renamed to {now}", f"没有容器 {name}：它被改名为 {now}"
        return (_absent(subject, en, zh, (f"rename {name} -> {now}",), see),)
    if any(event["action"] == "destroy" for event in last):
        died = next((e for e in reversed(last) if e["action"] == "die"), None)
        en, zh = f"no container {name}: it was removed", f"没有容器 {name}：它已经被删除"
        absent = _absent(subject, en, zh, tuple(_told(event) for event in last[-3:]), see)
        code = int(died["attributes"].get("exitCode", 0)) if died else 0
        if not code or signals(last):
            return (absent,)
        return (ended(name, code, oom=any(e["action"] == "oom" for e in last), sent=signals(last)), absent)
    scene.miss("container", name)
    near = scene.near("containers", name)
    but = say(en=f" (but there is {near})", zh=f"（但是有 {near}）") if near else ""
    return (_absent(subject, f"no container {name}{but}", f"没有容器 {name}{but}", (), see),)


def _absent(subject: str, en: str, zh: str, words: tuple[str, ...], see: str) -> Cause:
    return Cause("container-absent", say(en=en, zh=zh), subject, (subject,), words, see)


def _old(event: dict[str, Any]) -> str:
    return str(event["attributes"].get("oldName", "")).lstrip("/")


def _told(event: dict[str, Any]) -> str:
    """Return an event as `docker events` would show it, in short."""
    code = event["attributes"].get("exitCode")
    return f"container {event['action']}" + (f" (exitCode={code})" if code is not None else "")
