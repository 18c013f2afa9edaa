"""The recorder's process: begun and ended by commands, one a lab.

The engine keeps only 256 events in memory (moby, daemon/events), and an exit code of a removed container exists
nowhere else. Run as `python -m labrunner.state.recorder DIRECTORY`.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.state import lock, log
from labrunner.state.mark import Mark
from labrunner.withheld import prescribing
from labrunner.world.inventory import Inventory
from labrunner.world.reader import Scope

IDLE = 12 * 3600.0
"""Seconds without an event after which a recorder ends by itself."""
ALIVE = 15.0
"""Seconds between two signs of life."""
STAMP = re.compile(r"(?P<whole>[^.Z+]+T[\d:]+)(?:\.(?P<digits>\d+))?(?P<zone>Z|[+-]\d\d:\d\d)")
"""RFC 3339; Python's own reader stops at microseconds."""
CLUSTER = 3.0
"""Seconds that whoever begins a recorder waits for the cluster's part; one that sleeps is heard of later."""
READY = 10.0
"""Seconds that a new recorder may take until it listens."""


def unix_time(stamp: str) -> str:
    """Return an RFC 3339 time with nanoseconds as the events API wants it: "seconds.nanoseconds"."""
    found = STAMP.fullmatch(stamp)
    if found is None:
        raise ValueError(f"not a time of the daemon's: {stamp!r}")
    moment = datetime.fromisoformat(found["whole"] + found["zone"])
    return f"{int(moment.timestamp())}.{(found['digits'] or '').ljust(9, '0')[:9]}"


def is_alive(directory: Path) -> bool:
    """Tell whether a recorder of this lab runs."""
    return lock.is_held(directory / log.LOCK)


def begin(directory: Path) -> bool:
    """Start the recorder of a lab as a detached process, unless one runs; True once it listens."""
    if is_alive(directory):
        return True
    with os.fdopen(os.open(directory / "recorder.out", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "labrunner.state.recorder", str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
    listening = wait.until(
        lambda: child.poll() is not None or any(r.get("pid") == child.pid for r in log.read(directory)),
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


def namespace_of(directory: Path) -> str:
    """Return the namespace of a lab, from the lab's files; empty for none. Raises OSError, ValueError: as read."""
    return str(json.loads((directory / "recorder.json").read_text(encoding="utf-8")).get("namespace", ""))


def keeps_of(directory: Path) -> Callable[[str], bool]:
    """Return what tells whether a text is the lab's own, and so no secret of its learner's.

    Of a lab that an earlier version has begun that is not known; as then, nothing is taken for a secret.
    """
    stored = json.loads((directory / "recorder.json").read_text(encoding="utf-8"))
    return prescribing(stored["public"], stored["own"]) if "public" in stored else lambda _: True


def main(directory: Path) -> int:
    """Record until the lab is stopped, the daemon is gone for good, or nothing happened for IDLE seconds."""
    from filelock import FileLock, Timeout

    from labrunner.state.cluster_log import ClusterLog
    from labrunner.state.recording import Recorder
    from labrunner.world.docker_engine import DockerEngine

    os.umask(0o077)  # what is recorded is its owner's alone
    try:
        alone = FileLock(directory / log.LOCK, timeout=0)
        alone.acquire()
    except Timeout:
        return 0
    mark, writer = Mark.read(directory), log.Writer(directory / log.FILE)
    listening = False

    def ended(*_: object) -> None:
        mark.hears(docker=listening)
        os._exit(0)

    signal.signal(signal.SIGTERM, ended)
    (directory / "recorder.pid").write_text(str(os.getpid()), encoding="utf-8")
    url, scope, since = scope_of(directory)
    try:
        recorder = Recorder(DockerEngine(url), scope, directory, mark, writer=writer, keeps=keeps_of(directory))
        if (kubeconfig := directory / "kubeconfig").exists():
            watching = ClusterLog(kubeconfig, namespace_of(directory), writer, mark, log.read(directory))
            watching.begin()
            wait.until(lambda: watching.listens, within=CLUSTER, every=0.05)
        follower = threading.Thread(target=_follow, args=(recorder.follow, since), daemon=True)
        follower.start()
        while follower.is_alive() and wait.now() - recorder.heard < IDLE and (directory / "recorder.json").exists():
            follower.join(timeout=ALIVE)
            listening = recorder.listens
            mark.hears(docker=listening)
    except LabrunnerError:
        return 1
    finally:
        alone.release()
    return 0


def _follow(follow: Callable[[str], None], since: str) -> None:
    with contextlib.suppress(LabrunnerError, OSError, ValueError):
        follow(since)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
