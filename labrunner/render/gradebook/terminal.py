"""The class on a terminal: students and checks in columns that Chinese does not push out of line."""

from collections.abc import Sequence

from labrunner.grading.gradebook import CheckSummary, Gradebook, StudentStanding
from labrunner.render import cells
from labrunner.render.clock import duration
from labrunner.render.gradebook import telling
from labrunner.render.plain import one_line
from labrunner.render.screen import Part, Screen
from labrunner.words import say

MARK, RUNS, GAP = 6, 5, 2
"""Cells of a mark, of a number of runs, and between two columns."""
SHORT = 14
"""Cells that a student's name gets at least."""
LOW = 50.0
"""Marks below are shown as bad ones."""
PASSED, COLUMN = 12, 7
"""Cells of how many passed, and of a median."""
TIME = 15
"""Cells of a median time."""


def show(screen: Screen, book: Gradebook, problems: Sequence[str] = ()) -> None:
    """Print the class.

    Args:
        screen: where to.
        book: the class.
        problems: files that could not be believed.
    """
    screen.line((one_line(book.course) or say(en="The class", zh="全班"), "title"))
    screen.line((telling.rule(book), "dim"))
    if book.students:
        screen.gap()
        _students(screen, book)
    if book.checks:
        screen.gap()
        _checks(screen, book)
    for heading, lines in telling.apart(book):
        _listed(screen, heading, lines, "soon")
    if problems:
        _listed(
            screen, say(en="Files that are not believed", zh="不可信的文件"), [one_line(one) for one in problems], "bad"
        )


def _students(screen: Screen, book: Gradebook) -> None:
    room = screen.width - 1 - MARK - RUNS - 2 * GAP
    labs = [one for one in book.labs if room >= SHORT]
    each = MARK + GAP
    if len(labs) * each + SHORT > room:
        labs = []
    left = min(room - len(labs) * each, 32)
    head = [say(en="mark", zh="成绩"), *(f"{at}" for at in range(1, len(labs) + 1))]
    screen.line((_row(say(en="student", zh="学生"), left, head, say(en="runs", zh="次数")), "bold"))
    for one in book.students:
        _student(screen, one, labs, left)
    if labs:
        legend = "   ".join(f"{at} {one_line(lab)} × {book.labs[lab]:g}" for at, lab in enumerate(labs, 1))
        screen.line((legend, "dim"), lead=" ")


def _student(screen: Screen, one: StudentStanding, labs: Sequence[str], left: int) -> None:
    marks = {lab.lab: lab.mark for lab in one.labs}
    runs = sum(lab.attempts + lab.ungradable for lab in one.labs)
    shown = [telling.mark(one.mark), *(telling.mark(marks.get(lab)) for lab in labs)]
    line = _row(telling.name(one), left, shown, str(runs))
    style = "dim" if one.mark is None else "bad" if one.mark < LOW else ""
    screen.line((line, style))
    if said := telling.remarks(one):
        screen.line(("; ".join(said), "dim"), lead="   ")


def _row(name: str, left: int, marks: Sequence[str], runs: str) -> str:
    cell = cells.padded(cells.cut(name, left), left)
    return " " + cell + "".join(" " * GAP + _right(one, MARK) for one in marks) + " " * GAP + _right(runs, RUNS)


def _right(text: str, room: int) -> str:
    return " " * max(0, room - cells.width(text)) + text


def _checks(screen: Screen, book: Gradebook) -> None:
    left = screen.width - 3 - PASSED - 2 * COLUMN - TIME
    heads = (say(en="tries", zh="次数"), say(en="hints", zh="提示"), say(en="time", zh="用时"))
    line = cells.padded(say(en="check", zh="检查"), left) + _right(say(en="passed", zh="通过"), PASSED)
    screen.line((line + _medians(heads), "bold"), lead="   ")
    for one in book.checks:
        _check(screen, one, left)


def _check(screen: Screen, one: CheckSummary, left: int) -> None:
    name = one_line(f"{one.lab}/{one.step}/{one.check}")
    rate = "–" if one.rate is None else f"{one.passed}/{one.judged} {one.rate:>4.0%}"
    medians = (
        telling.number(one.attempts),
        telling.number(one.hints),
        "–" if one.seconds is None else duration(one.seconds),
    )
    line = cells.padded(cells.cut(name, left), left) + _right(rate, PASSED)
    lead: Part = (f" {screen.symbol('error')} ", "bad") if one.suspicions else "   "
    screen.line(line + _medians(medians), lead=lead)
    for found in one.suspicions:
        screen.line((telling.suspicion(found, one), "bad"), lead="   ")


def _medians(found: Sequence[str]) -> str:
    """Return tries, hints and time, each in its column."""
    return "".join(_right(cells.cut(one, room), room) for one, room in zip(found, (COLUMN, COLUMN, TIME), strict=True))


def _listed(screen: Screen, heading: str, lines: Sequence[str], style: str) -> None:
    screen.gap()
    screen.line((f"{heading} ({len(lines)})", style))
    for line in lines:
        screen.line(one_line(line, size=1000), lead=f" {screen.symbol('bullet')} ")
