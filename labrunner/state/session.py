"""A started lab: what is written down of it, and the way back to it."""

import contextlib
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from labrunner import atomic, places, values
from labrunner.catalog import LoadedLab
from labrunner.errors import DiskFull, HalfMade
from labrunner.state import log, outages, recorder
from labrunner.state.mark import Mark
from labrunner.words import say
from labrunner.world.docker_engine import Inventory
from labrunner.world.endpoint import Endpoint
from labrunner.world.reader import NAMED, Scope
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
GOING = ".going"
"""The folder, beside those of labs, of what is being forgotten."""


@dataclass(slots=True)
class Progress:
    """What is kept of a started lab, as JSON; nothing that the world could tell.

    Attributes:
        started: when, UTC.
        passes: check → the verdict that was seen to pass, with "at" (UTC).
        answers: step → what was handed in.
        assisted: steps that `solve` did.
        hints: step → how many hints were given.
        prepared: name → ID of each container that `start` made.
        done: True from the end of `start` to when `reset` or `stop` takes the first thing away; else somebody was
            interrupted between.
    """

    started: str = ""
    passes: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    assisted: list[str] = field(default_factory=list)
    hints: dict[str, int] = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)
    done: bool = False


@dataclass(slots=True)
class Session:
    """A started lab.

    Attributes:
        loaded: the lab and its words.
        directory: where its files are.
        endpoint: the daemon that it was started on.
        install: this install's id.
        student: whose values it has.
        port: the registry's port.
        namespace, kubeconfig: where it lives in the cluster; empty where it does not.
        baseline: what was there before.
        progress: what was done.
        detached: False where no recorder process of its own is wanted (demo, proof: a thread records).
        files: the folder of what the lab hands out; empty where it hands out nothing.
        told: what the cluster's add-ons say of themselves, by the names of values; empty where the lab has none.
        asked_at: the port at which a stage's own registry is asked from outside its sandbox; 0 where that is `port`.
        planted: what its secrets are drawn from in place of the student; empty where they are the student's.
        tools: variables by which a stage's scripts find what the machine lacks; a learner's own are left alone.
    """

    loaded: LoadedLab
    directory: Path
    endpoint: Endpoint
    install: str
    student: str
    port: int
    namespace: str = ""
    kubeconfig: str = ""
    client: str = ""
    baseline: Inventory = field(default_factory=Inventory)
    progress: Progress = field(default_factory=Progress)
    detached: bool = True
    files: str = ""
    tools: dict[str, str] = field(default_factory=dict)
    asked_at: int = 0
    told: dict[str, str] = field(default_factory=dict)
    planted: str = ""

    @property
    def registry_port(self) -> int:
        """The port of this machine's loopback at which we ask the registry."""
        return self.asked_at or self.port

    @property
    def values(self) -> dict[str, str]:
        """What stands for each declared name, secrets included, fresh ones not."""
        lab, student, port = self.loaded.lab, self.student, self.port
        known = {"namespace": self.namespace, "files": self.files, "planted": self.planted}
        return values.of_lab(lab, student=student, port=port, told=self.told, **known)

    @property
    def spoken(self) -> dict[str, str]:
        """What may stand in words."""
        return values.spoken(self.loaded.lab, self.values)

    @property
    def scope(self) -> Scope:
        """What belongs to the lab on its daemon."""
        lab = self.loaded.lab
        around = lab.touches_nodes or bool(lab.outages)
        return Scope(self.install, f"localhost:{self.port}/", self.baseline, self.namespace, around=around)

    def environ(self) -> dict[str, str]:
        """Return a whole environment in which docker and kubectl mean the lab's own world."""
        env = self.endpoint.environ()
        env.pop("KUBECONFIG", None)
        if self.kubeconfig:
            env["KUBECONFIG"] = self.kubeconfig
        return env

    def rest(self, fresh: dict[str, str]) -> Snapshot:
        """Return the part of a snapshot that is not read from the world."""
        records = log.read(self.directory)
        alive = not self.detached or recorder.is_alive(self.directory)
        gaps = log.gaps(records, alive=alive, mark=Mark.read(self.directory))
        secret = {v.name for v in self.loaded.lab.values.values() if v.kind == "secret"}
        return Snapshot(
            log=log.events(records),
            complete=not any(gap["of"] == "docker" for gap in gaps),
            gaps=gaps,
            since=log.since(records),
            answers=dict(self.progress.answers),
            values={n: t for n, t in {**self.values, **fresh}.items() if n not in secret},
            prepared=dict(self.progress.prepared),
            outages=outages.read(self.directory),
            scope={"names": NAMED, "prefix": self.scope.prefix},
        )

    def save(self) -> None:
        """Write everything down, whole or not at all."""
        kept = {
            "lab": self.loaded.entry.slug,
            "endpoint": asdict(self.endpoint),
            "install": self.install,
            "student": self.student,
            "port": self.port,
            "namespace": self.namespace,
            "kubeconfig": self.kubeconfig,
            "client": self.client,
            "files": self.files,
            "told": self.told,
            "left_out": self.loaded.left_out,
            "outages": [asdict(outage) for outage in self.loaded.lab.outages],
            "progress": asdict(self.progress),
        }
        atomic.write_json(self.directory / "lab.json", kept)

    def undo(self) -> None:
        """Write down that the lab is being taken away, and is not whole; a full disk keeps nobody from it."""
        self.progress.done = False
        with contextlib.suppress(DiskFull):
            self.save()

    def begin_log(self) -> None:
        """Write down what the recorder needs, baseline first."""
        atomic.write_json(self.directory / "baseline.json", asdict(self.baseline))
        found: dict[str, Any] = {"url": self.endpoint.url, "install": self.install}
        found |= {"prefix": f"localhost:{self.port}/"}
        found |= {"namespace": self.namespace, "daemon": self.endpoint.daemon_id}
        text, own = values.public(self.loaded.lab, self.values)
        found |= {"since": self.baseline.taken, "public": text, "own": own}
        atomic.write_json(self.directory / "recorder.json", found)

    def forget(self) -> None:
        """Take away everything that is written of this lab; a symbolic link is removed, never followed."""
        if self.directory.is_symlink():
            self.directory.unlink()
            return
        going = self.directory.parent / GOING
        try:  # at once: half of it would be taken for a lab, or for its past
            places.private(going)
            self.directory.rename(going / f"{self.directory.name}-{secrets.token_hex(3)}")
        except OSError:  # it is gone already, or the disk has no room for a folder
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self.directory)
        shutil.rmtree(going, ignore_errors=True)


def directory_of(slug: str) -> Path:
    """Return the folder of a started lab."""
    return places.state_dir() / "labs" / slug


def sweep() -> None:
    """Take away what is of no lab: half-written files, and labs that were being begun or forgotten.

    The lock is held by the caller.
    """
    known = started()
    for path in (places.state_dir() / "labs").glob("*"):
        if path.name not in known and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    for slug in known:
        for name in ("lab.json", "baseline.json", "recorder.json"):
            atomic.sweep(directory_of(slug) / name)


def started() -> list[str]:
    """Return the slugs of the labs of which something is written, the one begun last at the end."""
    root = places.state_dir() / "labs"
    found = [path for path in root.glob("*") if (path / "baseline.json").exists() or any(path.glob("lab.json*"))]
    return [path.name for path in sorted(found, key=lambda path: path.stat().st_mtime)]


def opened(loaded: LoadedLab, directory: Path) -> Session:
    """Return the session that is written in a folder.

    Raises:
        HalfMade: nothing readable is written there.
    """
    try:
        kept = atomic.read_json(directory / "lab.json")
        baseline = Inventory.of(json.loads((directory / "baseline.json").read_text(encoding="utf-8")))
        return Session(
            loaded.without_steps(kept.get("left_out", {})),
            directory,
            _known(Endpoint, kept["endpoint"]),
            str(kept["install"]),
            str(kept["student"]),
            int(kept["port"]),
            str(kept["namespace"]),
            str(kept["kubeconfig"]),
            str(kept["client"]),
            baseline,
            _known(Progress, kept["progress"]),
            files=str(kept.get("files", "")),
            told={str(name): str(text) for name, text in kept.get("told", {}).items()},
        )
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as broken:
        raise HalfMade(
            say(en=f"what was written of {directory.name} cannot be read", zh=f"{directory.name} 的记录无法读取"),
            hint=f"labrunner start {directory.name}",
            lab=directory.name,
        ) from broken


def _known(kind: type[T], kept: Mapping[str, Any]) -> T:
    """Make a record of what was written, without what a later version may have written beside it."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type] # only dataclasses are asked for
    return kind(**{name: value for name, value in kept.items() if name in names})


def utc_now() -> str:
    """Return the time as it is written down: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
