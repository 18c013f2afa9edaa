"""What of this machine nobody else may read: who works here, where, what else runs, what a lab keeps secret."""

import contextlib
import getpass
import os
import platform
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from labrunner import places
from labrunner.environment import settings
from labrunner.state.session import Session
from labrunner.world.docker_engine import DockerEngine, name_of
from labrunner.world.privacy import USUAL, Private, addresses
from labrunner.world.snapshot import Snapshot

WORD = re.compile(r"[\w.-]{3,}")
OWN = "labrunner/"
"""How the references of the program's own images begin: they tell nothing of anybody."""
LONG = 6
"""Characters from which on a variable's value is never a mere flag or port."""


def private(found: Session, snapshot: Snapshot, others: Iterable[str] = ()) -> Private:
    """Return what must not be read by others: this person, this machine, the lab's secrets, what else runs here.

    Args:
        found: the lab.
        snapshot: whose containers' and Pods' addresses may stay.
        others: names of what is not the lab's.
    """
    lab = found.loaded.lab
    secrets = [
        found.values[one.name] for one in lab.values.values() if one.kind == "secret" and one.name in found.values
    ]
    answers = [*snapshot.answers.values(), *found.progress.answers.values()]
    vocabulary = _vocabulary(found)
    given = [text for text in _environment(snapshot) if _tells(text, vocabulary)]
    return Private(
        words=(*_person(found), *((name, "…") for name in others), *((one, "•••") for one in answers)),
        secrets=tuple(filter(None, [*secrets, *given])),
        vocabulary=vocabulary,
        addresses=frozenset(addresses([snapshot.docker, snapshot.cluster])),
    )


def foreign(found: Session, engine: DockerEngine, snapshot: Snapshot) -> set[str]:
    """Return the names of what is on the daemon, or was before the lab, and is not the lab's."""
    own = snapshot.docker or {}
    known = {
        str(raw.get("Name", "")).lstrip("/")
        for kind in ("containers", "networks", "volumes")
        for raw in own.get(kind, {}).values()
    }
    listed = {name_of(raw) for raw in engine.list("containers")}
    listed |= {str(raw["Name"]) for kind in ("networks", "volumes") for raw in engine.list(kind)}
    before = found.baseline
    listed |= {*before.containers.values(), *before.networks.values(), *before.volumes}
    listed |= {
        ref.partition("@")[0]
        for refs in before.images.values()
        for ref in refs
        if "/" in ref and not (ref.startswith(OWN) or found.scope.holds_reference(ref))
    }
    around = (snapshot.cluster or {}).get("around") or []
    listed |= {raw["metadata"]["name"] for raw in around if raw["kind"] == "Namespace"} - {found.namespace}
    return {name.lstrip("/") for name in listed if name} - known


def _person(found: Session) -> Iterator[tuple[str, str]]:
    yield str(found.directory), "LAB"
    for folder in (places.state_dir(), places.config_dir(), places.cache_dir()):
        yield str(folder), "LABRUNNER"
    for home in {str(Path.home()), os.environ.get("HOME", "")} - {"", "/"}:
        yield home, "~"
    with contextlib.suppress(KeyError, OSError):
        yield getpass.getuser(), "USER"
    for name in ("USER", "LOGNAME", "SUDO_USER"):
        yield os.environ.get(name, ""), "USER"
    for host in {socket.gethostname(), platform.node()}:
        yield host, "HOST"
        yield host.partition(".")[0], "HOST"
    yield found.student, "STUDENT"
    yield settings.load().student, "STUDENT"
    yield found.install, "INSTALL"
    yield found.install[:6], "INSTALL"


def _environment(snapshot: Snapshot) -> Iterator[str]:
    """Yield the values of variables that containers and Pods were given, those of their images left out."""
    docker, cluster = snapshot.docker or {}, snapshot.cluster or {}
    common = {one for raw in docker.get("images", {}).values() for one in _env(raw)}
    for raw in docker.get("containers", {}).values():
        for one in set(_env(raw)) - common:
            yield one.partition("=")[2]
    for raw in cluster.get("objects", []):
        spec = raw.get("spec") or {}
        pod = (spec.get("template") or {}).get("spec") or spec
        for container in [*(pod.get("containers") or []), *(pod.get("initContainers") or [])]:
            for one in container.get("env") or []:
                yield str(one.get("value") or "")


def _env(raw: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in (raw.get("Config") or {}).get("Env") or []]


def _tells(text: str, vocabulary: frozenset[str]) -> bool:
    """Tell whether a variable's value would be missed: a flag, a port, or a word of the lab's says nothing."""
    return len(text) >= LONG or not (text.isdecimal() or text.lower() in USUAL or text in vocabulary)


def _vocabulary(found: Session) -> frozenset[str]:
    """Return the words that the lab itself says: what is called so elsewhere cannot be told from them."""
    lab = found.loaded.lab
    said = [*lab.names, *lab.references, *(image.repository for image in lab.images.values())]
    return frozenset(word for text in said for word in WORD.findall(text)) | frozenset(lab.names)
