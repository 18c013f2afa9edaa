"""Characters that do something where a text is shown, and JSON in which none of them stands as itself."""

import json
import re
from typing import Any

ACTING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # lines, and what turns the direction of text
    r"\ud800-\udfff"  # halves of characters
    r"\xad\u034f\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    r"\ufe00-\ufe0f\U000e0000-\U000e0fff"  # what nobody sees
)
"""What steers a terminal, turns, hides, or cannot be encoded; the inside of a regular expression's brackets."""
CONTROLS = re.compile(f"[{ACTING}]")
SPOKEN = re.compile(f"[{ACTING}\xa0]")
"""The same, and the space that is none: two texts that differ in these alone look alike."""
COMMAND = re.compile(r"(?P<line>^\s*)(?=::[A-Za-z-]+(?: [^\n]*?)?::)|(?P<old>##)(?=\[)", re.MULTILINE)
"""What GitHub's runner takes for a command in what a job prints: `::error::…` at the beginning of a line, and `##[…]`
in any place (actions/runner, ActionCommand)."""


def escaped(text: str) -> str:
    r"""Return a text in which what acts or hides stands as `\u009b`, so that it is seen."""
    return SPOKEN.sub(_escape, text)


def quoted(text: str) -> str:
    """Return text in which the runner of a CI job finds no command; a backslash stands before what looks like one."""
    if "::" not in text and "##[" not in text:
        return text
    return COMMAND.sub(lambda found: f"{found[0]}\\", text)


def json_text(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return a value as JSON that does nothing to whoever looks at it; read again, it is the same value.

    Args:
        value: JSON-able values; what is none becomes text.
        indent: spaces a level; all on one line where None.
        ascii_only: whether every other letter is escaped as well.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, default=str)
    return CONTROLS.sub(_escape, text).replace("##[", "##\\u005b")


def _escape(found: "re.Match[str]") -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()  # JSON writes what lies beyond 0xffff as two halves
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
