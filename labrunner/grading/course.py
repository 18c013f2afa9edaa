"""A course as its teacher wrote it: which labs, what they weigh, until when, and what being late costs."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from labrunner.catalog import LoadedLab
from labrunner.grading.result import Shown

DAY = 86400.0
FILE = "course.yaml"


class Attempts(StrEnum):
    """Which of a student's submissions is the one that counts."""

    BEST = "best"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class CourseLab:
    """A lab of a course.

    Attributes:
        slug: its name.
        weight: its part in the mark, beside the other labs' weights.
        deadline: until when it is in time, with its time zone; None for no deadline.
        points: what a check is worth where that is not 1, by "step" (each check of it) or "step/check".
        line: of the course's file.
    """

    slug: str
    weight: float = 1.0
    deadline: datetime | None = None
    points: dict[str, float] = field(default_factory=dict)
    line: int = field(default=0, compare=False)

    def worth(self, step: str, check: str) -> float:
        """Return the points of a check: its own, else those of its step's checks, else 1."""
        return self.points.get(f"{step}/{check}", self.points.get(step, 1.0))

    def late(self, handed_in: datetime) -> float:
        """Return how many seconds after the deadline something was handed in; 0 where it was in time."""
        return max(0.0, (handed_in - self.deadline).total_seconds()) if self.deadline is not None else 0.0


@dataclass(frozen=True, slots=True)
class Late:
    """What being late costs.

    Attributes:
        percent: taken off the points for each day that has begun.
        grace: seconds after the deadline that cost nothing.
        floor: percent that stays, however late.
    """

    percent: float = 0.0
    grace: float = 0.0
    floor: float = 0.0

    def factor(self, late: float) -> float:
        """Return what is left of the points, 0 to 1.

        Args:
            late: seconds after the deadline; days are counted from the deadline, the grace is no later deadline.
        """
        if late <= self.grace:
            return 1.0
        kept = 100.0 - self.percent * math.ceil(late / DAY)
        return max(kept, self.floor, 0.0) / 100.0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a learner's machine gets things from; each empty where the course says nothing.

    Attributes:
        images: prefix of a registry mirror.
        wheels: a package index, or a folder of wheels.
        bundle: a folder or an address of the course's bundle.
        bundle_sha256: what `bundle save` said that it is.
    """

    images: str = ""
    wheels: str = ""
    bundle: str = ""
    bundle_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Checks that students are not shown before the grading.

    Attributes:
        folder: a private pack of labs; each lab of it adds its checks to the course's lab of the same name.
        shown: how much of such a check a student is told afterwards.
    """

    folder: Path
    shown: Shown = Shown.COUNT


@dataclass(frozen=True, slots=True)
class Course:
    """A course.

    Attributes:
        file: where it is written.
        name: what it is called.
        labs: in the order of the file.
        language: "zh" or "en"; empty where each learner chooses.
        port: the registry's port on learners' machines; 0 where the course says nothing.
        late: what being late costs.
        attempts: which submission counts.
        sources: where learners' machines get things from.
        roster: the CSV of the students; None where the course has none.
        overrides: the CSV of marks that the teacher changed by hand; None where the course names none.
        hidden: checks that students are not shown; None for none.
    """

    file: Path
    name: str
    labs: tuple[CourseLab, ...]
    language: str = ""
    port: int = 0
    late: Late = Late()
    attempts: Attempts = Attempts.BEST
    sources: Sources = Sources()
    roster: Path | None = None
    overrides: Path | None = None
    hidden: Hidden | None = None

    def lab(self, slug: str) -> CourseLab | None:
        """Return the course's lab of a name; None where it is not in the course."""
        return next((lab for lab in self.labs if lab.slug == slug), None)

    def hash(self, loaded: Mapping[str, LoadedLab]) -> str:
        """Return a hash of all that decides a mark: SHA-256, hex.

        Comments, the roster, overrides and sources are left out: they change without a grade being another one.

        Args:
            loaded: the course's labs, by their names.
        """
        whole = {
            "name": self.name,
            "labs": [[lab.slug, lab.weight, lab.points, _stamp(lab.deadline)] for lab in self.labs],
            "late": asdict(self.late),
            "attempts": self.attempts,
            "hidden": self.hidden and [self.hidden.shown, folder_hash(self.hidden.folder)],
            "are": {slug: loaded[slug].hash() for slug in sorted(loaded)},
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment is not None else None


def folder_hash(folder: Path) -> str:
    """Return a hash over names and bytes of a folder's files, without what Python makes of them; SHA-256, hex."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            data = file.read_bytes()
            found.update(f"{file.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return found.hexdigest()
