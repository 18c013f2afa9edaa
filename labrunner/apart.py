"""Strangers' checks, judged in a process of their own: it gets the snapshot, has limits, and is killed with its group.

The labs of this package are judged where they are; a pack from elsewhere may loop, swell, fork or exit, and a run
must still end with a verdict on everything else.
"""

import atexit
import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import gettempdir
from threading import Lock, Thread
from typing import Any

from labrunner import wait
from labrunner.catalog import LoadedLab
from labrunner.lab import Check
from labrunner.operation import filled
from labrunner.outcome import Cause, Outcome, Verdict
from labrunner.values import spoken
from labrunner.words import language, say
from labrunner.world.snapshot import Snapshot

LIMIT = 10.0
"""Seconds that one check may take."""
START = 30.0
"""Seconds until the process has loaded the lab."""
MEMORY = 1 << 30
"""Bytes of address space that it may have, where the system can be told so."""
LINE = 1 << 20
"""Bytes of one verdict."""
TOKEN = "LABRUNNER_APART"  # noqa: S105 - a variable's name
PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from labrunner.apart_child import main;"
    " main(json.loads(sys.argv[2]))"
)

_children: dict[tuple[Path, str], "_Child"] = {}
"""The process of each lab that was judged so, kept for the next look."""
_one_at_a_time = Lock()
"""Who asks hears the answers before anybody else asks: else two students would have each other's verdicts."""


class _Ended(Exception):
    """The process gave no verdict; the sentence says why."""


def judged(
    loaded: LoadedLab, checks: Sequence[Check], snapshot: Snapshot, values: Mapping[str, str], client: str = ""
) -> list[Verdict]:
    """Apply a stranger's checks to a snapshot, each within LIMIT; what gives no verdict is an error.

    Args and Returns:
        as of `judge.judge`, for several checks.
    """
    with _one_at_a_time:
        return _judged(loaded, checks, snapshot, values, client)


def _judged(
    loaded: LoadedLab, checks: Sequence[Check], snapshot: Snapshot, values: Mapping[str, str], client: str
) -> list[Verdict]:
    rest, found = list(checks), list[Verdict]()
    while rest:
        try:
            child = _child(loaded)
            child.ask(
                {
                    "checks": [check.id for check in rest],
                    "snapshot": asdict(snapshot),
                    "values": dict(values),
                    "client": client,
                }
            )
            while rest:
                found.append(child.verdict(rest[0]))
                rest.pop(0)
        except _Ended as ended:
            _end(loaded)
            broken = rest.pop(0)
            claim = filled(loaded.text.steps[broken.step].claims[broken.id], spoken(loaded.lab, values))
            found.append(_error(loaded, broken, claim, str(ended)))
    return found


def _child(loaded: LoadedLab) -> "_Child":
    key = (loaded.entry.folder, language())
    if key not in _children or not _children[key].alive:
        _children[key] = _Child(loaded)
    return _children[key]


def _end(loaded: LoadedLab) -> None:
    if (child := _children.pop((loaded.entry.folder, language()), None)) is not None:
        child.kill()


@atexit.register
def end_all() -> None:
    """End every such process."""
    while _children:
        _children.popitem()[1].kill()


class _Child:
    """One process for one lab.

    Raises:
        _Ended: it could not load the lab.
    """

    def __init__(self, loaded: LoadedLab) -> None:
        self.token = secrets.token_hex(16)
        self._heard = bytearray()
        self._out, result = os.pipe()
        entry = loaded.entry
        told = {"slug": entry.slug, "heading": entry.heading, "folder": str(entry.folder), "result": result}
        told |= {"language": language(), "memory": MEMORY}
        # The folder that we were started in is no place to import from.
        paths = [str(Path(one).absolute()) for one in sys.path if one]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", PROGRAM, json.dumps(paths), json.dumps(told)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", TOKEN: self.token},
                cwd=gettempdir(),
                pass_fds=[result],
                start_new_session=True,
            )
        finally:
            os.close(result)
        try:
            self._line(START)
        except _Ended:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> None:
        """Send a request; by a thread, for it may be larger than a pipe is."""
        data = json.dumps(request).encode() + b"\n"
        Thread(target=self._feed, args=(data,), daemon=True).start()

    def _feed(self, data: bytes) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def verdict(self, check: Check) -> Verdict:
        """Return the verdict on a check, which must be the next one."""
        try:
            raw = {**json.loads(self._line(LIMIT)), "step": check.step, "check": check.id}
            causes = tuple(
                Cause(**{**one, "path": tuple(one["path"]), "words": tuple(one["words"])}) for one in raw["causes"]
            )
            told = {**raw, "outcome": Outcome(raw["outcome"]), "causes": causes, "more": tuple(raw["more"])}
            return Verdict(**told)
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise _Ended(
                say(en="the check wrote where only its verdict belongs", zh="检查程序写坏了返回结果的通道")
            ) from broken

    def _line(self, limit: float) -> bytes:
        deadline = wait.now() + limit
        while b"\n" not in self._heard:
            left = deadline - wait.now()
            if left <= 0:
                raise _Ended(say(en=f"the check did not end within {limit:g} s", zh=f"检查没有在 {limit:g} 秒内结束"))
            ready = select.select([self._out], [], [], min(left, 0.2))[0]
            data = os.read(self._out, LINE) if ready else b""
            self._heard += data
            if (ready and not data) or (not ready and not self.alive) or len(self._heard) > LINE:
                raise _Ended(self._how())
        line, _, rest = bytes(self._heard).partition(b"\n")
        self._heard = bytearray(rest)
        return line

    def _how(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.poll()
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            return say(en=f"the check was killed by {name}", zh=f"检查进程被 {name} 杀死")
        if code is None:
            return say(en="the check wrote where only its verdict belongs", zh="检查程序写坏了返回结果的通道")
        return say(en=f"the check ended its own process (exit {code})", zh=f"检查程序结束了自己的进程（exit {code}）")

    def kill(self) -> None:
        """Kill it and everything that it started, also what left its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        for pid in _bearing(f"{TOKEN}={self.token}"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.close(self._out)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.close()


def _bearing(setting: str) -> list[int]:
    """Return the processes in whose environment a setting stands; none where the system does not tell."""
    found: list[int] = []
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if setting.encode() in (one / "environ").read_bytes().split(b"\0"):
                found.append(int(one.name))
    return found


def _error(loaded: LoadedLab, check: Check, claim: str, why: str) -> Verdict:
    slug, notes = loaded.entry.slug, loaded.entry.heading
    return Verdict(slug, check.step, check.id, claim, Outcome.ERROR, why=why, notes=notes)
