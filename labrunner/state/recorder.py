"""A small detached process that appends the daemon's events in a lab's scope to its log.

The engine keeps only 256 events in memory (moby, daemon/events), and an exit code of a removed container exists
nowhere else. Run as `python -m labrunner.state.recorder DIRECTORY`.
"""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.state import cluster_log, journal, lock, log
from labrunner.world.docker_engine import EXEC_MARK, DockerEngine, Inventory
from labrunner.world.reader import ROLE, Scope

IDLE = 12 * 3600.0
"""Seconds without an event after which a recorder ends by itself."""
ALIVE = 15.0
"""Seconds between two signs of life."""
KEPT_EXECS = 200
"""Exec events kept a container: a health check runs one every few seconds."""
RECALL = 2.0
"""Seconds in which the daemon repeats what it still knows."""
STAMP = re.compile(r"(?P<whole>[^.Z+]+T[\d:]+)(?:\.(?P<digits>\d+))?(?P<zone>Z|[+-]\d\d:\d\d)")
"""RFC 3339; Python's own reader stops at microseconds."""
READY = 10.0
"""Seconds that a new recorder may take until it listens."""


class Recorder:
    """Follows one daemon for one lab.

    Args:
        engine: the daemon.
        scope: what of it belongs to the lab.
        directory: where the log is.
    """

    def __init__(self, engine: DockerEngine, scope: Scope, directory: Path) -> None:
        self.engine, self.scope, self.file = engine, scope, directory / log.FILE
        self.heard = wait.now()
        self._known: dict[str, bool] = {}
        self._execs: dict[str, int] = {}

    def follow(self, since: str) -> None:
        """Append events from `since` (the daemon's own time, RFC 3339) on, until the daemon ends the stream."""
        before = [event for event in log.events(log.read(self.file.parent)) if "nano" in event]
        last = int(before[-1]["nano"]) if before else None
        heard = self._pumped(unix_time(since) if last is None else _from_nano(last))
        seen = {event["nano"] for event in before}
        if last is None:
            # With nothing recorded yet, only the first recorder knows that it missed nothing.
            self._begin(continuous=not log.read(self.file.parent))
        else:
            # A daemon that restarted forgot its events: only if it still knows our last one was nothing missed.
            first = _got(heard, within=RECALL)
            self._begin(continuous=first is not None and int(first.get("timeNano", 0)) <= last)
            self._append(first, seen)
        while (event := _got(heard)) is not None:
            self._append(event, seen)

    def _pumped(self, since: str) -> "queue.SimpleQueue[dict[str, Any] | None]":
        """Return a queue of the daemon's events; None comes last, when the stream has ended."""
        heard: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

        def pump() -> None:
            try:
                for event in self.engine.events(since):
                    heard.put(event)
            except Exception as broken:  # noqa: BLE001 - whatever broke it, a deaf recorder must end, and be seen to
                print(f"the stream of events broke: {broken!r}", file=sys.stderr)  # noqa: T201 - into recorder.out
            finally:
                heard.put(None)

        threading.Thread(target=pump, daemon=True).start()
        return heard

    def _begin(self, *, continuous: bool) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        journal.append(self.file, {"recorder": "begin", "pid": os.getpid(), "at": at, "continuous": continuous})

    def _append(self, event: dict[str, Any] | None, seen: set[int]) -> None:
        if event is None or event.get("timeNano") in seen or (record := self._record(event)) is None:
            return
        self.heard = wait.now()
        if record["type"] == "container" and record["action"] in ("create", "start"):
            with contextlib.suppress(LabrunnerError):
                record["inspect"] = self.engine.inspect("containers", record["id"])
        journal.append(self.file, record)

    def _record(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return what is kept of an event, or None where it is not the lab's."""
        kind, action = str(event.get("Type", "")), str(event.get("Action", ""))
        actor = event.get("Actor") or {}
        attributes = dict(actor.get("Attributes") or {})
        id_ = str(actor.get("ID", ""))
        name = str(attributes.get("name", ""))
        if EXEC_MARK in action or ROLE in attributes or action.startswith(("exec_start", "exec_die", "health_status")):
            return None
        if kind == "container":
            if not self._is_ours(id_, name, str(attributes.get("image", ""))):
                return None
            if action.startswith("exec_create"):
                self._execs[id_] = self._execs.get(id_, 0) + 1
                if self._execs[id_] > KEPT_EXECS:
                    return None
        elif not self._concerns(kind, id_, name, attributes):
            return None
        return {
            "type": kind,
            "action": action,
            "id": id_,
            "name": name,
            "attributes": attributes,
            "nano": event["timeNano"],
        }

    def _is_ours(self, id_: str, name: str, image: str) -> bool:
        if id_ in self.scope.baseline.containers:
            return False
        if not self._known.get(id_):  # one that is not the lab's yet may be renamed into it
            self._known[id_] = self.scope.is_named(name) or self.scope.holds_reference(image)
        return self._known[id_]

    def _concerns(self, kind: str, id_: str, name: str, attributes: dict[str, Any]) -> bool:
        if kind == "network":
            return self.scope.is_named(name) or self._known.get(str(attributes.get("container", "")), False)
        if kind == "volume":
            return self.scope.is_named(id_) or self._known.get(str(attributes.get("container", "")), False)
        return kind == "image" and (self.scope.holds_reference(name) or self.scope.holds_reference(id_))


def unix_time(stamp: str) -> str:
    """Return an RFC 3339 time with nanoseconds as the events API wants it: "seconds.nanoseconds"."""
    found = STAMP.fullmatch(stamp)
    if found is None:
        raise ValueError(f"not a time of the daemon's: {stamp!r}")
    moment = datetime.fromisoformat(found["whole"] + found["zone"])
    return f"{int(moment.timestamp())}.{(found['digits'] or '').ljust(9, '0')[:9]}"


def _from_nano(nano: int) -> str:
    return f"{nano // 10**9}.{nano % 10**9:09d}"


def _got(heard: "queue.SimpleQueue[dict[str, Any] | None]", within: float | None = None) -> dict[str, Any] | None:
    try:
        return heard.get(timeout=within)
    except queue.Empty:
        return None


def is_alive(directory: Path) -> bool:
    """Tell whether a recorder of this lab runs."""
    return lock.is_held(directory / log.LOCK)


def begin(directory: Path) -> bool:
    """Start the recorder of a lab as a detached process, unless one runs; True once it listens."""
    if is_alive(directory):
        return True
    count = len(log.read(directory))
    with (directory / "recorder.out").open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "labrunner.state.recorder", str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
    listening = wait.until(
        lambda: child.poll() is not None or any("recorder" in r for r in log.read(directory)[count:]),
        within=READY,
        every=0.05,
    )
    return bool(listening) and child.poll() is None


def end(directory: Path) -> None:
    """End the recorder of a lab, if one runs, and wait until it has."""
    file = directory / "recorder.pid"
    if not is_alive(directory):
        return
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(file.read_text(encoding="utf-8")), signal.SIGTERM)
    wait.until(lambda: not is_alive(directory), within=READY, every=0.05)


def scope_of(directory: Path) -> tuple[str, Scope, str]:
    """Return the daemon's address, the scope and the baseline's time, from a lab's files."""
    stored = json.loads((directory / "recorder.json").read_text(encoding="utf-8"))
    baseline = Inventory.of(json.loads((directory / "baseline.json").read_text(encoding="utf-8")))
    return stored["url"], Scope(stored["install"], stored["prefix"], baseline), stored["since"]


def daemon_of(directory: Path) -> str:
    """Return the ID of the daemon that a lab was started on, from the lab's files; empty where it is not known."""
    return str(json.loads((directory / "recorder.json").read_text(encoding="utf-8")).get("daemon", ""))


def main(directory: Path) -> int:
    """Record until the lab is stopped, the daemon is gone for good, or nothing happened for IDLE seconds."""
    try:
        alone = FileLock(directory / log.LOCK, timeout=0)
        alone.acquire()
    except Timeout:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    (directory / "recorder.pid").write_text(str(os.getpid()), encoding="utf-8")
    url, scope, since = scope_of(directory)
    try:
        recorder = Recorder(DockerEngine(url), scope, directory)
        if (kubeconfig := directory / "kubeconfig").exists():
            cluster_log.follow(kubeconfig, _namespace(directory), directory / log.FILE)
        follower = threading.Thread(target=_follow, args=(recorder, since), daemon=True)
        follower.start()
        while follower.is_alive() and wait.now() - recorder.heard < IDLE and (directory / "recorder.json").exists():
            follower.join(timeout=ALIVE)
    except LabrunnerError:
        return 1
    finally:
        alone.release()
    return 0


def _namespace(directory: Path) -> str:
    return str(json.loads((directory / "recorder.json").read_text(encoding="utf-8"))["namespace"])


def _follow(recorder: Recorder, since: str) -> None:
    with contextlib.suppress(LabrunnerError, OSError, ValueError):
        recorder.follow(since)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
