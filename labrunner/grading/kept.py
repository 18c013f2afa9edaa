"""What the looks at a submission have read, kept as evidence: written while the next step's script runs."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from labrunner import witness
from labrunner.outcome import Report
from labrunner.staging import Stage
from labrunner.world.snapshot import Snapshot


class Kept:
    """The evidence of one lab, a file a look; `keeping` makes one.

    Args:
        stage: the lab.
        folder: None where nothing is kept.
        behind: writes.
    """

    def __init__(self, stage: Stage, folder: Path | None, behind: Executor) -> None:
        self._session, self._folder, self._behind = stage.session, folder, behind
        self._versions = witness.versions(stage.session, stage.world) if folder else {}
        self._writing: list[Future[None]] = []

    def put(self, name: str, report: Report, snapshot: Snapshot) -> None:
        """Have a look written into the file of that name."""
        if self._folder is not None:
            told = replace(report, versions=self._versions)
            writing = self._behind.submit(witness.write, self._folder / name, self._session, snapshot, told, {})
            self._writing.append(writing)

    def whole(self) -> None:
        """Wait until everything is written; raises as `witness.write` does."""
        for one in self._writing:
            one.result()


@contextmanager
def keeping(stage: Stage, folder: Path | None) -> Iterator[Kept]:
    """Keep evidence in a folder while the block runs; what was put there is written when it ends, however it ends."""
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ThreadPoolExecutor(1, thread_name_prefix="evidence") as behind:
        yield Kept(stage, folder, behind)
