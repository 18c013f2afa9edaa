"""A watch whose looks are handed in one by one, run as the program at a terminal: `python watched.py PACK FOLDER LANG`.

The parent asks for the next look by signal, and ends it as a person would, by Ctrl-C.
"""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cli_fakes import FAILED, FakeDoors, FakeLifecycle, report

from labrunner import catalog, cli, wait
from labrunner.catalog import Entry
from labrunner.outcome import Outcome
from labrunner.watch.sight import Seen, Unseen

SINCE = "2026-01-01T14:02:11+00:00"
LOOKS = {
    "fail": Seen(report(Outcome.FAIL, **FAILED), changed=("network_reaches_outside",)),
    "waiting": Seen(report(Outcome.WAITING, why="the network is being made"), changed=("network_reaches_outside",)),
    "blind": Seen(
        report(Outcome.ERROR, why="the Docker daemon does not answer"),
        (Unseen("docker", SINCE, "the Docker daemon does not answer"),),
        frozenset({"network_reaches_outside"}),
        ("network_reaches_outside",),
    ),
    "pass": Seen(report(Outcome.PASS), changed=("network_reaches_outside",)),
}


def main(pack: str, folder: str, words: list[str], looks: list[str]) -> int:
    """Run `check --watch`, which shows the first look, and another each time that SIGUSR1 comes."""
    entry = Entry("tiny-lab", "Docker › 练习", Path(pack) / "tiny_lab")
    progress = SimpleNamespace(passes={}, assisted=[], started=SINCE)
    session = SimpleNamespace(
        loaded=catalog.load_entry(entry), progress=progress, spoken={}, directory=Path(folder), namespace=""
    )
    asked: list[int] = []  # no semaphore: whoever holds its lock may be who is interrupted
    signal.signal(signal.SIGUSR1, lambda number, _: asked.append(number))

    class Watch:
        def __init__(self, _session: Any) -> None:
            pass

        def __iter__(self) -> Iterator[Seen]:
            for name in looks:
                yield LOOKS[name]
                while not asked:
                    wait.pause(0.02)
                asked.pop()

    doors: Any = FakeDoors(FakeLifecycle(session))
    doors.watch = lambda: SimpleNamespace(Watch=Watch)
    return cli.main(["check", "--watch", *words], doors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[4:], sys.argv[3].split(",")))
