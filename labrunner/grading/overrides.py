"""The marks on which the teacher has the last word, from a spreadsheet."""

from dataclasses import dataclass
from pathlib import Path

from labrunner.grading.result import FULL
from labrunner.grading.roster import same
from labrunner.grading.spreadsheet import at, rows
from labrunner.words import say

COLUMNS = {
    "student": ("student", "学号", "学生"),
    "lab": ("lab", "实验"),
    "mark": ("mark", "成绩", "分数"),
    "reason": ("reason", "理由", "原因"),
}


@dataclass(frozen=True, slots=True)
class Override:
    """The teacher's last word.

    Attributes:
        student: as in the results.
        mark: 0 to 100.
        lab: the lab that it is the mark of; empty for the whole.
        reason: why, shown beside the mark.
    """

    student: str
    mark: float
    lab: str = ""
    reason: str = ""


def read(path: Path) -> tuple[Override, ...]:
    """Read overrides: CSV with the headings `student` and `mark`, and perhaps `lab` and `reason`.

    Raises:
        UsageError: the file cannot be read, lacks a heading, has a mark that is none, or two for the same.
    """
    found: dict[tuple[str, str], Override] = {}
    for number, row in rows(path, COLUMNS, ("student", "mark")):
        student, lab, said = row["student"], row["lab"], row["mark"]
        mark = _mark(said)
        if not student:
            raise at(path, number, say(en="no student is named", zh="没有写学生"))
        if mark is None:
            raise at(
                path,
                number,
                say(en=f"{said!r} is no mark from 0 to {FULL:g}", zh=f"{said!r} 不是 0 到 {FULL:g} 的成绩"),
            )
        if (same(student), lab) in found:
            raise at(path, number, say(en="a second mark for the same", zh="同一项写了两个成绩"))
        found[same(student), lab] = Override(student, mark, lab, row["reason"])
    return tuple(found.values())


def _mark(said: str) -> float | None:
    try:
        mark = float(said.replace(",", "."))
    except ValueError:
        return None
    return mark if 0 <= mark <= FULL else None
