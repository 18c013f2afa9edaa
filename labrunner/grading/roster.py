"""The students of a course: one CSV with a heading line, as spreadsheets write it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labrunner.grading.spreadsheet import at, rows
from labrunner.words import say

LONGEST = 64
"""Characters of a student's number."""
FORBIDDEN = frozenset("/\\:*?\"<>|'`$\0")
"""Characters that would mean something in a path, a spreadsheet's formula or a shell."""
COLUMNS = {
    "student": ("student", "学号", "学生"),
    "name": ("name", "姓名"),
    "email": ("email", "邮箱"),
}


@dataclass(frozen=True, slots=True)
class Student:
    """One line of a roster.

    Attributes:
        number: what identifies the student.
        name, email: as written; empty where the roster has no such column.
        line: of the file.
    """

    number: str
    name: str = ""
    email: str = ""
    line: int = 0


def is_number(text: str) -> bool:
    """Tell whether a text can be a student's number: one printable word or a few, that is no path and no option."""
    return (
        0 < len(text) <= LONGEST
        and text == text.strip()
        and text.isprintable()
        and text[0] not in "-.=+@~"
        and not FORBIDDEN & set(text)
    )


def same(number: str) -> str:
    """Return what two spellings of one number have in common: width and case are the keyboard's."""
    return unicodedata.normalize("NFKC", number).casefold().strip()


def read(file: Path) -> tuple[Student, ...]:
    """Read a roster: columns `student`, `name` and `email`, or 学号, 姓名 and 邮箱; further ones are left alone.

    Raises:
        UsageError: it cannot be read, has no column of students, a student without a number, or one twice.
    """
    found: dict[str, Student] = {}
    for line, row in rows(file, COLUMNS, ("student",)):
        one = Student(row["student"], row["name"], row["email"], line)
        if not is_number(one.number):
            number = one.number[:LONGEST]
            raise at(file, line, say(en=f"{number!r} is no student's number", zh=f"{number!r} 不能作为学号"))
        if (other := found.get(same(one.number))) is not None:
            raise at(
                file,
                line,
                say(
                    en=f"{one.number} is on the roster already, in line {other.line}",
                    zh=f"{one.number} 已在名单第 {other.line} 行",
                ),
            )
        found[same(one.number)] = one
    return tuple(found.values())


def compared(roster: Iterable[Student], seen: Iterable[str]) -> tuple[list[str], list[str]]:
    """Hold those who handed something in against a roster; nobody is dropped.

    Args:
        roster: the students.
        seen: numbers as they stand in submissions.

    Returns:
        the numbers that no line of the roster has, and those of the roster that handed in nothing, each sorted.
    """
    known = {same(one.number): one.number for one in roster}
    numbers = {same(one): one for one in seen}
    unknown = sorted(number for key, number in numbers.items() if key not in known)
    missing = sorted(number for key, number in known.items() if key not in numbers)
    return unknown, missing
