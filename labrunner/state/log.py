"""The recorder's log: one JSON record a line, appended by one process and read by any."""

import contextlib
import errno
import json
import os
import threading
from pathlib import Path
from typing import Any

from labrunner.state import compaction, journal
from labrunner.state.mark import Mark

FILE = "log.jsonl"
LOCK = "recorder.lock"
LARGEST = 2 << 20
"""Bytes after which what no check reads is taken out of a log; reading that much takes 20 ms."""
Record = dict[str, Any]


class Writer:
    """Appends to a log; the threads of one process may share it.

    A record is not forced onto the disk: it outlives us, and where the machine goes down, so does what it tells of.

    Args:
        file: the log.
        largest: bytes after which it is made smaller; None for never.
    """

    def __init__(self, file: Path, *, largest: int | None = LARGEST) -> None:
        self.file, self._largest = file, largest
        self._lock = threading.Lock()
        self._next = largest or 0

    def append(self, record: Record) -> None:
        """Add one record, whole, and make the log smaller where it has grown too large.

        Raises:
            OSError: it cannot be written.
        """
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        with self._lock:
            handle = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":
                    line = "\n" + line  # after a line that was cut off, on a line of its own
                said = line.encode()
                if os.write(handle, said) != len(said):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(handle)
            if self._largest is not None and size > self._next:
                self._next = max(self._largest, 2 * self._made_smaller())

    def _made_smaller(self) -> int:
        kept = compaction.compacted(journal.records(self.file))
        beside = self.file.with_name(f"{FILE}.new")
        with contextlib.suppress(OSError):  # a full disk keeps the log as it is
            text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in kept)
            beside.write_text(text, encoding="utf-8")
            beside.chmod(0o600)
            beside.replace(self.file)
        return self.file.stat().st_size


def read(directory: Path) -> list[Record]:
    """Return every record of a lab's log, oldest first; what is neither an event nor the recorder's own is none."""
    return [one for one in journal.records(directory / FILE) if "recorder" in one or "nano" in one]


def gaps(records: list[Record], *, alive: bool, mark: Mark | None = None) -> tuple[Record, ...]:
    """Return when nobody recorded, for `Snapshot.gaps`.

    Args:
        records: the whole log.
        alive: whether a recorder runs now.
        mark: how far it has heard, where there is one.
    """
    found: list[Record] = []
    last = 0
    for record in records:
        kind = record.get("recorder")
        if kind == "begin" and not record.get("continuous"):
            found.append(_gap("docker", record.get("since", last), record.get("nano", 0)))
        elif kind == "gap":
            found.append(_gap(str(record["of"]), record["since"], record["until"]))
        last = int(record.get("nano", last) or last)
    begun = any(record.get("recorder") == "begin" for record in records)
    if not alive or not begun:
        found.append(_gap("docker", max(last, mark.docker if mark else 0), 0))
    watched = mark is not None and bool(mark.kinds)
    if mark is not None and watched and (not alive or mark.blind):
        heard = max((kind.heard for kind in mark.kinds.values()), default=0)
        found.append(_gap("cluster", mark.blind or max(last, heard), 0))
    return tuple(found)


def _gap(of: str, since: Any, until: Any) -> Record:
    return {"of": of, "since": int(since or 0), "until": int(until or 0)}


def is_complete(records: list[Record], *, alive: bool) -> bool:
    """Tell whether the log has no gap in what it tells of Docker, from `start` until now.

    Every begin must have found out that the daemon told all that was missed, and the recorder must be alive now.
    """
    return not any(gap["of"] == "docker" for gap in gaps(records, alive=alive))


def since(records: list[Record]) -> int:
    """Return when the recording began, in nanoseconds; 0 where that is not known."""
    first = next((record for record in records if record.get("recorder") == "begin"), {})
    return int(first.get("since") or first.get("nano") or 0)


def events(records: list[Record]) -> tuple[Record, ...]:
    """Return the records that are events, without the recorder's own and without what a proof has undone.

    What came into being while something was tried that was undone afterwards is none of the lab's past, and neither is
    what was planted anew afterwards: its "gone" predecessor.
    """
    told = [record for record in records if record.get("recorder") == "undone"]
    undone = [(int(r["since"]), int(r["nano"])) for r in told]
    gone = {id_ for r in told for id_ in r.get("gone", ())}
    found = [record for record in records if "recorder" not in record and record.get("id") not in gone]
    if not undone:
        return tuple(found)
    first: dict[str, int] = {}
    for record in found:
        first.setdefault(str(record.get("id")), int(record.get("nano", 0)))

    def within(nano: int) -> bool:
        return any(begin < nano <= end for begin, end in undone)

    return tuple(r for r in found if not within(int(r.get("nano", 0))) and not within(first[str(r.get("id"))]))
