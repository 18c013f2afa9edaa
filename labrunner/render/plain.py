"""Text that others wrote, made harmless: no escapes, no control characters, no end."""

import re

from labrunner.inert import CONTROLS
from labrunner.words import say

SIZE = 64 * 1024
"""Characters kept of one text."""
LINES = 100
"""Lines kept of one text."""

STRINGS = re.compile(r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|\Z)", re.DOTALL)
"""OSC, DCS, SOS, PM and APC: titles, links, the clipboard."""
SEQUENCES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?")
"""CSI and the short escapes: colours, cursor, clearing."""


def plain(text: str, *, lines: int = LINES, size: int = SIZE) -> str:
    """Return text that cannot do anything to a terminal.

    Args:
        text: from a container, an object, a file: anything found.
        lines: how many lines are kept; what was left out is said.
        size: how many characters are kept.

    Returns:
        the text without escape sequences and control characters; tabs are spaces, a lone carriage return
        begins a new line.
    """
    cut = text[:size]
    shown = CONTROLS.sub("", SEQUENCES.sub("", STRINGS.sub("", cut.replace("\r\n", "\n")).replace("\r", "\n")))
    kept = shown.expandtabs(8).split("\n")
    left = max(0, len(kept) - lines)
    if left:
        kept = [*kept[:lines], say(en=f"({left} more lines)", zh=f"（还有 {left} 行）")]
    elif len(text) > size:
        kept.append(say(en=f"({len(text) - size} more characters)", zh=f"（还有 {len(text) - size} 个字符）"))
    return "\n".join(kept)


def one_line(text: str, *, size: int = 500) -> str:
    """Return harmless text on a single line, at most `size` characters."""
    flat = " ".join(plain(text, size=size * 4).split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"
