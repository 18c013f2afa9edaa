"""The students of a course: one CSV with a heading line, as spreadsheets write it."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.words import say

MOST_BYTES = 4 * 1024 * 1024
LONGEST = 64
"""Characters of a student's number."""
FORBIDDEN = frozenset("/\\:*?\"<>|'`$\0")
"""Characters that would mean something in a path, a spreadsheet's formula or a shell."""


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
    """Read a roster: columns `student`, `name` and `email`, further ones are left alone.

    UTF-8 is tried first, then GB18030, in which spreadsheets write on Chinese machines.

    Raises:
        UsageError: it is missing, too large, has no such columns, a student without a number, or one twice.
    """
    try:
        raw = file.read_bytes() if file.stat().st_size <= MOST_BYTES else b"\xff" * 2
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        said = say(en=f"the roster {file} cannot be read: {why}", zh=f"无法读取名单 {file}：{why}")
        raise UsageError(said) from wrong
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _read(raw.decode(encoding), file)
        except UnicodeDecodeError:
            continue
    raise UsageError(
        say(en=f"{file} is neither UTF-8 nor GB18030, or too large", zh=f"{file} 不是 UTF-8 或 GB18030，或者太大"),
        hint=say(en="save it as CSV in UTF-8", zh="请另存为 UTF-8 编码的 CSV"),
    )


def _read(text: str, file: Path) -> tuple[Student, ...]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if "student" not in columns:
        raise UsageError(
            say(en=f"{file}:1: no column is called student", zh=f"{file}:1: 没有名为 student 的列"),
            hint="student,name,email",
        )
    found: dict[str, Student] = {}
    try:
        for row in rows:
            said = {key: (row.get(name) or "").strip() for key, name in columns.items()}
            if not any(said.values()):
                continue
            one = Student(said["student"], said.get("name", ""), said.get("email", ""), rows.line_num)
            _put(found, one, file)
    except csv.Error as wrong:
        raise UsageError(f"{file}:{rows.line_num}: {wrong}") from wrong
    return tuple(found.values())


def _put(found: dict[str, Student], one: Student, file: Path) -> None:
    if not is_number(one.number):
        number = one.number[:LONGEST]
        said = say(en=f"{number!r} is no student's number", zh=f"{number!r} 不能作为学号")
        raise UsageError(f"{file}:{one.line}: {said}")
    if (other := found.get(same(one.number))) is not None:
        raise UsageError(
            say(
                en=f"{file}:{one.line}: {one.number} is on the roster already, in line {other.line}",
                zh=f"{file}:{one.line}: {one.number} 已在名单第 {other.line} 行",
            )
        )
    found[same(one.number)] = one


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
