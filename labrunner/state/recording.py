"""Appends the daemon's events in a lab's scope to its log, with what each leaves behind."""

import contextlib
import os
import queue
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.state import continuity, log
from labrunner.state.aftermath import Aftermath
from labrunner.state.mark import Mark
from labrunner.state.recorder import unix_time
from labrunner.world.docker_engine import EXEC_MARK, DockerEngine
from labrunner.world.moments import nano_of
from labrunner.world.reader import ROLE, Scope
from labrunner.world.secret_words import Keeps, without_secrets

KEPT_EXECS = 200
"""Exec events kept a container where they are listened to at all: a health check runs one every few seconds."""
KINDS = ["container", "network", "volume", "image"]
TELLING = [
    "create", "start", "restart", "stop", "die", "kill", "oom", "pause", "unpause", "rename", "update", "destroy",
    "health_status", "commit", "connect", "disconnect", "remove", "mount", "unmount", "pull", "tag", "untag", "delete",
    "import", "load",
]  # fmt: skip
"""What the daemon is asked for; of the execs that a health check makes every second it does not even tell us."""
ATTRIBUTES = ("name", "image", "exitCode", "signal", "oldName", "container", "type", "driver")
"""What is kept of an event's attributes; the rest are the image's labels."""


class Recorder:
    """Follows one daemon for one lab.

    Args:
        engine: the daemon.
        scope: what of it belongs to the lab.
        directory: where the log is.
        mark: how far an earlier recorder has heard.
        whole: True where execs count as well: a proof must know what was touched.
        writer: appends to the log.
        keeps: tells whether a text is the lab's own; what else bears a secret's name is not written down.
    """

    def __init__(  # noqa: PLR0913 - what a recorder is made of
        self,
        engine: DockerEngine,
        scope: Scope,
        directory: Path,
        mark: Mark | None = None,
        *,
        whole: bool = False,
        writer: log.Writer | None = None,
        keeps: Keeps = lambda _: True,
    ) -> None:
        self.engine, self.scope, self.directory, self.whole = engine, scope, directory, whole
        self.mark = mark or Mark()
        self.writer = writer or log.Writer(directory / log.FILE)
        self.heard = wait.now()
        self.listens = False
        self._known: dict[str, bool] = {}
        self._execs: dict[str, int] = {}
        self._aftermath = Aftermath(engine, keeps)

    def follow(self, since: str) -> None:
        """Append events from `since` (the daemon's own time, RFC 3339) on, until the daemon ends the stream."""
        records = log.read(self.directory)
        before = [record for record in records if "nano" in record and record.get("type") in KINDS]
        begins = [record for record in records if record.get("recorder") == "begin"]
        self.mark.ahead = continuity.now_of(self.engine) - time.time_ns()
        told = max([int(record["nano"]) for record in before] + [self.mark.docker], default=0)
        last = told or nano_of(since)
        heard = self._pumped(continuity.from_nano(last) if told else unix_time(since))
        for id_, references in self.engine.inventory().images.items():
            self._known[id_] = any(map(self.scope.holds_reference, references))  # what is done to it tells no reference
        boot = continuity.boot_of(self.engine)
        if begins:
            known = continuity.is_known(self.engine, last, str(begins[-1].get("boot", "")), boot)
        else:
            known = not continuity.may_lack(self.engine, last)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        begin = {"recorder": "begin", "pid": os.getpid(), "at": at, "continuous": known, "boot": boot}
        self.writer.append({**begin, "since": last, "nano": time.time_ns()})
        self.listens = True
        self._go_on(heard, {record["nano"] for record in before})

    def _go_on(self, heard: "queue.SimpleQueue[dict[str, Any] | None]", seen: set[int]) -> None:
        try:
            while (event := _got(heard)) is not None:
                self._append(event, seen)
        finally:
            self.listens = False

    def _pumped(self, since: str) -> "queue.SimpleQueue[dict[str, Any] | None]":
        """Return a queue of the daemon's events; None comes last, when the stream has ended."""
        heard: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        filters = {"type": KINDS} if self.whole else {"type": KINDS, "event": TELLING}

        def pump() -> None:
            try:
                for event in self.engine.events(since, filters=filters):
                    heard.put(event)
            except Exception as broken:  # noqa: BLE001 - whatever broke it, a deaf recorder must end, and be seen to
                said = without_secrets(repr(broken), lambda _text: False)
                print(f"the stream of events broke: {said}", file=sys.stderr)  # noqa: T201 - into recorder.out
            finally:
                heard.put(None)

        threading.Thread(target=pump, daemon=True).start()
        return heard

    def _append(self, event: dict[str, Any], seen: set[int]) -> None:
        if event.get("timeNano") in seen or (record := self._record(event)) is None:
            return
        self.heard = wait.now()
        with contextlib.suppress(LabrunnerError):
            if (found := self._aftermath.of(record)) is not None:
                record["inspect"] = found
                if record["type"] == "image":
                    self._known[str(found["Id"])] = True  # a pull only tells the reference, and not its later name
        self.writer.append(record)

    def _record(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return what is kept of an event, or None where it is not the lab's."""
        kind, action = str(event.get("Type", "")), str(event.get("Action", ""))
        actor = event.get("Actor") or {}
        attributes = dict(actor.get("Attributes") or {})
        id_ = str(actor.get("ID", ""))
        name = str(attributes.get("name", ""))
        if EXEC_MARK in action or ROLE in attributes or action.startswith(("exec_start", "exec_die")):
            return None
        if kind == "container":
            if not self._is_ours(id_, name, str(attributes.get("image", ""))):
                return None
            if action.startswith("exec_create"):
                self._execs[id_] = self._execs.get(id_, 0) + 1
                if self._execs[id_] > KEPT_EXECS:
                    return None
        elif not self._concerns(kind, action, id_, name, attributes):
            return None
        return {
            "type": kind,
            "action": action,
            "id": id_,
            "name": name,
            "attributes": {key: attributes[key] for key in ATTRIBUTES if key in attributes},
            "nano": event["timeNano"],
        }

    def _is_ours(self, id_: str, name: str, image: str) -> bool:
        if id_ in self.scope.baseline.containers:
            return False
        if not self._known.get(id_):  # one that is not the lab's yet may be renamed into it
            self._known[id_] = self.scope.is_named(name) or self.scope.holds_reference(image)
        return self._known[id_]

    def _concerns(self, kind: str, action: str, id_: str, name: str, attributes: dict[str, Any]) -> bool:
        if kind == "network":
            return self.scope.is_named(name) or self._known.get(str(attributes.get("container", "")), False)
        if kind == "volume":
            return self.scope.is_named(id_) or self._known.get(str(attributes.get("container", "")), False)
        if kind != "image":
            return False
        held = self.scope.holds_reference(name) or self.scope.holds_reference(id_)
        known = any(self.scope.holds_reference(ref) for ref in self.scope.baseline.images.get(id_, []))
        self._known[id_] = self._known.get(id_, False) or known or held
        own = self._known[id_] and action in ("untag", "delete", "load")  # other names of it are nobody's business
        return held or own


def _got(heard: "queue.SimpleQueue[dict[str, Any] | None]") -> dict[str, Any] | None:
    return heard.get()
