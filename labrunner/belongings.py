"""Everything of ours on this machine: what `stop --all` would remove, and what stays after it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner import ending, places
from labrunner.catalog import LoadedLab
from labrunner.entering import same_daemon
from labrunner.environment import images, kind_containers
from labrunner.environment import settings as choices
from labrunner.environment.settings import LABEL, ROLE
from labrunner.errors import NoLabStarted
from labrunner.state import background, session
from labrunner.state.ours import owned
from labrunner.world import endpoint as endpoints
from labrunner.world.docker_engine import DockerEngine, name_of
from labrunner.world.endpoint import Endpoint
from labrunner.world.reference import references

DOCKER = ("containers", "networks", "volumes")
KINDS = (*DOCKER, "images", "namespaces", "processes")
Listed = dict[str, list[dict[str, Any]]]
"""What a daemon lists, by kind; read once."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing of ours.

    Attributes:
        kind: containers, networks, volumes, images, namespaces, processes or folders.
        name: as a person knows it; of a process its pid, of a folder its path.
        of: what it is there for: "registry", "sandbox", "node" and the like, "recorder", or a lab's name.
        state: as Docker calls it; empty for what has none.
        bytes: how big it is on the disk; 0 where that is not asked.
        asks: True where `stop` asks before it removes it.
        stays: True where `stop --all` leaves it.
    """

    kind: str
    name: str
    of: str
    state: str = ""
    bytes: int = 0
    asks: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything of ours.

    Attributes:
        install: this installation's id, the value of our label.
        endpoint: the daemon that was looked at.
        all: each thing once, by kind and name; the folders last.
    """

    install: str
    endpoint: Endpoint
    all: tuple[Belonging, ...]


def belongings(extra: Path | None = None) -> Belongings:
    """Look what there is of ours; nothing is changed.

    Args:
        extra: a folder of further labs.

    Raises:
        DockerDown, RemoteDocker: the daemon cannot be asked.
        OtherDaemon: another one answers than a lab was started on.
    """
    install = choices.load().install
    labs = [ending.known(slug, extra) for slug in session.started()]
    opened = [begun for one in labs if (begun := _opened(one)) is not None]
    endpoint = endpoints.reach(opened[-1].endpoint.url if opened else endpoints.resolve())
    for lab in opened:
        same_daemon(lab, endpoint)
    engine = DockerEngine(endpoint.url)
    listed = {kind: engine.list(kind) for kind in (*DOCKER, "images")}
    found = [*_labelled(listed, install), *_nodes(listed, set(kind_containers.of(endpoint, install)))]
    states = {raw["Id"]: str(raw.get("State") or "") for raw in listed["containers"]}
    for lab in opened:
        found += _of_lab(engine, lab, states)
    found += _environment(listed)
    found += [Belonging("namespaces", lab.namespace, lab.loaded.entry.slug) for lab in opened if lab.namespace]
    found += [Belonging("processes", str(pid), what) for pid, what in background.processes()]
    once = {(one.kind, one.name): one for one in reversed(found)}  # what bears our label is said to be that
    known = sorted(once.values(), key=lambda one: (KINDS.index(one.kind), one.name))  # a daemon lists in any order
    return Belongings(install, endpoint, (*known, *_folders()))


def _opened(loaded: LoadedLab) -> session.Session | None:
    try:
        return session.opened(loaded, session.directory_of(loaded.entry.slug))
    except NoLabStarted:
        return None


def _labelled(listed: Listed, install: str) -> Iterator[Belonging]:
    for kind in DOCKER:
        for raw in listed[kind]:
            labels = raw.get("Labels") or {}
            if labels.get(LABEL) == install:
                yield Belonging(kind, _name(raw), labels.get(ROLE, "probe"), str(raw.get("State") or ""))


def _nodes(listed: Listed, nodes: set[str]) -> Iterator[Belonging]:
    """The cluster's nodes, which cannot bear our label, and the volumes that go with them."""
    for raw in listed["containers"]:
        if raw["Id"] in nodes:
            yield Belonging("containers", _name(raw), "node", str(raw.get("State") or ""))
            for mount in raw.get("Mounts") or []:
                if mount.get("Type") == "volume":
                    yield Belonging("volumes", str(mount["Name"]), "node")


def _of_lab(engine: DockerEngine, found: session.Session, states: dict[str, str]) -> Iterator[Belonging]:
    slug = found.loaded.entry.slug
    scope, names = ending.with_recorded(found), found.loaded.lab.names
    for one in owned(engine, scope, names, ending.references_of(found)):
        yield Belonging(one.kind, one.name, slug, states.get(one.id, ""), asks=one.reason == "derived")


def _environment(listed: Listed) -> Iterator[Belonging]:
    noted = images.noted()
    for raw in listed["images"]:
        for reference in references(raw):
            if reference in noted:
                yield Belonging("images", reference, "environment", bytes=int(raw.get("Size") or 0))


def _folders() -> Iterator[Belonging]:
    for path, what in (
        (places.config_dir(), "settings"),
        (places.state_dir(), "state"),
        (places.work_dir(), "files"),
        (places.cache_dir(), "cache"),
    ):
        if path.is_dir():
            yield Belonging("folders", str(path), what, bytes=_size(path), stays=True)


def _name(raw: dict[str, Any]) -> str:
    return name_of(raw) or str(raw.get("Name", ""))


def _size(folder: Path) -> int:
    """Return how much a folder takes on the disk: a file with two names counts once, and links are not followed."""
    seen: set[tuple[int, int]] = set()
    size, waiting = 0, [str(folder)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:  # gone meanwhile, or a container's own
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
                continue
            try:
                known = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if (known.st_dev, known.st_ino) not in seen:
                seen.add((known.st_dev, known.st_ino))
                size += known.st_blocks * 512
    return size
