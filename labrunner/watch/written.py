"""What other commands write down of the lab meanwhile: answers, progress, the recorder's log."""

from dataclasses import replace
from pathlib import Path

from labrunner import wait
from labrunner.errors import NoLabStarted
from labrunner.state import log, session
from labrunner.state.session import Session
from labrunner.watch.plain import Plain
from labrunner.words import say
from labrunner.world.asked import PAST
from labrunner.world.snapshot import Snapshot

LAB = "lab.json"
LAGS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds after an event at which the recorder may have written it down."""


class Written:
    """The lab's files, read again when they are other files.

    Args:
        found: the started lab; its progress is brought up to date.
        fresh: this watch's own tokens.
        plain: takes the secrets out of the log.
    """

    def __init__(self, found: Session, fresh: dict[str, str], plain: Plain) -> None:
        self.session, self._fresh, self._plain = found, fresh, plain
        self._stamps = {name: _stamp(found.directory / name) for name in (LAB, log.FILE)}
        self.rest = self._read()
        self._lags: list[float] = []

    @property
    def size(self) -> int:
        """How long the log is, in bytes."""
        return self._stamps[log.FILE][1]

    def expect(self) -> None:
        """Look for the recorder's records soon: something has just happened."""
        now = wait.now()
        self._lags = [now + lag for lag in LAGS]

    @property
    def next_due(self) -> float | None:
        """When the log is worth a look, on `wait.now`'s clock; None for no reason to look."""
        return self._lags[0] if self._lags else None

    def look(self) -> set[str]:
        """Read what was written since; returns what changed.

        Raises:
            NoLabStarted: the lab was ended, or begun anew.
        """
        now = wait.now()
        self._lags = [due for due in self._lags if due > now]
        new = {name: _stamp(self.session.directory / name) for name in self._stamps}
        other = {name for name, stamp in new.items() if stamp != self._stamps[name]}
        if not other:
            return set()
        self._stamps = new
        if LAB in other:
            self.take_up()
        self.rest = self._read()
        return {"answer/*"} if other == {LAB} else {PAST, "answer/*"}

    def _read(self) -> Snapshot:
        rest = self.session.rest(self._fresh)
        return replace(rest, log=self._plain.log(rest.log))

    def take_up(self) -> None:
        """Read the progress again, so that nothing that another command wrote is written over.

        Raises:
            NoLabStarted: the lab was ended, or begun anew.
        """
        present = session.opened(self.session.loaded, self.session.directory)
        if present.progress.started != self.session.progress.started:
            raise NoLabStarted(say(en="the lab was begun anew", zh="实验已重新开始"), hint="labrunner check --watch")
        self.session.progress = present.progress

    def settled(self) -> None:
        """Take note of the files as they are: what was written last, this watch wrote."""
        self._stamps[LAB] = _stamp(self.session.directory / LAB)


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        told = file.stat()
    except OSError:
        return (0, 0, 0)
    return (told.st_ino, told.st_size, told.st_mtime_ns)
