"""What a workbench makes on a daemon, written down before it is made, so that a successor can take it away."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labrunner import scratch
from labrunner.environment import cache


@dataclass(frozen=True, slots=True)
class Ledger:
    """The names that one workbench gives.

    Attributes:
        token: the workbench's.
        host: the daemon, as DOCKER_HOST names it; empty for the default one.
    """

    token: str
    host: str

    @property
    def _file(self) -> Path:
        return cache.root() / "workbenches" / self.token

    def open(self) -> None:
        """Begin it, with who writes it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(f"{os.getpid()}\n{self.host}\n")

    def add(self, reference: str) -> None:
        """Write down a name that is about to be given."""
        if self._file.exists():
            with self._file.open("a") as file:
                file.write(f"{reference}\n")

    def references(self) -> list[str]:
        """Return the names that were written down."""
        return self._file.read_text().splitlines()[2:] if self._file.exists() else []

    def close(self) -> None:
        """Forget it: nothing that it names is there any more."""
        self._file.unlink(missing_ok=True)


def orphans(host: str) -> Iterator[Ledger]:
    """Yield the ledgers on this daemon whose writers are gone."""
    folder = cache.root() / "workbenches"
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        pid, at, *_ = [*file.read_text().splitlines(), "", ""]
        if at == host and not (pid.isdecimal() and scratch.runs(int(pid))):
            yield Ledger(file.name, host)
