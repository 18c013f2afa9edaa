"""Today's checks over what graded runs have read: a mended check for a whole class, with no cluster and no sandbox."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from labrunner import catalog, rechecking
from labrunner.catalog import LoadedLab
from labrunner.errors import UsageError
from labrunner.grading import hidden, reading
from labrunner.grading.class_run import EVIDENCE, RESULT, STUDENTS
from labrunner.grading.course import Course
from labrunner.grading.lab_grade import EVIDENCE as PACKED
from labrunner.grading.lab_grade import LATER, unjudged
from labrunner.grading.result import CheckResult, LabResult, Result, Shown
from labrunner.outcome import Outcome, Verdict
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Change:
    """A check whose outcome is another one now: its lab, step and id, and what it was and is."""

    lab: str
    step: str
    check: str
    before: Outcome
    now: Outcome


@dataclass(frozen=True, slots=True)
class Regraded:
    """What came of one result.

    Attributes:
        folder: of the result.
        before, now: the result as it was written, and as it is by today's checks.
        changes: every check that came out differently, new and dropped ones included (as `blocked` on the other side).
    """

    folder: Path
    before: Result
    now: Result
    changes: tuple[Change, ...]


def regrade(folders: list[Path], course: Course | None = None, extra: Path | None = None) -> Iterator[Regraded]:
    """Judge what was kept of graded submissions again.

    Args:
        folders: of results, or folders that hold such.
        course: whose points and hidden checks count now; those of each result where None.
        extra: a folder of further labs.

    Raises:
        UsageError: there is no result, or one without its evidence.
        LabrunnerError: a lab, the hidden checks or a file of evidence does not load.
    """
    private = hidden.load(course.hidden.folder) if course is not None and course.hidden is not None else {}
    labs: dict[str, tuple[LoadedLab, frozenset[str]]] = {}
    for folder in _results(folders):
        before = reading.read(folder / RESULT)
        for lab in before.labs:
            if lab.lab not in labs:
                labs[lab.lab] = hidden.laid(lab.lab, private, extra)
        now = replace(before, labs=tuple(_lab(folder, lab, labs, course) for lab in before.labs))
        if course is not None:
            now = replace(now, course=course.name, course_hash=_hash(course, labs, extra))
        yield Regraded(folder, before, now, tuple(_changes(before, now)))


def _hash(course: Course, labs: Mapping[str, tuple[LoadedLab, frozenset[str]]], extra: Path | None) -> str:
    return course.hash(
        {one.slug: labs[one.slug][0] if one.slug in labs else catalog.load(one.slug, extra) for one in course.labs}
    )


def _results(folders: list[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        inside = sorted(file.parent for file in folder.rglob(RESULT) if file.parent.name != STUDENTS)
        if not inside:
            raise UsageError(
                say(en=f"{folder} holds no result", zh=f"{folder} 里没有评分结果"),
                hint=say(
                    en="name what labrunner grade wrote: results", zh="请给出 labrunner grade 写出的目录：results"
                ),
            )
        found += [one for one in inside if one not in found]
    return found


def _lab(
    folder: Path, lab: LabResult, labs: Mapping[str, tuple[LoadedLab, frozenset[str]]], course: Course | None
) -> LabResult:
    if not lab.evidence:
        return lab
    loaded, secret = labs[lab.lab]
    said = course.lab(lab.lab) if course is not None else None
    known = {(one.step, one.check): one for one in lab.checks}
    checks: list[CheckResult] = []
    for step in loaded.lab.steps:
        if step.id in loaded.lab.grading.without:
            continue
        file = folder / EVIDENCE / lab.evidence / f"{step.id}{PACKED}"
        if not file.exists():
            raise UsageError(
                say(en=f"{file} is missing, so {folder.name} cannot be judged again", zh=f"缺少 {file}，无法重新评判"),
                hint=say(en="grade it again", zh="重新评分"),
            )
        for verdict in judged(file.parent, step.id, loaded, secret):
            old = known.get((verdict.step, verdict.check))
            worth = said.worth(verdict.step, verdict.check) if said else old.worth if old else 1.0
            shown = old.shown if old is not None else Shown.WHOLE
            if verdict.check in secret and course is not None and course.hidden is not None:
                shown = course.hidden.shown
            told = CheckResult.of(verdict, worth, shown)
            checks.append(replace(told, seconds=old.seconds if old else 0.0))
    return replace(lab, checks=tuple(checks), trouble=unjudged(checks))


def judged(folder: Path, step: str, loaded: LoadedLab, hidden: frozenset[str]) -> list[Verdict]:
    """Judge what was kept of a step; a hidden check that did not hold at first, over what it would have waited for.

    Args:
        folder: of a lab's evidence.
        step: its id.
        loaded: the lab with its hidden checks.
        hidden: their ids.

    Raises:
        LabrunnerError: a file of evidence is damaged.
    """
    found = list(rechecking.recheck(folder / f"{step}{PACKED}", only=step, lab=loaded).report.verdicts)
    late = folder / f"{step}{LATER}"
    if late.exists() and any(one.check in hidden and not one.passed for one in found):
        again = {one.check: one for one in rechecking.recheck(late, only=step, lab=loaded).report.verdicts}
        found = [again[one.check] if one.check in hidden and not one.passed else one for one in found]
    return found


def _changes(before: Result, now: Result) -> Iterator[Change]:
    def by_id(result: Result) -> dict[tuple[str, str, str], Outcome]:
        return {(lab.lab, one.step, one.check): one.outcome for lab in result.labs for one in lab.checks}

    was, is_now = by_id(before), by_id(now)
    for key in sorted(was.keys() | is_now.keys()):
        old, new = was.get(key, Outcome.BLOCKED), is_now.get(key, Outcome.BLOCKED)
        if old is not new:
            yield Change(*key, old, new)
