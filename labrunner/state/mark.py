"""How far a recorder has heard: what a later one needs to know in order to say that nothing was missed."""

import contextlib
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "recorder.mark"
MARGIN = 2 * 10**9
"""Nanoseconds that what the daemon says may be on its way."""


@dataclass(slots=True)
class Kind:
    """How far one kind of the cluster's objects has been heard of.

    Attributes:
        version: the resourceVersion from which a watch goes on.
        heard: when something was heard last, in nanoseconds.
        blind: since when the watch is broken; 0 where it is not.
    """

    version: str = ""
    heard: int = 0
    blind: int = 0


@dataclass(slots=True)
class Mark:
    """Kept beside the log, and written over every few seconds: a log line for each would be most of the log.

    Attributes:
        file: where; nowhere where it is None, for what is staged has no later recorder.
        docker: until when the daemon's events are known in full, in nanoseconds.
        kinds: the same for each kind of the cluster's.
        ahead: nanoseconds that the daemon's clock is ahead of ours; its events bear its own time.
    """

    file: Path | None = None
    docker: int = 0
    kinds: dict[str, Kind] = field(default_factory=dict)
    ahead: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def read(cls, directory: Path) -> "Mark":
        """Return what is written in a lab's folder; nothing known where there is nothing readable."""
        found = cls(directory / FILE)
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            kept: dict[str, Any] = json.loads((directory / FILE).read_text(encoding="utf-8"))
            kinds = {name: Kind(str(v), int(heard), int(blind)) for name, (v, heard, blind) in kept["kinds"].items()}
            found.docker, found.kinds = int(kept["docker"]), kinds
        return found

    def hears(self, *, docker: bool) -> None:
        """Write down that everything until now was heard, of Docker where its stream is alive.

        A mark that could not be written, on a full disk, leaves an older one, and at worst a gap that is none.
        """
        now = time.time_ns() + self.ahead
        with self._lock:
            if docker:
                self.docker = max(self.docker, now - MARGIN)
            if self.file is None:
                return
            kinds = {name: [kind.version, kind.heard, kind.blind] for name, kind in self.kinds.items()}
            beside = self.file.with_name(f"{FILE}.new")
            with contextlib.suppress(OSError):
                beside.write_text(json.dumps({"docker": self.docker, "kinds": kinds}), encoding="utf-8")
                os.replace(beside, self.file)  # noqa: PTH105 - one system call, every few seconds

    @property
    def blind(self) -> int:
        """Since when some kind of the cluster's objects is not heard of; 0 where all are."""
        return min((kind.blind for kind in self.kinds.values() if kind.blind), default=0)
