"""Texts that would do something to whoever looks at them, and what must never be in what we print."""

import re

from hypothesis import strategies as st

PIECES = (
    "\x1b[31m", "\x1b[2J", "\x9b1A", "\x1b]52;c;aGk=\x07", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "\x9d0;t\x9c",
    "\x1bPq\x1b\\", "\x1b",
    "\x1b\x1b[m]52;c;eA==\x07", "\x07", "\x08\x08", "\r", "\r\n", "\x00", "\x7f", "\x0b", "\x85",
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028", "\u2029", "\xa0", "\xad", "\U000e0041", "\ufe0f",
    "\ud800",
    "[bold]", "[/]", "[link=http://x]y[/link]", ":smile:", "::error::", "::error file=x,line=1::y",
    "::stop-commands::t", "##[error]", "##[group]", "<script>alert(1)</script>", "</details>", "<!--", "&lt;b&gt;",
    "```", "````\n", "~~~", "`", "**", "![i](http://x)", "[l](javascript:x)", "\n# head", "\n- item", "\n> said",
    "\n    ",
    "|a|b|\n|-|-|", "{registry}", "{0}", "%s", "\n", "\t", " ", "中文", "，", "a\u0301", "x" * 90, "word", "-", "$(id)",
    "; rm -rf /", "'", '"', "\\",
)  # fmt: skip
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What is neither to be seen, nor a space, nor a new line."""
COMMAND = re.compile(r"^\s*::[A-Za-z-]+(?: .*)?::|##\[", re.MULTILINE)
"""A command to GitHub's runner, as its own reader finds one."""


def texts() -> "st.SearchStrategy[str]":
    """Return texts made of such pieces, and of anything else."""
    pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=6))
    return st.lists(pieces, max_size=8).map("".join)


def is_inert(printed: str) -> bool:
    """Tell whether what was printed, without colours, steers nothing."""
    return STEERING.search(printed) is None
