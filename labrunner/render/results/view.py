"""What one audience sees of a result: every form but the teacher's own JSON is made of this, and of nothing else."""

from dataclasses import dataclass, replace
from typing import Any

from labrunner.grading.result import FULL, Audience, CheckResult, LabResult, Result, Shown, StepRun
from labrunner.outcome import Outcome
from labrunner.render.plain import one_line, plain
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Hidden:
    """The checks of a lab that are only counted.

    Attributes:
        checks: how many; passed: of those; errors: of those, how many had no verdict.
        earned, worth: their points, before the late rule.
    """

    checks: int = 0
    passed: int = 0
    errors: int = 0
    earned: float = 0.0
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class LabView:
    """What is seen of a lab.

    Attributes:
        lab: its slug; graded, trouble, late, factor, seconds, own_seconds: as in the result.
        counts: whether it is part of the mark; settled: whether it was graded.
        earned, worth: points of all its checks, the late rule applied to what is earned.
        part: by how much points are multiplied to add up to the mark; 1 where there is one lab.
        checks: those that are told of; those of which only the verdict is told hold no more than that.
        hidden: the others.
        runs: the scripts.
    """

    lab: str
    graded: str
    trouble: str
    late: float
    factor: float
    seconds: float
    own_seconds: float
    counts: bool
    settled: bool
    earned: float
    worth: float
    part: float
    checks: tuple[CheckResult, ...]
    hidden: Hidden
    runs: tuple[StepRun, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a result.

    Attributes:
        about: the result without its labs, and for a student without what is the teacher's alone.
        audience: who sees it.
        mark: 0 to 100, or None where the run is not gradable.
        labs: in the course's order.
    """

    about: Result
    audience: Audience
    gradable: bool
    mark: float | None
    labs: tuple[LabView, ...]

    @property
    def counted(self) -> tuple[LabView, ...]:
        """The labs of the mark."""
        return tuple(lab for lab in self.labs if lab.counts)

    def number(self, *outcomes: Outcome) -> int:
        """Return how many checks that are told of ended so."""
        return sum(one.outcome in outcomes for lab in self.labs for one in lab.checks)


def view(result: Result, audience: Audience) -> View:
    """Return what an audience sees, all text harmless on a terminal and in a log.

    Args:
        result: everything.
        audience: a student is told of each check what its `shown` allows, and nothing of the flags and the evidence.
    """
    counted = [lab for lab in result.labs if lab.counts and lab.worth]
    whole = sum(lab.weight for lab in counted)
    parts = {lab.lab: FULL * lab.weight / whole / lab.worth for lab in counted if whole and len(counted) > 1}
    return View(
        about=_about(result, audience),
        audience=audience,
        gradable=result.gradable,
        mark=result.mark,
        labs=tuple(_lab(lab, audience, parts.get(lab.lab, 1.0)) for lab in result.labs),
    )


def allowed(check: CheckResult, audience: Audience) -> CheckResult | None:
    """Return what an audience may know of a check; None where it is only counted."""
    if audience is Audience.TEACHER or check.shown is Shown.WHOLE:
        return check
    if check.shown is Shown.COUNT:
        return None
    return replace(check, expected=None, found=None, see="", why="", notes="", seconds=0.0)


def hidden(lab: LabResult, audience: Audience) -> Hidden:
    """Return what an audience knows of the checks that are only counted."""
    left = [one for one in lab.checks if allowed(one, audience) is None]
    return Hidden(
        checks=len(left),
        passed=sum(one.outcome is Outcome.PASS for one in left),
        errors=sum(one.outcome is Outcome.ERROR for one in left),
        earned=sum(one.earned for one in left),
        worth=sum(one.worth for one in left),
    )


def hidden_words(found: Hidden) -> str:
    """Say that there are checks that are only counted; empty where there are none."""
    if not found.checks:
        return ""
    one = say(en="1 hidden check", zh="1 项隐藏检查")
    many = say(en=f"{found.checks} hidden checks", zh=f"{found.checks} 项隐藏检查")
    passed = say(en=f": {found.passed} passed", zh=f"：通过 {found.passed} 项")
    return (one if found.checks == 1 else many) + passed


def _about(result: Result, audience: Audience) -> Result:
    teacher = audience is Audience.TEACHER
    named = ("student", "name", "course", "course_hash", "submission", "digest", "commit", "run", "nonce")
    said: dict[str, Any] = {name: one_line(getattr(result, name)) for name in (*named, "started", "ended")}
    return replace(
        result,
        labs=(),
        versions={one_line(name): one_line(version) for name, version in result.versions.items()},
        flags=tuple(one_line(flag) for flag in result.flags) if teacher else (),
        **said,
    )


def _lab(lab: LabResult, audience: Audience, part: float) -> LabView:
    told = [one for one in (allowed(check, audience) for check in lab.checks) if one is not None]
    return LabView(
        lab=one_line(lab.lab),
        graded=one_line(lab.graded),
        trouble=one_line(lab.trouble),
        late=lab.late,
        factor=lab.factor,
        seconds=lab.seconds,
        own_seconds=lab.own_seconds,
        counts=lab.counts,
        settled=lab.settled,
        earned=lab.earned,
        worth=lab.worth,
        part=part,
        checks=tuple(_check(one) for one in told),
        hidden=hidden(lab, audience),
        runs=tuple(_run(one) for one in lab.runs),
    )


def _check(one: CheckResult) -> CheckResult:
    named = ("step", "check", "claim", "see", "why", "notes")
    said: dict[str, Any] = {name: one_line(getattr(one, name), size=2000) for name in named}
    return replace(one, **said)


def _run(one: StepRun) -> StepRun:
    return replace(one, step=one_line(one.step), ended=one_line(one.ended), output=plain(one.output))
