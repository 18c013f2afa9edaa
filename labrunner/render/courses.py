"""A course, as its teacher sees it examined and as a learner sees it joined."""

import shlex
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from labrunner.render import cells
from labrunner.render.screen import Screen
from labrunner.words import say

GAP = 2


class Changed(Protocol):
    """A setting that is another one now."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def now(self) -> str:
        """What it is."""

    @property
    def before(self) -> str:
        """What it was; empty for nothing."""


def record(examined: Any) -> dict[str, Any]:
    """Return an examined course as JSON-able values."""
    course = examined.course
    labs = [
        {"lab": lab.slug, "weight": lab.weight, "deadline": lab.deadline and lab.deadline.isoformat()}
        for lab in course.labs
    ]
    return {
        "schema": 1,
        "course": course.name,
        "labs": labs,
        "students": len(examined.students),
        "complaints": list(examined.complaints),
        "notes": list(examined.notes),
        "hash": examined.hash,
    }


def show(screen: Screen, examined: Any) -> None:
    """Print an examined course: its labs with weight, points and deadline; what is wrong; what is worth a look."""
    course = examined.course
    screen.line((course.name, "title"), (f"  {course.file}", "dim"))
    wide = max(cells.width(lab.slug) for lab in course.labs) + GAP
    whole = sum(lab.weight for lab in course.labs)
    for lab in course.labs:
        loaded = examined.loaded.get(lab.slug)
        points = sum(lab.worth(one.step, one.id) for one in loaded.lab.checks) if loaded else 0.0
        part = f"{100 * lab.weight / whole:.0f}%"
        said = say(en=f"{part:>4}  {points:g} points", zh=f"{part:>4}  {points:g} 分")
        until = f"  {moment(lab.deadline)}" if lab.deadline else ""
        screen.line(said, (until, "dim"), lead=("  " + cells.padded(lab.slug, wide), "code"))
    if examined.students:
        many = len(examined.students)
        screen.line(say(en=f"{many} students on the roster", zh=f"名单上有 {many} 名学生"), lead="  ")
    for note in examined.notes:
        screen.line((note, "dim"), lead="  ")
    for complaint in examined.complaints:
        screen.line(complaint, lead=(f"{screen.symbol('fail')} ", "bad"))
    if examined.complaints:
        many = len(examined.complaints)
        screen.line((say(en=f"{many} things are wrong", zh=f"有 {many} 处错误"), "bad"))
    else:
        screen.line((say(en="the course is good", zh="课程文件没有问题"), "good"), (f"  {examined.hash[:16]}", "dim"))


def joined(screen: Screen, course: Any, changes: Iterable[Changed]) -> None:
    """Print what joining a course changed, and what comes next."""
    screen.line((course.course, "title"))
    for one in changes:
        was = say(en=f"  (was {one.before})", zh=f"（原为 {one.before}）") if one.before else ""
        screen.line(one.now, (was, "soon"), lead=("  " + cells.padded(one.name, 10), "dim"))
    for lab in course.labs:
        if (until := course.deadline(lab)) is not None:
            screen.line(moment(until), lead=("  " + cells.padded(lab, 20), "code"))
    if course.bundle:
        then = say(en="then: ", zh="然后：")
        screen.verbatim(f"{then}labrunner bundle load {shlex.quote(course.bundle)}", style="dim")
    screen.line((say(en="begin: labrunner list", zh="开始：labrunner list"), "dim"))


def moment(when: datetime) -> str:
    """Return a deadline as people read it, with its zone."""
    return when.strftime("%Y-%m-%d %H:%M %Z").strip()
