"""Tables that a teacher keeps in a spreadsheet, saved as CSV: whatever separator and encoding it chose."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from labrunner.errors import UsageError
from labrunner.words import say

LARGEST = 4 * 1024 * 1024
"""Bytes of such a file."""
SEPARATORS = ",;\t"
"""What spreadsheets put between cells, depending on where they were bought."""
Headings = Mapping[str, tuple[str, ...]]
"""A column, and the headings under which it is found."""


def rows(path: Path, columns: Headings, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line that is not empty, with its number and its cells by column; further columns are left alone.

    UTF-8 is tried first, then GB18030, in which spreadsheets write on Chinese machines; UTF-16 is known by its mark.

    Args:
        path: the file; its first line names the columns.
        columns: the columns that are read.
        needed: those that there have to be.

    Raises:
        UsageError: the file cannot be read, is too large, is no text, or lacks a column.
    """
    text = _decoded(path)
    heading = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=heading.count))
    try:
        names = [_column(cell, columns) for cell in next(lines, [])]
        if lacking := [name for name in needed if name not in names]:
            raise UsageError(
                say(
                    en=f"{path} has no column {', '.join(lacking)}: its first line must name the columns",
                    zh=f"{path} 没有 {'、'.join(lacking)} 这一列：第一行必须是列名",
                ),
                hint=",".join(columns),
            )
        for cells in lines:
            row = dict.fromkeys(columns, "")
            row |= {name: _clean(cell) for name, cell in zip(names, cells, strict=False) if name}
            if any(row.values()):
                yield lines.line_num, row
    except csv.Error as broken:
        raise at(path, lines.line_num, str(broken)) from broken


def at(path: Path, number: int, said: str) -> UsageError:
    """Return the error that tells what is wrong with a line."""
    return UsageError(say(en=f"{path}, line {number}: {said}", zh=f"{path} 第 {number} 行：{said}"))


def _column(cell: str, columns: Headings) -> str:
    said = _clean(cell).lower()
    return next((name for name, headings in columns.items() if said in headings), "")


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
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
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
