"""The processes of ours that outlive a command: recorders, an outage's keeper, and what stops a sleeping cluster."""

import os
from collections.abc import Iterator
from pathlib import Path

from labrunner import places

WORK = {
    "labrunner.state.recorder": "recorder",
    "labrunner.environment.outage_keeper": "keeper",
    "labrunner.environment.cluster_sleep": "nap",
}
"""The module that such a process runs → what it is called."""
PROCESSES = Path("/proc")


def processes() -> Iterator[tuple[int, str]]:
    """Yield each process that works for this installation, as (pid, "recorder" | "keeper" | "nap").

    They are found as Linux shows them; where there is no /proc, none is.
    """
    for folder in sorted(PROCESSES.glob("[0-9]*"), key=lambda folder: int(folder.name)):
        try:
            words = (folder / "cmdline").read_text(errors="replace").split("\0")
            module = next((word for word in words if word in WORK), "")
            if module and _home(folder) == os.environ.get("LABRUNNER_HOME", "") and _is_here(module, words):
                yield int(folder.name), WORK[module]
        except OSError:  # it ended meanwhile, or is another user's
            continue


def _home(folder: Path) -> str:
    """Return which installation a process is of, by the variable that it inherited."""
    for entry in (folder / "environ").read_text(errors="replace").split("\0"):
        if entry.startswith("LABRUNNER_HOME="):
            return entry.partition("=")[2]
    return ""


def _is_here(module: str, words: list[str]) -> bool:
    """Tell whether a recorder writes in a lab's folder of ours; the others have no folder."""
    return WORK[module] != "recorder" or any(word.startswith(f"{places.state_dir()}{os.sep}") for word in words)
