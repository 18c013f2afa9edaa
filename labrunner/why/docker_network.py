"""From a network to what is broken about it: it is not there, or it is internal and somebody publishes a port."""

import shlex

from labrunner.outcome import Cause
from labrunner.why import docker_ports
from labrunner.why.diagnosis import Diagnosis, in_order
from labrunner.why.docker_scene import DockerScene, name_of, networks_of
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a network; see `explain`."""
    scene, subject = DockerScene(snapshot), f"network/{name}"
    raw = scene.network(name)
    if raw is None:
        return Diagnosis(subject, (absent(scene, name),))
    on_it = [one for one in scene.of_kind("containers") if name in networks_of(one)]
    found = [cause for one in on_it for cause in docker_ports.broken(scene, one) if cause.code == "network-internal"]
    names = ", ".join(sorted(name_of(one) for one in on_it))
    kept = {"Driver": raw.get("Driver", ""), "Internal": str(bool(raw.get("Internal"))).lower(), "Containers": names}
    saw = tuple(f"{what}: {value}" for what, value in kept.items() if value)
    causes = in_order(cause for cause in found if cause.subject == subject)
    return Diagnosis(subject, causes, healthy=not causes, saw=saw)


def absent(scene: DockerScene, name: str, path: tuple[str, ...] = ()) -> Cause:
    """Return that there is no network of a name, and which one may be meant."""
    scene.miss("network", name)
    near = scene.near("networks", name)
    but = say(en=f" (but there is {near})", zh=f"（但是有 {near}）") if near else ""
    sentence = say(en=f"no network {name}", zh=f"没有网络 {name}") + but
    subject = f"network/{name}"
    return Cause("network-absent", sentence, subject, (*path, subject), (), "docker network ls")


def internal(name: str, path: tuple[str, ...] = ()) -> Cause:
    """Return that a network does not reach outside."""
    sentence = say(
        en=f"network {name} is internal: nothing on it reaches outside, and nobody outside reaches it",
        zh=f"网络 {name} 是 internal 的：里面出不去，外面进不来",
    )
    subject = f"network/{name}"
    see = f"docker network inspect {shlex.quote(name)} --format '{{{{.Internal}}}}'"
    return Cause("network-internal", sentence, subject, (*path, subject), ("Internal: true",), see)
