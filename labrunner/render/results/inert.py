"""Text of students and of objects, made to mean nothing in the format that it is put into."""

import html
import json
import re
from typing import Any

from labrunner.inert import json_text
from labrunner.render.plain import plain

__all__ = ["in_cell", "in_code", "in_command", "in_html", "in_markdown", "in_property", "in_xml", "json_text", "said"]

NEVER_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKS = re.compile(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]")
"""Every character that Markdown may see more in than itself."""
FORMULA = "=+-@＝＋－＠\t\r\n|%"
"""What a cell begins with that a spreadsheet computes."""


def said(value: Any, *, size: int = 500) -> str:
    """Return a JSON value as people read it: text as it is, all else as JSON; one line, without escapes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    flat = " ".join(plain(text, size=size * 2).split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"


def in_xml(text: str) -> str:
    """Return text for an element or an attribute of XML 1.0, without what no XML may hold."""
    return html.escape(NEVER_IN_XML.sub("", text), quote=True)


def in_html(text: str) -> str:
    """Return text for an element or an attribute of HTML."""
    return html.escape(NEVER_IN_XML.sub("", text), quote=True)


def in_markdown(text: str) -> str:
    """Return text for a line of Markdown: no mark-up, no link, no mention, no HTML."""
    return MARKS.sub(lambda found: f"&#{ord(found[0])};", " ".join(NEVER_IN_XML.sub("", text).split()))


def in_code(text: str) -> str:
    """Return text for a line of Markdown, set as code, where nobody is mentioned and no address becomes a link."""
    return f"<code>{in_markdown(text)}</code>" if text.strip() else ""


def in_cell(text: str) -> str:
    """Return text for a cell of CSV: what a spreadsheet would compute gets an apostrophe before it."""
    safe = NEVER_IN_XML.sub("", text)
    return "'" + safe if (safe[:1] in FORMULA and safe) or (safe.lstrip()[:1] and safe.lstrip()[0] in FORMULA) else safe


def in_command(text: str) -> str:
    """Return text for the message of a GitHub workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """Return text for a property of a GitHub workflow command."""
    return in_command(text).replace(":", "%3A").replace(",", "%2C")
