"""Whether anything happened in a lab since the shell last looked: by the dates of its files, without a look."""

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOKED, AGAIN = "looked", "look-again"
"""In the lab's folder: its date is when the last look began that needs no other; somebody waits for one more."""
FILES = ("log.jsonl", "lab.json")
"""What is written when something happens: the recorder's log, and what was handed in."""
SETTLES = 10.0
"""Seconds after the last event within which a claim may still come true without another one."""
COARSE = 0.02
"""Seconds by which a file's date may be too early: the kernel's clock for them ticks every few milliseconds."""


class Moved:
    """What the dates of a lab's files tell.

    The shells ask the same of the same files before they run us at all (see shell_setup.py).

    Args:
        folder: the lab's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def since_last_look(self) -> bool:
        """Tell whether a look may show anything new; a recorder that is not there lets nothing be known."""
        looked = self._date(LOOKED)
        return not looked or any(self._date(name) > looked for name in FILES) or not self._is_recorded()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Take note that the lab was looked at, where the look raises nothing and all had settled when it began."""
        began = time.time() - COARSE
        yield
        if began - self._date("log.jsonl") >= SETTLES:
            file = self._folder / LOOKED
            file.touch()
            os.utime(file, (began, began))

    def want_another(self) -> None:
        """Ask whoever looks now to look once more."""
        (self._folder / AGAIN).touch()

    def wants_another(self) -> bool:
        """Tell whether somebody asked for one more look, and forget it."""
        try:
            (self._folder / AGAIN).unlink()
        except FileNotFoundError:
            return False
        return True

    def _is_recorded(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self._folder / "recorder.pid").read_text(encoding="utf-8")), 0)
            return True
        return False

    def _date(self, name: str) -> float:
        try:
            return (self._folder / name).stat().st_mtime
        except OSError:
            return 0.0
