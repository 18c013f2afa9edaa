"""What became of a check, and the frozen records of a run; the JSON that is printed is these records."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA = 1
"""Version of the report's JSON."""


class Outcome(StrEnum):
    """What became of a check."""

    PASS = "pass"  # noqa: S105 - an outcome, no secret
    FAIL = "fail"
    WAITING = "waiting"
    BLOCKED = "blocked"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cause:
    """The first broken link behind a fact that is not as it should be.

    Attributes:
        code: stable, in kebab-case: "image-tag-absent"; what docs/causes.md is ordered by.
        sentence: what is broken, in the spoken language; one sentence.
        subject: the object that is the broken link, as "kind/name" ("Pod/lr-web-7d9c").
        path: the objects walked, from the one asked about to the broken one, each as "kind/name".
        words: the object's own words: the event, the exit code, the last lines of its log; never translated.
        see: the command that shows it.
        notes: the section of the notes that explains it.
    """

    code: str
    sentence: str
    subject: str
    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    see: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one check.

    Attributes:
        lab, step, check: their ids.
        claim: what is true when the check passes, in the spoken language.
        outcome: the outcome.
        expected, found: what should be and what is there, as JSON values; None where nothing was compared.
        source: where the fact was read ("container lr-web, State.Status").
        subject: the object it is about, as "kind/name".
        absent: True where what the check reads is not there at all.
        see: the command that shows the same fact.
        why: one sentence: the first broken link, or why there is no verdict.
        causes: the broken links behind it, the first of the chain first; one is shown, the others on request.
        more: further sentences, shown on request.
        notes: the section of the notes that explains it.
        passed_at: when it was seen to pass (UTC, ISO 8601); set where a pass stands on what was seen before.
        assisted: True where `solve` did the step.
        seconds: how long the check took, waits included.
    """

    lab: str
    step: str
    check: str
    claim: str
    outcome: Outcome
    expected: Any = None
    found: Any = None
    source: str = ""
    subject: str = ""
    absent: bool = False
    see: str = ""
    why: str = ""
    causes: tuple[Cause, ...] = ()
    more: tuple[str, ...] = ()
    notes: str = ""
    passed_at: str = ""
    assisted: bool = False
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Tell whether the claim is true, or was when it had to be."""
        return self.outcome is Outcome.PASS


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of one run over one lab, in the lab's order."""

    lab: str
    verdicts: tuple[Verdict, ...]
    versions: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    def of(self, step: str) -> tuple[Verdict, ...]:
        """Return the verdicts of one step."""
        return tuple(verdict for verdict in self.verdicts if verdict.step == step)

    def done(self, step: str) -> bool:
        """Tell whether every check of the step passes; a step of which nothing was looked at is not done."""
        own = self.of(step)
        return bool(own) and all(verdict.passed for verdict in own)

    @property
    def current(self) -> str:
        """The first step that is not done; empty where all are."""
        return next((v.step for v in self.verdicts if not v.passed), "")

    @property
    def exit_code(self) -> int:
        """0 all pass; 1 the work is not right yet; 4 something broke, or nothing was looked at.

        `error` outranks `fail`; a world that is not there at all is raised, not reported (exit 3).
        """
        outcomes = {verdict.outcome for verdict in self.verdicts}
        if not outcomes or Outcome.ERROR in outcomes:
            return 4
        return 0 if outcomes == {Outcome.PASS} else 1

    def record(self) -> dict[str, Any]:
        """Return the report as JSON-able values."""
        return asdict(self)
