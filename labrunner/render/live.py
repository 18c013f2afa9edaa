"""A block of lines that is rewritten in place: only what changed, in one go, below whatever was printed before."""

import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from labrunner import interruption
from labrunner.render import cells
from labrunner.render.plain import SEQUENCES

AT_ONCE, SHOWN = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronized output: a terminal that knows it shows what lies between in one go, any other passes over it."""
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
"""The cursor."""
PLAIN = "\x1b[0m"
PARTS = re.compile(r"\x1b\[[0-9;]*m|.", re.DOTALL)
"""A styled line's pieces: a change of style, or a character."""
REST, BELOW = "\x1b[K", "\x1b[J"
"""Clear the rest of the line; everything below."""
SMALLEST = (20, 5)
"""Columns and rows below which nothing is drawn any smaller."""


class Live:
    """Draws on a terminal without an alternate screen, so that what was drawn last stays in its history.

    The cursor rests at the beginning of the line below the block.

    Args:
        stream: a terminal.
        size: returns its columns and rows; asked of the terminal where None.
    """

    def __init__(self, stream: TextIO, size: Callable[[], tuple[int, int]] | None = None) -> None:
        self._stream = stream
        self._size = size or (lambda: _size_of(stream))
        self._lines: list[str] = []
        self._columns = 0
        self._drawing = False

    def draw(self, lines: list[str]) -> None:
        """Show these lines in place of those that were shown last; the last one stays where not all have room."""
        columns, rows = self._size()
        self._drawing = True
        try:
            new = fitted(lines, columns, rows - 1)
            written = self._again(new, columns) if columns != self._columns else self._changes(new, columns)
            if written:
                self._stream.write(AT_ONCE + written + SHOWN)
                self._stream.flush()
            self._lines, self._columns = new, columns
        finally:
            self._drawing = False
        if self._size()[0] != columns:  # it was resized meanwhile
            self.draw(lines)

    def leave(self) -> None:
        """Let what is shown stay where it is; what is drawn next stands below."""
        self._lines = []

    @property
    def is_drawing(self) -> bool:
        """Tell whether lines are being written now."""
        return self._drawing

    def _again(self, new: list[str], columns: int) -> str:
        """Return what draws everything anew: a terminal of another width has broken the old lines elsewhere."""
        up = sum(height(line, columns) for line in self._lines)
        return _up(up) + "".join(_line(line, columns) for line in new) + BELOW

    def _changes(self, new: list[str], columns: int) -> str:
        old = self._lines
        same = min(len(old), len(new))
        written = ""
        for number in range(same):
            if old[number] != new[number]:
                rows = len(old) - number
                # Up to the line, over it, and down again to below the block.
                written += _up(rows) + _line(new[number], columns) + _down(rows - 1)
        if len(old) != len(new):
            written += _up(len(old) - same) + "".join(_line(line, columns) for line in new[same:]) + BELOW
        return written


@contextlib.contextmanager
def taken(stream: TextIO, redraw: Callable[[], None]) -> Iterator[None]:
    """Have a terminal to ourselves while the block runs: no cursor, no echo of what is typed; then as it was.

    Args:
        stream: the terminal that is drawn on.
        redraw: called when its size has changed, or when we are let go on after having been stopped.
    """
    before = _modes()

    def begin() -> None:
        _set_echo(before, on=False)
        stream.write(HIDE)
        stream.flush()

    def end() -> None:
        _set_echo(before, on=True)
        stream.write(SHOW)
        stream.flush()

    def stopped(*_: Any) -> None:
        end()
        os.kill(os.getpid(), signal.SIGSTOP)

    def goes_on(*_: Any) -> None:
        begin()
        redraw()

    def ended(number: int, _: Any) -> None:
        raise interruption.Interrupted(number)

    handlers: dict[int, Any] = {signal.SIGWINCH: lambda *_: redraw(), signal.SIGTSTP: stopped}
    handlers |= {signal.SIGCONT: goes_on, signal.SIGTERM: ended, signal.SIGHUP: ended}
    kept = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        begin()
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        end()


def fitted(lines: list[str], columns: int, rows: int) -> list[str]:
    """Return as many lines as have room, broken where they are too long; the last line is always among them.

    A line that the terminal broke by itself would be put together again, or not, when it grows wider.
    """
    broken = [broken for line in lines for broken in _broken(line, columns)]
    if len(broken) <= rows:
        return broken
    last = _broken(lines[-1], columns)
    return [*broken[: max(0, rows - len(last) - 1)], "…", *last]


def height(line: str, columns: int) -> int:
    """Return how many rows a line takes on a terminal of so many columns, which breaks no wide character."""
    return len(_broken(line, columns))


def _broken(line: str, columns: int) -> list[str]:
    """Break a styled line; each part begins with the style that holds there."""
    found, at, style = [""], 0, ""
    for part in PARTS.findall(line):
        if part.startswith("\x1b"):
            style = "" if part == PLAIN else part
            found[-1] += part
            continue
        wide = cells.width(part)
        if at + wide > columns:
            found[-1] += PLAIN if style else ""
            found.append(style)
            at = 0
        found[-1] += part
        at += wide
    return found


def _line(line: str, columns: int) -> str:
    # Where a line ends at the last column the cursor still stands on it, and clearing would take its last character.
    full = cells.width(SEQUENCES.sub("", line)) >= columns
    return line + ("" if full else REST) + "\r\n"


def _up(rows: int) -> str:
    return f"\x1b[{rows}A\r" if rows else "\r"


def _down(rows: int) -> str:
    return f"\x1b[{rows}B\r" if rows else ""


def _size_of(stream: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return 80, 24
    return max(SMALLEST[0], size.columns or 80), max(SMALLEST[1], size.lines or 24)


def _modes() -> Any:
    """Return the modes of the terminal that is typed at; None where there is none, or it is somebody else's now."""
    import termios

    if sys.stdin is None or not sys.stdin.isatty():
        return None
    try:
        if os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
            return None
        return termios.tcgetattr(sys.stdin.fileno())
    except (OSError, termios.error):
        return None


def _set_echo(modes: Any, *, on: bool) -> None:
    import termios

    if modes is None:
        return
    wanted = list(modes)
    if not on:
        wanted[3] &= ~termios.ECHO
    with contextlib.suppress(OSError, termios.error):
        # What was typed meanwhile was typed at nobody; it is not handed to the shell.
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, wanted)
