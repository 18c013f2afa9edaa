"""The result of grading one submission: frozen records, of which every printed and written form is made."""

import dataclasses
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from labrunner.outcome import Outcome, Verdict

SCHEMA = 1
"""Version of the result's JSON; described in docs/results.schema.json."""
MARK = "labrunner result"
"""What every such JSON says that it is."""
FULL = 100.0
"""The final mark of who did everything."""


class Trust(StrEnum):
    """Who ran the grading, and so what it is worth."""

    LOCAL = "local"
    CI_STUDENT = "ci-student"
    CI_TEACHER = "ci-teacher"


class Isolation(StrEnum):
    """What was between a submission's scripts and the machine that graded it."""

    VM = "vm"
    SANDBOXED = "sandboxed"
    PRIVILEGED = "privileged"
    NONE = "none"


class Audience(StrEnum):
    """Whom a form of a result is for."""

    STUDENT = "student"
    TEACHER = "teacher"


class Shown(StrEnum):
    """How much of a check the student is told."""

    WHOLE = "whole"
    VERDICT = "verdict"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one check.

    Attributes:
        step, check: their ids.
        claim: what is true when it passes.
        outcome: the outcome; what was not reached because of the submission's own earlier step is `blocked`.
        earned, worth: points; `earned` is 0 or `worth`.
        shown: how much of it the student is told.
        expected, found: what should be and what is there, as JSON values.
        see: the command that shows it.
        why: one sentence.
        notes: the section of the notes that explains it.
        seconds: how long it took, waits included.
    """

    step: str
    check: str
    claim: str
    outcome: Outcome
    earned: float
    worth: float
    shown: Shown = Shown.WHOLE
    expected: Any = None
    found: Any = None
    see: str = ""
    why: str = ""
    notes: str = ""
    seconds: float = 0.0

    @classmethod
    def of(cls, verdict: Verdict, worth: float, shown: Shown) -> Self:
        """Return what a verdict comes to in points, all or none."""
        return cls(
            verdict.step, verdict.check, verdict.claim, verdict.outcome, worth if verdict.passed else 0.0, worth,
            shown, verdict.expected, verdict.found, verdict.see, verdict.why, verdict.notes, verdict.seconds,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRun:
    """How a step's script ran.

    Attributes:
        step: its id.
        code: its exit code; None where the submission has no script for it, or it was never begun.
        seconds: how long it ran.
        ended: why it was ended by us ("limit of 120 s"); empty where it ended by itself.
        output: its last words, capped, free of escapes.
    """

    step: str
    code: int | None
    seconds: float = 0.0
    ended: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class LabResult:
    """What became of one lab of a submission.

    Attributes:
        lab: its slug.
        weight: its part in the mark, beside the other labs' weights.
        graded: "restricted", "own-engine", or "local-only": then it is not in the mark, said openly.
        checks: in the lab's order; empty where it was not run.
        runs: the scripts, in order.
        trouble: why it could not be graded, one sentence; empty where it was.
        late: seconds after the deadline that it was handed in; 0 where it was in time.
        factor: what the late rule leaves of the points, 0 to 1.
        seconds: of the whole; own_seconds: of that, the submission's own work.
        evidence: name of the evidence file beside the result; empty where there is none.
        hints: step → how many hints its learner took, as the submission says; a step it says nothing of is not there.
    """

    lab: str
    weight: float
    graded: str
    checks: tuple[CheckResult, ...] = ()
    runs: tuple[StepRun, ...] = ()
    trouble: str = ""
    late: float = 0.0
    factor: float = 1.0
    seconds: float = 0.0
    own_seconds: float = 0.0
    evidence: str = ""
    hints: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Tell whether it is part of the mark."""
        return self.graded != "local-only"

    @property
    def settled(self) -> bool:
        """Tell whether it was graded: its checks were looked at, and each has a verdict."""
        return not self.trouble and bool(self.checks) and all(one.outcome is not Outcome.ERROR for one in self.checks)

    @property
    def earned(self) -> float:
        """Points, the late rule applied."""
        return sum(check.earned for check in self.checks) * self.factor

    @property
    def worth(self) -> float:
        """Points that could be had."""
        return sum(check.worth for check in self.checks)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one submission.

    Attributes:
        student: as on the roster; name: to show beside it.
        course: its name; course_hash: of the course's file and labs, SHA-256, hex.
        submission: name of what was handed in; digest: SHA-256 over its files, hex; commit: where it came from git.
        run: id of the run; nonce: drawn for it, so that no earlier result can stand for it.
        trust, isolation: what it is worth.
        started, ended: UTC, ISO 8601.
        versions: of labrunner, Python, Docker, Kubernetes.
        labs: in the course's order.
        flags: what a teacher should look at ("files ignored: conftest.py"), one sentence each.
    """

    student: str
    labs: tuple[LabResult, ...]
    name: str = ""
    course: str = ""
    course_hash: str = ""
    submission: str = ""
    digest: str = ""
    commit: str = ""
    run: str = ""
    nonce: str = ""
    trust: Trust = Trust.LOCAL
    isolation: Isolation = Isolation.NONE
    started: str = ""
    ended: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    schema: int = SCHEMA

    @property
    def gradable(self) -> bool:
        """Tell whether it is a grade at all: every lab that counts was graded, and there are points to be had."""
        counted = [lab for lab in self.labs if lab.counts]
        return all(lab.settled for lab in counted) and any(lab.worth * lab.weight for lab in counted)

    @property
    def mark(self) -> float | None:
        """The mark, 0 to 100, to one decimal; None where the run is not gradable."""
        if not self.gradable:
            return None
        counted = [lab for lab in self.labs if lab.counts and lab.worth]
        whole = sum(lab.weight for lab in counted)
        return round(sum(FULL * lab.weight / whole * lab.earned / lab.worth for lab in counted), 1)

    @property
    def exit_code(self) -> int:
        """0 everything passes; 1 it does not; 3 not gradable, to be run again."""
        if not self.gradable:
            return 3
        return 0 if all(lab.earned >= lab.worth for lab in self.labs if lab.counts) else 1

    def record(self) -> dict[str, Any]:
        """Return it as JSON-able values: the fields, and what follows from them (gradable, mark, points)."""
        plain = asdict(self)
        labs = [
            {**one, "earned": round(lab.earned, 4), "worth": lab.worth}
            for one, lab in zip(plain["labs"], self.labs, strict=True)
        ]
        follows = {"labs": labs, "gradable": self.gradable, "mark": self.mark}
        return {"what": MARK, "audience": Audience.TEACHER, **plain, **follows}


def names(record: type) -> set[str]:
    """Return the names of a record's fields: what its JSON may hold beside what follows from them."""
    return {one.name for one in dataclasses.fields(record)}
