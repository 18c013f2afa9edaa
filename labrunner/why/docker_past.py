"""From a container's recorded past to how it ended, or to why it has none."""

from dataclasses import replace

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_ending import ended, signals
from labrunner.why.docker_gone import gone
from labrunner.why.docker_scene import DockerScene, name_of
from labrunner.words import say
from labrunner.world.history import lives
from labrunner.world.snapshot import Snapshot

WELL = ("finished", "stopped-by-signal")
"""Ends that are nothing broken by themselves; they answer only who asks how it ended."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from the last recorded life of a container's name; see `explain`."""
    found = ending(snapshot, name)
    return replace(found, causes=tuple(cause for cause in found.causes if cause.code not in WELL))


def ending(snapshot: Snapshot, name: str) -> Diagnosis:
    """Return how the last recorded life of a name ended, or why there is none: for who asks for an exit code."""
    scene, subject = DockerScene(snapshot), f"past/{name}"
    known = lives(snapshot, name)
    events = scene.events(known[-1]) if known else []
    saw = tuple(str(event["action"]) for event in events[-8:])
    if not events and scene.container(name) is None:
        return Diagnosis(subject, gone(scene, name))
    died = next((n for n in range(len(events) - 1, -1, -1) if events[n]["action"] == "die"), None)
    if died is None or any(event["action"] == "start" for event in events[died:]):
        nothing = say(en=f"no end of {name} is recorded since start", zh=f"开始以来没有 {name} 结束的记录")
        return Diagnosis(subject, saw=(*saw, nothing))
    sent = signals(events)
    if sent == () and not snapshot.complete:
        sent = None
    raw = scene.container(known[-1])
    oom = any(event["action"] == "oom" for event in events)
    code = int(events[died]["attributes"].get("exitCode", 0))
    cause = ended(name, code, oom=oom, sent=sent, lines=scene.last_lines(raw) if raw is not None else ())
    return Diagnosis(subject, (_recorded(cause, name, saw),), saw=saw)


def remaining(snapshot: Snapshot, name: str) -> Diagnosis:
    """Return why the very container whose past is asked for is not removed: for who asks for its removal."""
    scene, subject = DockerScene(snapshot), f"past/{name}"
    known = lives(snapshot, name)
    raw = scene.container(known[-1]) if known else None
    if raw is None:
        return Diagnosis(subject, gone(scene, name) if not known else ())
    now, status = name_of(raw), str(raw["State"]["Status"])
    path = (subject, f"container/{now}")
    see = f"docker ps -a --no-trunc --filter id={str(raw['Id'])[:12]}"
    if now != name:
        en = f"that very container is still there: it was only renamed from {name} to {now}"
        zh = f"那个容器还在：它只是从 {name} 改名为 {now}"
        return Diagnosis(subject, (Cause("only-renamed", say(en=en, zh=zh), path[1], path, (f"Name: {now}",), see),))
    en = f"container {name} is still there ({status}): a stop does not remove it"
    zh = f"容器 {name} 还在（{status}）：停止不等于删除"
    if status == "running":
        en, zh = f"container {name} is still there, and running", f"容器 {name} 还在，而且在运行"
    return Diagnosis(
        subject, (Cause("not-removed", say(en=en, zh=zh), path[1], path, (f"State.Status: {status}",), see),)
    )


def _recorded(cause: Cause, name: str, saw: tuple[str, ...]) -> Cause:
    """Return the cause as the log shows it: the container itself may be gone."""
    subject = f"past/{name}"
    see = f"docker events --since … --until 0s --filter container={name}"
    return replace(cause, path=(subject,), words=(", ".join(saw), *cause.words), see=see)
