"""A stream that people read: styled spans, wrapped by cells, harmless whatever they hold."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from labrunner.inert import quoted
from labrunner.render import cells
from labrunner.render.plain import plain

Span = tuple[str, str]
"""Text and its style; the style is empty for none."""
Part = str | Span

WIDEST = 100
"""Cells of the widest line: longer ones are hard to read."""
NARROWEST = 40
USUAL = 80
ESCAPES = {
    "bold": "1",
    "dim": "2",
    "good": "32",
    "bad": "31",
    "soon": "33",
    "code": "36",
    "title": "1;36",
    "error": "1;31",
}
SYMBOLS = {
    "pass": ("✓", "+"),
    "fail": ("✗", "x"),
    "waiting": ("…", "~"),
    "blocked": ("⊘", "-"),
    "error": ("!", "!"),
    "dot": ("·", "-"),
    "bullet": ("•", "*"),
    "rule": ("─", "-"),
    "bar": ("│", "|"),
    "arrow": ("→", "->"),
}


class Screen:
    """Prints lines to a stream.

    Args:
        stream: where to.
        width: cells a line; the terminal's where None.
        colour: whether styles are shown; decided from the stream and NO_COLOR, TERM where None.
        fancy: whether the stream can encode more than ASCII; asked of it where None.

    In a CI job, nothing that it prints is a command to the job's runner.
    """

    def __init__(
        self, stream: TextIO, *, width: int | None = None, colour: bool | None = None, fancy: bool | None = None
    ) -> None:
        self.stream = stream
        self.width = width or _columns()
        self.colour = is_coloured(stream, os.environ) if colour is None else colour
        self.fancy = can_show(stream, "✓⊘─") if fancy is None else fancy
        self.quoted = is_read_by_a_runner(os.environ)

    def symbol(self, name: str) -> str:
        """Return a sign that the stream can show."""
        return SYMBOLS[name][0 if self.fancy else 1]

    def line(self, *parts: Part, lead: Part = "", hang: int | None = None) -> None:
        """Print one paragraph.

        Args:
            parts: what it says, in spans; a newline in them begins a new line.
            lead: stands before the first line; the others are indented by its cells.
            hang: indentation of the other lines, where it is not that of the lead.
        """
        self._print([_span(part) for part in parts], _span(lead), hang, wrap=True)

    def verbatim(self, text: str, *, lead: Part = "", style: str = "") -> None:
        """Print text line by line as it is, never wrapped, so that it can be copied."""
        self._print([(text, style)], _span(lead), None, wrap=False)

    def copied(self, text: str) -> None:
        """Print text that was made harmless already, whole and as it is: a block to paste elsewhere."""
        self.stream.write(quoted(text) if self.quoted else text)

    def gap(self) -> None:
        """Print an empty line."""
        self.stream.write("\n")

    def rule(self, title: str = "") -> None:
        """Print a line across the screen, with a title in it."""
        head = f"{self.symbol('rule') * 2} {title} " if title else ""
        fill = self.symbol("rule") * max(0, self.width - cells.width(head))
        self._print([(head, "bold"), (fill, "dim")], ("", ""), None, wrap=False)

    def styled(self, text: str, style: str) -> str:
        """Return text with its style switched on and off, where styles are shown."""
        if not style or not self.colour or not text:
            return text
        return f"\x1b[{ESCAPES[style]}m{text}\x1b[0m"

    def _print(self, spans: list[Span], lead: Span, hang: int | None, *, wrap: bool) -> None:
        safe = [(plain(text), style) for text, style in spans]
        before = plain(lead[0])
        indent = cells.width(before) if hang is None else hang
        first = True
        for paragraph in _paragraphs(safe):
            text = "".join(part for part, _ in paragraph)
            room = self.width - cells.width(before) if first else self.width - indent
            lines = cells.wrapped(text, room, self.width - indent) if wrap else [text]
            at = 0
            for line in lines:
                shown = self.styled(before, lead[1]) if first else " " * indent
                said = (shown + self._slice(paragraph, at, line)).rstrip(" ")
                self.stream.write((quoted(said) if self.quoted else said) + "\n")
                at += len(line)
                first = False

    def _slice(self, spans: list[Span], at: int, line: str) -> str:
        """Return the part of the spans that a line shows, styled, without the spaces at its end."""
        end, begin, shown = at + len(line.rstrip(" ")), 0, ""
        for text, style in spans:
            part = text[max(0, at - begin) : max(0, end - begin)]
            shown += self.styled(part.replace(cells.HARD, " "), style)
            begin += len(text)
        return shown


def standard() -> Screen:
    """Return the screen of standard output."""
    return Screen(sys.stdout)


def is_coloured(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether a stream is a terminal that shows styles and whose owner wants them; FORCE_COLOR stands for one."""
    if environ.get("NO_COLOR") or environ.get("TERM", "") in ("", "dumb"):
        return False
    return bool(environ.get("FORCE_COLOR")) or stream.isatty()


def is_read_by_a_runner(environ: Mapping[str, str]) -> bool:
    """Tell whether what is printed is read by the runner of a CI job, which takes some lines for commands."""
    return any(environ.get(name, "").lower() in ("true", "1") for name in ("CI", "GITHUB_ACTIONS"))


def can_show(stream: TextIO, text: str) -> bool:
    """Tell whether a stream's encoding has these characters."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _columns() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((USUAL, 24)).columns))


def _span(part: Part) -> Span:
    return (part, "") if isinstance(part, str) else part


def _paragraphs(spans: Iterable[Span]) -> list[list[Span]]:
    found: list[list[Span]] = [[]]
    for text, style in spans:
        head, *others = text.split("\n")
        found[-1].append((head, style))
        found += [[(other, style)] for other in others]
    return found
