"""What can be said of a course before anybody hands anything in: against the labs and the roster that there are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.errors import LabrunnerError
from labrunner.grading import hidden, roster
from labrunner.grading.course import Course, CourseLab
from labrunner.grading.roster import Student
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of the examination of a course.

    Attributes:
        course: the course.
        loaded: its labs that could be loaded, by their names.
        students: of the roster.
        complaints: what is wrong, each with its file and line; empty for a good course.
        notes: what is worth a look and not wrong.
        hash: of all that decides a mark; empty where something is wrong.
    """

    course: Course
    loaded: dict[str, LoadedLab] = field(default_factory=dict)
    students: tuple[Student, ...] = ()
    complaints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hash: str = ""


def examine(course: Course, extra: Path | None = None, *, now: datetime | None = None) -> Examined:
    """Examine a course; nothing is changed.

    Args:
        course: the course.
        extra: a folder of further labs.
        now: for a test.
    """
    complaints: list[str] = []
    notes: list[str] = []
    loaded: dict[str, LoadedLab] = {}
    for lab in course.labs:
        try:
            loaded[lab.slug] = catalog.load(lab.slug, extra)
        except LabrunnerError as wrong:
            complaints.append(_at(course, lab, f"{wrong.message}; {wrong.hint}" if wrong.hint else wrong.message))
            continue
        complaints += [_at(course, lab, said) for said in _of_points(lab, loaded[lab.slug])]
        if lab.deadline is not None and lab.deadline < (now or datetime.now(UTC)):
            notes.append(say(en=f"the deadline of {lab.slug} is over", zh=f"{lab.slug} 的截止时间已过"))
    students: tuple[Student, ...] = ()
    if course.roster is not None:
        try:
            students = roster.read(course.roster)
        except LabrunnerError as wrong:
            complaints.append(wrong.message)
    complaints += _of_hidden(course, loaded)
    for slug, one in loaded.items():
        if one.lab.grading.way == "local-only":
            notes.append(say(en=f"{slug} is left out of the mark: local only", zh=f"{slug} 仅限本地，不计入成绩"))
    notes += _of_what_is_said(course)
    found = "" if complaints else course.hash(loaded)
    return Examined(course, loaded, students, tuple(complaints), tuple(notes), found)


def _at(course: Course, lab: CourseLab, sentence: str) -> str:
    return f"{course.file}:{lab.line}: {sentence}"


def _of_points(lab: CourseLab, loaded: LoadedLab) -> Iterator[str]:
    known = {step.id: {check.id for check in step.checks} for step in loaded.lab.steps}
    for place in lab.points:
        step, slash, check = place.partition("/")
        if step not in known:
            yield say(en=f"{lab.slug} has no step {step!r}", zh=f"{lab.slug} 没有步骤 {step!r}")
        elif slash and check not in known[step]:
            yield say(en=f"step {step!r} has no check {check!r}", zh=f"步骤 {step!r} 没有检查 {check!r}")
    if not sum(lab.worth(check.step, check.id) for check in loaded.lab.checks):
        yield say(en=f"no check of {lab.slug} is worth anything", zh=f"{lab.slug} 的所有检查都是 0 分")


def _of_hidden(course: Course, loaded: dict[str, LoadedLab]) -> Iterator[str]:
    """Yield why the hidden checks cannot be laid over the course's labs."""
    if course.hidden is None:
        return
    try:
        private = hidden.load(course.hidden.folder)
    except LabrunnerError as wrong:
        yield f"{course.file}: {wrong.message}"
        return
    for slug, lab in private.items():
        if course.lab(slug) is None:
            yield say(
                en=f"{lab.entry.folder}: {slug} is no lab of the course",
                zh=f"{lab.entry.folder}: {slug} 不是课程的实验",
            )
        elif slug in loaded:
            try:
                hidden.over(loaded[slug], lab)
            except LabrunnerError as wrong:
                yield wrong.message


def _of_what_is_said(course: Course) -> Iterator[str]:
    if course.roster is None:
        yield say(en="no roster: nobody can be missed", zh="没有名单：无法知道谁没有提交")
    if course.overrides is not None and not course.overrides.exists():
        yield say(en=f"{course.overrides} is not there yet", zh=f"{course.overrides} 还不存在")
    if any(lab.deadline for lab in course.labs) and not course.late.percent:
        yield say(en="being late costs nothing", zh="迟交不扣分")
