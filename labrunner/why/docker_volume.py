"""From a volume to why it is not there."""

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_scene import DockerScene, name_of
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a volume; see `explain`."""
    scene, subject = DockerScene(snapshot), f"volume/{name}"
    raw = scene.volume(name)
    if raw is None:
        scene.miss("volume", name)
        near = scene.near("volumes", name)
        but = say(en=f" (but there is {near})", zh=f"（但是有 {near}）") if near else ""
        sentence = say(en=f"no volume {name}", zh=f"没有卷 {name}") + but
        return Diagnosis(subject, (Cause("volume-absent", sentence, subject, (subject,), (), "docker volume ls"),))
    users = [
        name_of(one)
        for one in scene.of_kind("containers")
        if any(mount.get("Name") == name for mount in one.get("Mounts") or [])
    ]
    kept = {"Driver": raw.get("Driver", ""), say(en="mounted by", zh="挂载它的容器"): ", ".join(sorted(users))}
    return Diagnosis(subject, healthy=True, saw=tuple(f"{what}: {value}" for what, value in kept.items() if value))
