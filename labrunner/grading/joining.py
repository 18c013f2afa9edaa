"""A learner joins a course: its settings are taken over, and what each replaces is handed back to be said."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from labrunner.environment import settings
from labrunner.errors import UsageError
from labrunner.grading import fetching, joined, roster
from labrunner.grading.course import Course, Sources
from labrunner.grading.joined import Joined
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that is another one now: its name, what it is, and what it was; empty for nothing."""

    name: str
    now: str
    before: str = ""

    def record(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return asdict(self)


def join(course: Course, source: str, *, student: str, started: Sequence[str] = ()) -> list[Change]:
    """Take a course's settings over; what it does not speak of stays.

    Args:
        course: the course.
        source: where its file came from; what it names relatively is looked for beside it.
        student: the learner's number.
        started: labs that are open, whose port and student must not change under them.

    Returns:
        what changed.

    Raises:
        UsageError: the number is none, or a lab is open that was begun with other settings; nothing was changed.
    """
    if not roster.is_number(student):
        said = say(en=f"{student[:80]!r} is no student's number", zh=f"{student[:80]!r} 不能作为学号")
        raise UsageError(said, hint="--student 2026001")
    before, left = settings.load({}), joined.load()
    wanted: dict[str, Any] = {"student": student}
    wanted |= {"language": course.language} if course.language else {}
    wanted |= {"port": course.port} if course.port else {}
    wanted |= {"mirror": course.sources.images} if course.sources.images else {}
    changes = [
        Change(name, str(value), str(getattr(before, name) or ""))
        for name, value in wanted.items()
        if value != getattr(before, name)
    ]
    if started and any(one.name in ("student", "port") for one in changes):
        raise UsageError(
            say(en=f"the lab {started[-1]} is open", zh=f"实验 {started[-1]} 还开着"),
            hint=say(en="end it first: labrunner stop", zh="先结束它：labrunner stop"),
        )
    if (left.course, left.source) != (course.name, source):
        changes.insert(0, Change("course", course.name, left.course))
    joined.save(_kept(course, source))
    settings.save(**wanted)
    return changes


def _kept(course: Course, source: str) -> Joined:
    deadlines = {lab.slug: lab.deadline.isoformat() for lab in course.labs if lab.deadline is not None}
    labs, (bundle, wheels) = tuple(lab.slug for lab in course.labs), _beside(course.sources, source)
    return Joined(course.name, source, labs, deadlines, bundle, wheels, course.sources.bundle_sha256)


def _beside(sources: Sources, source: str) -> tuple[str, str]:
    """Return where bundle and wheels are, seen from where the course's file came from."""
    if fetching.is_address(source):
        return _from_address(sources.bundle, source), _from_address(sources.wheels, source)
    return _from_file(sources.bundle, source), _from_file(sources.wheels, source)


def _from_address(one: str, source: str) -> str:
    return urljoin(source, one) if one else ""


def _from_file(one: str, source: str) -> str:
    if not one or urlsplit(one).scheme in fetching.SCHEMES:
        return one
    return str((Path(source).expanduser().absolute().parent / Path(one).expanduser()).resolve())
