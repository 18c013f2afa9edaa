"""Runs a command of ours and interrupts it where it touches the world: `python -m tests.faults.seam start LAB`.

The interpreter itself says where that is: its audit events name every program that is begun, every HTTP request, every
connection, lock and signal, and every change of a file. So nothing can go around the seam, whoever writes it tomorrow,
and the program holds no hook for tests. What the events do not name are bytes that follow on what they named: to a
file that was opened, over a socket that was connected.

FAULT_POINTS names a file that gets the label of each touch, a line each. FAULT_AT says at which of them FAULT_SIGN
strikes, as "TIMES LABEL": when this label comes for so many times, because threads do not take turns. FAULT_SIGN is
INT, TERM, KILL, or INTINT, which is a second Ctrl-C at the next touch after the first. With FAULT_AFTER it strikes as
soon as the touch is done: the program is begun, the request sent, the file renamed, and nobody has written it down.
"""

import builtins
import fcntl
import functools
import http.client
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

POINTS, AT, SIGN, AFTER = "FAULT_POINTS", "FAULT_AT", "FAULT_SIGN", "FAULT_AFTER"
STRUCK = "struck"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP/1")
VARIES = re.compile(r"[0-9a-f]{6,}")
DRAWN = re.compile(r"(?<=[.-])(\d+\.)?[a-z0-9_]{8}(?=/|$)")
"""What is drawn for a name that lasts for a moment, with the number of the process."""
STORE = re.compile(r"(/registry/).*")
"""What the registry serves: hundreds of files, one like another."""
GROUPS = ("network", "image", "volume", "container")
CHANGES = {
    "os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.link": 2, "os.symlink": 2, "os.truncate": 1,
    "os.chmod": 1, "os.utime": 1,
}  # fmt: skip
"""Audit events of files → how many of their arguments are paths; the last one says which file it is about."""


class Seam:
    """Names the touches of this process, and strikes at one of them."""

    def __init__(self, file: str, at: str, sign: str, *, after: bool) -> None:
        self._kept = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        times, _, self._label = at.partition(" ")
        self._times, self._after = int(times or 0), after
        self._signs = {"INTINT": [signal.SIGINT] * 2}.get(sign) or [signal.Signals[f"SIG{sign or 'INT'}"]]
        self._met: Counter[str] = Counter()
        self._due: int | None = None
        self._alone = threading.Lock()
        self._mine = threading.local()

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take in one audit event."""
        if event not in HEARD or getattr(self._mine, "busy", False):
            return
        self._mine.busy = True
        try:
            said = HEARD[event](arguments)
            struck = bool(said) and self._touched(f"{event.rpartition('.')[2]} {said}")
        finally:
            self._mine.busy = False
        if struck:
            self._strike()

    def returned(self) -> None:
        """Take in that this thread has done what it was about to do."""
        if self._due == threading.get_ident() and self._signs:
            self._strike()

    def _touched(self, label: str) -> bool:
        with self._alone:
            os.write(self._kept, f"{label}\n".encode())
            if self._due is not None:  # the touch before is done, or it is the first one of the way back
                return bool(self._signs)
            self._met[label] += 1
            if label != self._label or self._met[label] != self._times:
                return False
            self._due = threading.get_ident()
            return not self._after

    def _strike(self) -> None:
        """Signal as a terminal, a shutdown, or the kernel does; the second time comes with the next touch."""
        sign = self._signs.pop(0)
        self._due = -1
        os.write(self._kept, f"{STRUCK} {sign.name}\n".encode())
        if sign is signal.SIGINT:
            os.killpg(os.getpgrp(), sign)
        else:
            os.kill(os.getpid(), sign)

    def stand_behind(self) -> None:
        """Have `returned` called as soon as one of the functions has returned that audit events come from."""
        for where, name in RETURNS:
            setattr(where, name, self._followed(getattr(where, name)))

    def _followed(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def called(*arguments: Any, **named: Any) -> Any:
            found = real(*arguments, **named)
            self.returned()
            return found

        return called


def _path(path: Any) -> str:
    """Return what a file is called in every run; empty for what is no file of ours."""
    if isinstance(path, int):
        return ""
    text = os.fsdecode(path)
    if not text.startswith("/"):
        return "in a folder that goes"  # as `shutil.rmtree` removes: by name, in a folder that it has opened
    for name, stands in ((os.environ.get("LABRUNNER_HOME", ""), ""), (tempfile.gettempdir(), "tmp")):
        if name and text.startswith(f"{name}/"):
            text = stands + text.removeprefix(name)
    if text.startswith(("/dev/", "/proc/")):
        return ""
    return STORE.sub(r"\1…", VARIES.sub("…", DRAWN.sub("…", text)))


def _program(arguments: tuple[Any, ...]) -> str:
    name, *words = [os.fsdecode(word) for word in arguments[1]]
    said = [Path(name).name]
    if words[:1] == ["-m"]:
        return f"python -m {words[1]}"
    if said == ["kubectl"]:
        words = re.sub(r"(?:^|(?<= ))(--kubeconfig|--context|-n) \S+ ?", "", " ".join(words)).split()
        return " ".join(["kubectl", *words[: 2 if words[:1] == ["delete"] else 1]])
    plain = [word for word in words if not word.startswith("-")]
    return " ".join([*said, *plain[: 2 if plain[:1] and plain[0] in GROUPS else 1]]) if said == ["docker"] else said[0]


def _opened(arguments: tuple[Any, ...]) -> str:
    path, mode, flags = arguments
    written = bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(flags & WRITES)
    return _path(path) if written else ""


def _changed(paths: int) -> Callable[[tuple[Any, ...]], str]:
    return lambda arguments: _path(arguments[paths - 1])


def _requested(arguments: tuple[Any, ...]) -> str:
    found = REQUEST.match(arguments[1]) if isinstance(arguments[1], bytes) else None
    if found is None:
        return ""
    path = re.sub(r"^/v1\.\d+(?=/)", "", found[2].decode().partition("?")[0])
    return f"{found[1].decode()} {VARIES.sub('…', path)}"


def _connected(arguments: tuple[Any, ...]) -> str:
    return "unix" if isinstance(arguments[1], str | bytes) else "tcp"


HEARD: dict[str, Callable[[tuple[Any, ...]], str]] = {
    "subprocess.Popen": _program,
    "http.client.send": _requested,
    "socket.connect": _connected,
    "open": _opened,
    "fcntl.flock": lambda _: "a lock",
    "os.kill": lambda arguments: str(arguments[1]),
    "os.killpg": lambda arguments: str(arguments[1]),
    **{event: _changed(paths) for event, paths in CHANGES.items()},
}
"""What touches the world → its label; empty where it does not."""


RETURNS: tuple[tuple[Any, str], ...] = (
    *((os, name) for name in ("open", "rename", "replace", "remove", "unlink", "mkdir", "rmdir", "link", "chmod")),
    *((os, name) for name in ("symlink", "truncate", "utime", "kill", "killpg")),
    (builtins, "open"),
    (io, "open"),
    (fcntl, "flock"),
    (http.client.HTTPConnection, "send"),
    (subprocess.Popen, "__init__"),
)


def main() -> int:
    """Run the command line under the seam."""
    from labrunner.cli import main as labrunner

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background ignore it
    taken = {name: os.environ.pop(name, "") for name in (POINTS, AT, SIGN, AFTER)}
    seam = Seam(taken[POINTS], taken[AT], taken[SIGN], after=bool(taken[AFTER]))
    seam.stand_behind()
    sys.addaudithook(seam.heard)
    return labrunner()


if __name__ == "__main__":
    sys.exit(main())
