"""The labs as a table that Chinese does not push out of line."""

from dataclasses import asdict, dataclass
from typing import Any

from labrunner.render.cells import cut, padded, width
from labrunner.render.screen import Screen
from labrunner.words import say

GAP = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A lab in the list.

    Attributes:
        slug, heading, title: what is typed, the section of the notes, what it is called.
        minutes, sittings: how long a learner needs, and in how many goes.
        steps, done: how many there are, and how many are done.
        started: whether it is open now.
        problem: why it cannot be loaded; empty where it can.
        deadline: until when the course that was joined wants it, as people read it; empty for no deadline.
    """

    slug: str
    heading: str
    title: str = ""
    minutes: int = 0
    sittings: int = 1
    steps: int = 0
    done: int = 0
    started: bool = False
    problem: str = ""
    deadline: str = ""

    def record(self) -> dict[str, Any]:
        """Return the row as JSON-able values."""
        return asdict(self)


def show(screen: Screen, rows: list[Row]) -> None:
    """Print the labs in columns: name, minutes, progress, title; the section of the notes where it fits."""
    first = _widest([row.slug for row in rows]) + GAP
    second = _widest([_time(row) for row in rows if not row.problem]) + GAP
    third = _widest([_progress(row) for row in rows if not row.problem]) + GAP
    titles = _widest([row.title for row in rows])
    for row in rows:
        lead = (padded(row.slug, first), "title")
        if row.problem:
            screen.line((row.problem, "bad"), lead=lead)
            continue
        mark = screen.symbol("pass") if row.steps and row.done == row.steps else " "
        style = "good" if mark.strip() else "soon" if row.started else "dim"
        middle = f"{padded(_time(row), second)}{padded(_progress(row), third)}{mark} "
        room = screen.width - first - width(middle)
        fits = titles + GAP + width(row.heading) <= room
        title = padded(row.title, titles + GAP) if fits else cut(row.title, room)
        screen.line((middle, style), title, (row.heading if fits else "", "dim"), lead=lead)
        if row.deadline:
            screen.line((say(en=f"until {row.deadline}", zh=f"截止 {row.deadline}"), "soon"), lead=" " * first)
    screen.line((say(en="begin: labrunner start LAB", zh="开始：labrunner start 名字"), "dim"))


def _time(row: Row) -> str:
    if row.sittings < 2:  # noqa: PLR2004 - several
        return say(en=f"{row.minutes} min", zh=f"{row.minutes} 分钟")
    return say(en=f"{row.minutes} min, {row.sittings} sittings", zh=f"{row.minutes} 分钟，分 {row.sittings} 次")


def _progress(row: Row) -> str:
    return f"{row.done}/{row.steps}"


def _widest(texts: list[str]) -> int:
    return max(map(width, texts), default=0)
