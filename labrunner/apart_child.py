"""The process in which a stranger's checks are judged: requests in on stdin, verdicts out on a pipe of their own."""

import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

from labrunner import catalog, wait, words
from labrunner.catalog import Entry, LoadedLab
from labrunner.judge import judge
from labrunner.world.redact import revived
from labrunner.world.snapshot import Snapshot

PARENT = 1.0
"""Seconds between two looks at whether whoever asks still lives."""


def main(told: dict[str, Any]) -> None:
    """Load the lab, say so, and judge what is asked for until nobody asks any more; never returns.

    Args:
        told: the lab's slug, heading and folder, the language, the pipe's number, and the bytes of memory.
    """
    _limit(int(told["memory"]))
    words.speak(told["language"])
    asked = os.fdopen(os.dup(0), "rb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)  # what a check reads is nothing of ours
    own, result = os.getpid(), int(told["result"])
    Thread(target=_ends_with, args=(os.getppid(),), daemon=True).start()
    folder = Path(told["folder"])
    loaded = catalog.load_entry(Entry(told["slug"], told["heading"], folder, "apart"))
    _say(result, {"loaded": told["slug"]})
    for line in asked:
        for verdict in _judged(loaded, json.loads(line)):
            if os.getpid() != own:
                os._exit(0)  # a check forked, and this is what came of it
            _say(result, verdict)
    sys.stdout.flush()
    os._exit(0)  # threads that a check left behind hold nobody up


def _judged(loaded: LoadedLab, request: dict[str, Any]) -> Any:
    raw = request["snapshot"]
    snapshot = revived(Snapshot(**{**raw, "log": tuple(raw["log"]), "gaps": tuple(raw["gaps"])}))
    checks = {check.id: check for check in loaded.lab.checks}
    for name in request["checks"]:
        yield asdict(judge(loaded, checks[name], snapshot, request["values"], request["client"]))


def _say(result: int, value: Any) -> None:
    data = json.dumps(value).encode() + b"\n"
    while data:
        data = data[os.write(result, data) :]


def _ends_with(parent: int) -> None:
    """End this process when whoever began it is gone, also by SIGKILL, and a check still runs."""
    while os.getppid() == parent:
        wait.pause(PARENT)
    os._exit(1)


def _limit(memory: int) -> None:
    import resource

    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):  # not every system can be told so
            resource.setrlimit(what, (most, most))
