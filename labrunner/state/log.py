"""The recorder's log: one JSON record a line, appended by one process and read by any."""

from pathlib import Path
from typing import Any

from labrunner.state import journal

FILE = "log.jsonl"
LOCK = "recorder.lock"


def read(directory: Path) -> list[dict[str, Any]]:
    """Return every record of a lab's log, oldest first."""
    return journal.records(directory / FILE)


def is_complete(records: list[dict[str, Any]], *, alive: bool) -> bool:
    """Tell whether the log has no gap from `start` until now.

    Every begin but the first must have found the last recorded event still in the daemon's memory, and the
    recorder must be alive now.
    """
    begins = [record for record in records if record.get("recorder") == "begin"]
    return alive and bool(begins) and all(record.get("continuous") for record in begins)


def events(records: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the records that are events, without the recorder's own."""
    return tuple(record for record in records if "recorder" not in record)
