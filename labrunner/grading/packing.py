"""A submission as one zip: what would be taken of its folder and nothing else, the same bytes for the same files."""

import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from labrunner import atomic
from labrunner.grading import submission

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip knows; dates of files are nobody's business."""
MODE = 0o100644


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip that was made: where, of which files, without which, and their digest."""

    file: Path
    files: tuple[str, ...]
    ignored: tuple[str, ...]
    digest: str
    size: int


def pack(folder: Path, into: Path, labs: Collection[str] | None = None) -> Packed:
    """Make the zip of a submission's folder; what was at its place is replaced.

    Args:
        folder: the submission.
        into: the zip.
        labs: the labs that there are.

    Raises:
        UsageError, Refused: the folder is no submission, as `submission.read` says it.
        DiskFull: there is no room.
    """
    taken, ignored = submission.collected(folder, labs)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(taken):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, MODE << 16
            made.writestr(entry, taken[name])
    data = held.getvalue()
    atomic.write_bytes(into, data, mode=0o644)
    return Packed(into, tuple(sorted(taken)), tuple(ignored), submission.digest(taken), len(data))
