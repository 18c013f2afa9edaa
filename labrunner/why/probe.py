"""From a probe that did not hear what it should to the first broken link between it and what it asked."""

import re
from collections.abc import Iterable, Mapping

from labrunner.lab import Probe
from labrunner.operation import filled
from labrunner.outcome import Cause
from labrunner.why import cluster_probe, docker_container, docker_host_port, docker_image, docker_network
from labrunner.why.diagnosis import Diagnosis, in_order
from labrunner.why.docker_asker import DEFAULT, Asker, networks_shared
from labrunner.why.docker_gone import gone
from labrunner.why.docker_reach import reach
from labrunner.why.docker_scene import DockerScene
from labrunner.words import say
from labrunner.world.docker_engine import EXEC_MARK
from labrunner.world.mentioned import Mention, mentioned
from labrunner.world.snapshot import Snapshot

COMMAND_NOT_FOUND = 127
"""A shell's exit code where it finds no program of a name."""
SHELL = re.compile(rf"^({EXEC_MARK}|sh|bash|/bin/\w+): (line )?(\d+: )?")
"""What a shell says before its complaint: its own name, and the line."""


def explain_probe(snapshot: Snapshot, probe: Probe, values: Mapping[str, str]) -> Diagnosis:
    """Walk from a probe along what its command asks.

    Args:
        snapshot: what was read, the probe's reply among it.
        probe: as the lab declares it.
        values: what stands for the names in its command and target, images included.

    Returns:
        the causes in the order of the chain; nothing known where every link that can be seen is whole, with what was
        heard: a probe that did not hear what it should is never healthy.
    """
    command, target = filled(probe.command, values), filled(probe.target, values)
    subject, asked = f"probe/{probe.name}", mentioned(command)
    saw = _heard(snapshot, probe, command)
    if probe.at in ("cluster", "outside"):
        found = cluster_probe.walk(snapshot, asked)
        path = tuple(_after(cause, subject) for cause in found.causes)
        return Diagnosis(subject, path, moving=found.moving, saw=(*saw, *found.saw))
    if probe.at == "pod":
        found = cluster_probe.in_pod(snapshot, target, asked)
        path = tuple(_after(cause, subject) for cause in found.causes)
        return Diagnosis(subject, path, moving=found.moving, saw=(*saw, *found.saw))
    scene, way = DockerScene(snapshot), (subject,)
    if probe.at == "inside":
        causes = [*_unable(snapshot, probe, target, way), *_inside(scene, target, asked, way)]
    elif probe.at == "network":
        causes = _on_network(scene, target, probe.client(values), asked, way)
    else:
        ports = [one.port for one in asked if one.is_here and one.port is not None]
        causes = [cause for port in ports for cause in docker_host_port.behind(scene, port, way)]
    return Diagnosis(subject, in_order(causes), saw=saw)


def _inside(scene: DockerScene, target: str, asked: Iterable[Mention], way: tuple[str, ...]) -> list[Cause]:
    raw = scene.container(target)
    if raw is None:
        return [_after(cause, *way) for cause in gone(scene, target)]
    asker = Asker((*way, f"container/{target}"), networks_shared(scene, raw), raw)
    runs = raw["State"]["Status"] == "running"
    own = [_after(cause, *way) for cause in docker_container.broken(scene, raw)]
    theirs = [cause for one in asked for cause in reach(scene, asker, one)]
    return [*theirs, *own] if runs else [*own, *(cause for cause in theirs if cause.subject != f"container/{target}")]


def _unable(snapshot: Snapshot, probe: Probe, target: str, way: tuple[str, ...]) -> list[Cause]:
    """Return that the container has no such program as was to ask: it may be made of another image."""
    reply = snapshot.probes.get(probe.name) or {}
    if reply.get("exit_code") != COMMAND_NOT_FOUND:
        return []
    said = [SHELL.sub("", line) for line in str(reply.get("stderr") or "").strip().splitlines()[-1:]]
    subject = f"container/{target}"
    sentence = say(
        en=f"container {target} has no program to ask with: {' '.join(said)}",
        zh=f"容器 {target} 里没有用来提问的程序：{' '.join(said)}",
    )
    see = f"docker inspect {target} --format '{{{{.Config.Image}}}}'"
    return [Cause("command-not-found", sentence, subject, (*way, subject), ("exit code 127", *said), see)]


def _on_network(
    scene: DockerScene, network: str, image: str, asked: Iterable[Mention], way: tuple[str, ...]
) -> list[Cause]:
    causes: list[Cause] = []
    if network and network != DEFAULT and scene.network(network) is None:
        causes.append(docker_network.absent(scene, network, way))
    if image and scene.image(image) is None:
        causes.append(_after(docker_image.absent(scene, image), *way))
    on = network or DEFAULT
    asker = Asker((*way, f"network/{on}"), frozenset({on}))
    found = [cause for one in asked for cause in reach(scene, asker, one)]
    if any(cause.code == "network-absent" for cause in causes):  # that nobody is on it says nothing more
        found = [cause for cause in found if cause.code not in ("not-on-network", "default-bridge-has-no-names")]
    return [*causes, *found]


def _after(cause: Cause, *way: str) -> Cause:
    """Return a cause with the way there before its own."""
    path = (*way, *(cause.path or (cause.subject,)))
    return Cause(cause.code, cause.sentence, cause.subject, path, cause.words, cause.see, cause.notes)


def _heard(snapshot: Snapshot, probe: Probe, command: str) -> tuple[str, ...]:
    """Return what was asked and heard, a phrase each."""
    reply = snapshot.probes.get(probe.name) or {}
    told = [say(en=f"asked: {command}", zh=f"问的是：{command}")]
    if "exit_code" in reply:
        code = reply["exit_code"]
        told.append(say(en="no answer in time", zh="没有及时回答") if code is None else f"exit code {code}")
        lines = str(reply.get("stderr") or reply.get("stdout") or "").strip().splitlines()
        told += lines[-1:]
    return (*told, *(str(reply[key]) for key in ("absent", "error") if key in reply))
