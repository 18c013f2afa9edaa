"""The marks on which the teacher has the last word, from a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.grading.result import FULL
from labrunner.grading.roster import same
from labrunner.words import say

LARGEST = 4 * 1024 * 1024
"""Bytes of such a file."""
SEPARATORS = ",;\t"
"""What spreadsheets put between cells, depending on where they were bought."""
COLUMNS = {
    "student": ("student", "学号", "学生"),
    "lab": ("lab", "实验"),
    "mark": ("mark", "成绩", "分数"),
    "reason": ("reason", "理由", "原因"),
}
"""A column, and the headings under which it is found."""


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
    for number, row in _rows(path, ("student", "mark")):
        student, lab, said = row.get("student", ""), row.get("lab", ""), row.get("mark", "")
        mark = _mark(said)
        if not student:
            raise _at(path, number, say(en="no student is named", zh="没有写学生"))
        if mark is None:
            raise _at(
                path,
                number,
                say(en=f"{said!r} is no mark from 0 to {FULL:g}", zh=f"{said!r} 不是 0 到 {FULL:g} 的成绩"),
            )
        if (same(student), lab) in found:
            raise _at(path, number, say(en="a second mark for the same", zh="同一项写了两个成绩"))
        found[same(student), lab] = Override(student, mark, lab, row.get("reason", ""))
    return tuple(found.values())


def _mark(said: str) -> float | None:
    try:
        mark = float(said.replace(",", "."))
    except ValueError:
        return None
    return mark if 0 <= mark <= FULL else None


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line that is not empty, with its number and its cells by column."""
    text = _decoded(path)
    heading = text.partition("\n")[0]
    separator = max(SEPARATORS, key=heading.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = [_column(cell) for cell in next(lines, [])]
        if lacking := [name for name in needed if name not in columns]:
            raise UsageError(
                say(
                    en=f"{path} has no column {', '.join(lacking)}: its first line must name the columns",
                    zh=f"{path} 没有 {'、'.join(lacking)} 这一列：第一行必须是列名",
                )
            )
        for cells in lines:
            row = {name: _clean(cell) for name, cell in zip(columns, cells, strict=False) if name}
            if any(row.values()):
                yield lines.line_num, row
    except csv.Error as broken:
        raise _at(path, lines.line_num, str(broken)) from broken


def _column(cell: str) -> str:
    said = _clean(cell).lower()
    return next((name for name, headings in COLUMNS.items() if said in headings), "")


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip().removeprefix("\ufeff")


def _decoded(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(say(en=f"{path} is no file", zh=f"{path} 不是文件"))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise UsageError(say(en=f"{path} cannot be read: {why}", zh=f"无法读取 {path}：{why}")) from broken
    if len(data) > LARGEST:
        raise UsageError(say(en=f"{path} is larger than {LARGEST >> 20} MiB", zh=f"{path} 超过 {LARGEST >> 20} MiB"))
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):  # spreadsheets in China save GBK
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise UsageError(
        say(
            en=f"{path} is no text that can be read; save it as CSV in UTF-8",
            zh=f"无法读取 {path} 的文字；请存为 UTF-8 的 CSV",
        )
    )


def _at(path: Path, number: int, said: str) -> UsageError:
    return UsageError(say(en=f"{path}, line {number}: {said}", zh=f"{path} 第 {number} 行：{said}"))
