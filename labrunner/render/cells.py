"""Text measured in terminal cells: a Chinese character takes two, so `len` never pads and never wraps."""

from rich.cells import cell_len, chop_cells, set_cell_size

CLOSING = frozenset("，。、；：？！）》」』】〉…”’,.;:?!)]}%\u00a0")
"""No line begins with these."""
OPENING = frozenset("（《「『【〈“‘([{")
"""No line ends with these."""
HARD = "\u00a0"
"""A space at which no line is broken; printed as a space."""
WIDE = 2
ACCENTS = 8
"""Characters a cell that are drawn over each other at most; more begin another line."""


def width(text: str) -> int:
    """Return how many cells a text takes."""
    return cell_len(text)


def padded(text: str, cells: int) -> str:
    """Return the text filled with spaces to so many cells; longer text stays as it is."""
    return text + " " * max(0, cells - cell_len(text))


def cut(text: str, cells: int) -> str:
    """Return as much of the text as fits into so many cells, with an ellipsis where something is missing."""
    return text if cell_len(text) <= cells else set_cell_size(text, max(0, cells - 1)).rstrip() + "…"


def wrapped(text: str, first: int, rest: int) -> list[str]:
    """Break a text into lines.

    Lines break after spaces and beside wide characters, never before closing or after opening punctuation;
    joined, the lines are the text.

    Args:
        text: without newlines.
        first: cells of the first line.
        rest: cells of the others.
    """
    lines, line, room = [], "", max(1, first)
    for atom in _atoms(text):
        if line and _is_wider(line + atom, room):
            lines.append(line)
            line, room = "", max(1, rest)
        line += atom
        while _is_wider(line, room):
            piece = _head(line, room)
            lines.append(piece)
            line, room = line[len(piece) :], max(1, rest)
    return [*lines, line]


def _is_wider(text: str, cells: int) -> bool:
    """Tell whether a text takes more than a line, without the spaces at its end."""
    shown = text.rstrip(" ")
    return len(shown) > cells * ACCENTS or cell_len(shown) > cells


def _head(text: str, cells: int) -> str:
    """Return the longest beginning of a text that fits; a character at least.

    A text of nothing but accents takes no cells; so many of its characters are enough for a line.
    """
    begin = text[: cells * ACCENTS]
    return next(iter(chop_cells(begin, cells)), begin) or text[:1]


def _atoms(text: str) -> list[str]:
    atoms = [""]
    for before, after in zip(" " + text, text, strict=False):
        if atoms[-1] and _breaks(before, after):
            atoms.append("")
        atoms[-1] += after
    return atoms


def _breaks(before: str, after: str) -> bool:
    if after == " " or after in CLOSING or before in OPENING or before == HARD:
        return False
    return before == " " or cell_len(before) == WIDE or cell_len(after) == WIDE
