"""The class: what all results together say of each student and of each check."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from labrunner.grading.course import Attempts
from labrunner.grading.overrides import Override
from labrunner.grading.roster import Student
from labrunner.outcome import Outcome

SCHEMA = 1
"""Version of the class report's JSON."""
KIND = "labrunner class"
"""What that JSON says that it is."""


class Standing(StrEnum):
    """Where a student stands."""

    GRADED = "graded"
    NOT_GRADABLE = "not-gradable"
    NOTHING = "nothing"


class Suspicion(StrEnum):
    """Why a check itself should be looked at."""

    NOBODY = "almost-nobody-passes"
    DEPENDS = "depends-on-the-run"
    ERRORS = "many-errors"


@dataclass(frozen=True, slots=True)
class Rules:
    """How results become marks.

    Attributes:
        attempts: which of a student's gradable runs of a lab counts.
        roster: who is enrolled; None where that is not known.
        overrides: the teacher's last words.
        labs: lab → its weight; None to take those that the results hold.
    """

    attempts: Attempts = Attempts.BEST
    roster: tuple[Student, ...] | None = None
    overrides: tuple[Override, ...] = ()
    labs: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class CheckStanding:
    """One student and one check.

    Attributes:
        passed: in the run that counts.
        outcome: in that run.
        attempts: runs up to the first in which it passed; all of them where it never did.
        hints: taken for its step, as the submissions say; None where they say nothing.
        seconds: from the beginning of the first run to the end of the first in which it passed; None where it never
            did or the moments are not known.
    """

    lab: str
    step: str
    check: str
    passed: bool
    outcome: Outcome
    attempts: int
    hints: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LabStanding:
    """One student and one lab.

    Attributes:
        mark: 0 to 100, the late rule applied; None where there is no gradable run.
        attempts: gradable runs at the trust that counts.
        ungradable: runs that gave no grade.
        run: the run that counts; trust: who ran it.
        late: seconds after the deadline, of that run.
        trouble: why the last of the ungradable runs gave no grade, where none is gradable.
        override: the teacher's reason, or its place; empty where the mark is that of the run.
    """

    lab: str
    mark: float | None
    attempts: int = 0
    ungradable: int = 0
    run: str = ""
    trust: str = ""
    late: float = 0.0
    trouble: str = ""
    override: str = ""
    checks: tuple[CheckStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class StudentStanding:
    """One student.

    Attributes:
        mark: over all labs, to one decimal; a lab of which nothing was handed in counts 0; None without a grade.
        known: False where a roster is given and does not name the student.
        override: the teacher's reason for the whole mark; empty where it follows from the labs.
        flags: what the results say that a teacher should look at, each once.
    """

    student: str
    name: str
    email: str
    standing: Standing
    mark: float | None
    known: bool = True
    labs: tuple[LabStanding, ...] = ()
    override: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """One check over the whole class.

    Attributes:
        judged: students in whose counting run it passed or failed; neither blocked nor error.
        passed: of those, how many passed.
        errors: runs, of all that were read, in which it had no verdict.
        runs: of how many that is.
        attempts, hints, seconds: medians over the students who passed; None where nobody did or nothing is known.
        differing: submissions of the same files for which it passed in one run and not in another.
        suspicions: why the check itself should be looked at.
    """

    lab: str
    step: str
    check: str
    claim: str
    judged: int
    passed: int
    errors: int
    runs: int
    attempts: float | None = None
    hints: float | None = None
    seconds: float | None = None
    differing: int = 0
    suspicions: tuple[Suspicion, ...] = ()

    @property
    def rate(self) -> float | None:
        """The part of those judged who passed, 0 to 1; None where nobody was judged."""
        return self.passed / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The class.

    Attributes:
        course: its name, as the results say it.
        attempts: which run counts.
        labs: lab → weight, of those in the mark.
        left_out: labs that are not in the mark, because they can only be looked at where they were done.
        students: in the roster's order, then the others by name.
        checks: in the labs' order.
        results: how many were read.
        stray: overrides that belong to nobody, or to no lab.
        remarks: what else a teacher should know of the whole, one sentence each.
    """

    course: str
    attempts: Attempts
    labs: dict[str, float]
    left_out: tuple[str, ...]
    students: tuple[StudentStanding, ...]
    checks: tuple[CheckSummary, ...]
    results: int
    stray: tuple[Override, ...] = ()
    remarks: tuple[str, ...] = ()
    schema: int = SCHEMA
    rostered: bool = field(default=False)

    def of(self, *standings: Standing) -> tuple[StudentStanding, ...]:
        """Return the students who stand there."""
        return tuple(one for one in self.students if one.standing in standings)

    @property
    def unknown(self) -> tuple[StudentStanding, ...]:
        """The students whom the roster does not name."""
        return tuple(one for one in self.students if not one.known)

    @property
    def suspects(self) -> tuple[CheckSummary, ...]:
        """The checks that should be looked at themselves."""
        return tuple(one for one in self.checks if one.suspicions)

    def record(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        plain = asdict(self)
        checks = [{**one, "rate": check.rate} for one, check in zip(plain["checks"], self.checks, strict=True)]
        return {"what": KIND, **plain, "checks": checks}


def median(values: Iterable[float]) -> float | None:
    """Return the middle value; None of nothing."""
    kept = sorted(values)
    if not kept:
        return None
    half, odd = divmod(len(kept), 2)
    return float(kept[half]) if odd else (kept[half - 1] + kept[half]) / 2
