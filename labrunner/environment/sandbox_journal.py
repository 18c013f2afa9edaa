"""Which sandboxes and networks of their own exist, written beforehand, and the removal of those whose maker is gone.

A maker keeps its entry locked as long as it lives, so that nobody else takes its sandbox for a leftover.
"""

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from labrunner import interruption, places
from labrunner.environment.docker_cli import docker, inspect, labelled, remove
from labrunner.environment.settings import LABEL
from labrunner.world.daemon_http import Talk
from labrunner.world.endpoint import Endpoint
from labrunner.world.wire import Wire

ROLE = "sandbox"
BRIEF = 2.0
"""Seconds that an engine which is about to be removed gets to answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One sandbox.

    Attributes:
        name: of its container, of its volume and of its network: what there is of them.
        socket: the folder of its socket, on this machine; empty where it has none.
        url: the daemon that it runs on.
        install: whose it is.
    """

    name: str
    socket: str
    url: str
    install: str


class Held:
    """An entry that is in the journal and locked by this process."""

    def __init__(self, entry: Entry) -> None:
        """Write the entry and lock it."""
        self.entry = entry
        self.path = places.private(_folder()) / f"{entry.name}.json"
        self.file: IO[str] = self.path.open("w", encoding="utf-8")
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.file.write(json.dumps(asdict(entry)))
        self.file.flush()

    def drop(self) -> None:
        """Take the entry out of the journal; right twice as well."""
        self.path.unlink(missing_ok=True)
        self.file.close()


@contextmanager
def journalled(endpoint: Endpoint, entry: Entry) -> Iterator[None]:
    """Have an entry in the journal while the block runs; what there is of it is removed when the block ends."""
    with ExitStack() as stack:
        with interruption.held_back():
            held = Held(entry)
            stack.callback(held.drop)
        stack.callback(_gone, endpoint, entry)
        yield


def _gone(endpoint: Endpoint, entry: Entry) -> None:
    with interruption.held_back(tidies=True):
        remove_pieces(endpoint, entry)


def remove_pieces(endpoint: Endpoint, entry: Entry) -> None:
    """Remove a sandbox's container, volume, network and socket folder: what there is of them, by name and by label."""
    found = inspect(endpoint, "containers", entry.name)
    if found and (found["Config"]["Labels"] or {}).get(LABEL) == entry.install:
        _let_go_on(entry)
        remove(endpoint, "rm", "-f", "-v", found["Id"])
    kept = inspect(endpoint, "volumes", entry.name)
    if kept and (kept.get("Labels") or {}).get(LABEL) == entry.install:
        remove(endpoint, "volume", "rm", entry.name)
    _part(endpoint, entry)
    if entry.socket:
        shutil.rmtree(entry.socket, ignore_errors=True)


def _part(endpoint: Endpoint, entry: Entry) -> None:
    """Remove a network of the entry's name; who else is on it, as the course's registry, is taken off it first."""
    found = inspect(endpoint, "networks", entry.name)
    if found and (found.get("Labels") or {}).get(LABEL) == entry.install:
        for container in found.get("Containers") or {}:
            docker(endpoint, "network", "disconnect", "--force", found["Id"], container, may_fail=True)
        remove(endpoint, "network", "rm", found["Id"])


def _let_go_on(entry: Entry) -> None:
    """Unpause what is paused in a sandbox: on cgroup v1 no signal ends a frozen process, nor then the engine around it.

    An engine that does not answer is removed as it is.
    """
    inside = Wire(lambda: Talk(f"unix://{entry.socket}/docker.sock", BRIEF))
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        status, said = inside.ask("GET", "/containers/json?filters=" + quote('{"status":["paused"]}'))
        for paused in json.loads(said) if status == http.client.OK else ():
            inside.ask("POST", f"/containers/{paused['Id']}/unpause")
    inside.close()


def sweep(endpoint: Endpoint, install: str) -> list[str]:
    """Remove the sandboxes of this installation whose maker is gone.

    Args:
        endpoint: the daemon that they run on.
        install: whose.

    Returns:
        their names.
    """
    gone: list[str] = []
    alive: set[str] = set()
    for path in sorted(_folder().glob("*.json")) if _folder().is_dir() else []:
        entry = _abandoned(path)
        if entry is None:
            alive.add(path.stem)
        elif entry.url == endpoint.url and entry.install == install:
            remove_pieces(endpoint, entry)
            path.unlink(missing_ok=True)
            gone.append(entry.name)
    for kind in ("containers", "volumes", "networks"):  # made by somebody whose journal was lost
        for found in labelled(endpoint, kind, install, ROLE):
            name = found["Names"][0].lstrip("/") if kind == "containers" else found["Name"]
            if name not in alive:
                remove_pieces(endpoint, Entry(name, str(socket_folder(name)), endpoint.url, install))
                gone.append(name)
    return sorted(set(gone))


def socket_folder(name: str) -> Path:
    """Return a short path for a sandbox's socket: a socket's path may have 107 bytes, home folders can be long."""
    user = os.getuid()
    runtime = Path(f"/run/user/{user}")
    short = name.removeprefix("labrunner-")
    if runtime.is_dir() and os.access(runtime, os.W_OK):
        return runtime / f"labrunner-{short}"
    return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 40 else "/tmp") / f"labrunner-{user}-{short}"  # noqa: S108, PLR2004 - 0700, its name is unguessable; short enough for a socket


def _folder() -> Path:
    return places.state_dir() / "sandboxes"


def _abandoned(path: Path) -> Entry | None:
    """Return the entry of a file that nobody holds; None where its maker lives."""
    try:
        with path.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            text = file.read()
    except BlockingIOError:
        return None
    except FileNotFoundError:
        return None
    try:
        return Entry(**json.loads(text))
    except (ValueError, TypeError):  # its maker was killed while it wrote; nothing was made yet
        path.unlink(missing_ok=True)
        return None
