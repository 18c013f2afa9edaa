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
        minutes: how long a learner needs.
        steps, done: how many there are, and how many are done.
        started: whether it is open now.
        problem: why it cannot be loaded; empty where it can.
    """

    slug: str
    heading: str
    title: str = ""
    minutes: int = 0
    steps: int = 0
    done: int = 0
    started: bool = False
    problem: str = ""

    def record(self) -> dict[str, Any]:
        """Return the row as JSON-able values."""
        return asdict(self)


def show(screen: Screen, rows: list[Row]) -> None:
    """Print the labs in columns: name, minutes, progress, title; the section of the notes where it fits."""
    first = max([width(row.slug) for row in rows], default=0) + GAP
    for row in rows:
        lead = (padded(row.slug, first), "title")
        if row.problem:
            screen.line((row.problem, "bad"), lead=lead)
            continue
        minutes = say(en=f"{row.minutes} min", zh=f"{row.minutes} 分钟")
        progress = f"{row.done}/{row.steps}"
        mark = screen.symbol("pass") if row.steps and row.done == row.steps else " "
        style = "good" if mark.strip() else "soon" if row.started else "dim"
        middle = f"{padded(minutes, 8)}{padded(progress, 6)}{mark} "
        room = screen.width - first - width(middle)
        title = cut(row.title, room)
        left = room - width(title) - GAP
        notes = cut(row.heading, left) if left >= width(row.heading) else ""
        screen.line((middle, style), title, (f"  {notes}" if notes else "", "dim"), lead=lead)
    screen.line((say(en="begin: labrunner start LAB", zh="开始：labrunner start 名字"), "dim"))
