"""The Markdown of labs on a terminal: paragraphs, lists, quotes, code; Chinese wraps where it may.

rich's own renderer breaks lines at spaces only, which leaves Chinese paragraphs ragged or cut in a word.
"""

import re

from labrunner.render.cells import HARD
from labrunner.render.screen import Part, Screen, Span

INLINE = re.compile(r"(`+)(?P<code>.+?)\1(?!`)|\*\*(?P<bold>.+?)\*\*|\[(?P<text>[^\]]+)\]\((?P<url>[^)\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")
ITEM = re.compile(r"^(?P<indent> *)(?P<sign>[-*+]|\d+[.)]) +(?P<text>.*)$")
HEADING = re.compile(r"^#{1,6} +(.*)$")
SOLID = 48
"""Code up to so many characters is kept on one line."""


def inline(text: str, *, style: str = "", marks: bool = True) -> list[Part]:
    """Return one paragraph's text as spans.

    Args:
        text: Markdown with `code`, **bold** and links.
        style: of what is neither.
        marks: whether backticks stay around code; without colours they tell it apart.
    """
    spans: list[Part] = []
    at = 0
    for match in INLINE.finditer(text):
        spans.append((text[at : match.start()], style))
        spans += _inner(match, style, marks=marks)
        at = match.end()
    spans.append((text[at:], style))
    return [span for span in spans if span[0]]


def _inner(match: "re.Match[str]", style: str, *, marks: bool) -> list[Span]:
    if (code := match["code"]) is not None:
        code = code.strip() or code
        solid = code.replace(" ", HARD) if len(code) <= SOLID else code
        return [(f"`{solid}`" if marks else solid, "code")]
    if match["bold"] is not None:
        return [(span[0], span[1] if span[1] == "code" else "bold") for span in _spans(match["bold"], marks=marks)]
    return [(match["text"], style), (f" ({match['url']})", "dim")]


def _spans(text: str, *, marks: bool) -> list[Span]:
    return [span if isinstance(span, tuple) else (span, "") for span in inline(text, marks=marks)]


def show(screen: Screen, markdown: str, *, indent: int = 0) -> None:
    """Print Markdown.

    Args:
        screen: where to.
        markdown: what.
        indent: cells before every line.
    """
    _Writer(screen, indent).write(markdown.strip("\n").splitlines())


class _Writer:
    def __init__(self, screen: Screen, indent: int) -> None:
        self.screen = screen
        self.margin = " " * indent
        self.paragraph: list[str] = []
        self.lead = ""

    def write(self, lines: list[str]) -> None:
        fence = ""
        for line in lines:
            if match := FENCE.match(line):
                self.flush()
                fence = "" if fence else match[1]
            elif fence:
                self.screen.verbatim(line, lead=self.margin + "    ", style="code")
            else:
                self.block(line)
        self.flush()

    def block(self, line: str) -> None:
        if not line.strip():
            self.flush()
            self.screen.gap()
        elif match := ITEM.match(line):
            self.flush()
            sign = match["sign"] if match["sign"][0].isdigit() else self.screen.symbol("bullet")
            self.lead, self.paragraph = f"{match['indent']}{sign} ", [match["text"]]
        elif match := HEADING.match(line):
            self.flush()
            self.screen.line((match[1], "bold"), lead=self.margin)
        elif line.startswith(">"):
            if self.lead != "> ":
                self.flush()
            self.lead = "> "
            self.paragraph.append(line.lstrip("> "))
        elif line.startswith("|"):
            self.flush()
            self.screen.verbatim(line, lead=self.margin)
        else:
            self.paragraph.append(line.strip())

    def flush(self) -> None:
        if self.paragraph:
            lead = f"{self.screen.symbol('bar')} " if self.lead == "> " else self.lead
            text = inline(joined(self.paragraph), marks=not self.screen.colour)
            self.screen.line(*text, lead=self.margin + lead)
        self.paragraph, self.lead = [], ""


def joined(lines: list[str]) -> str:
    """Return lines of one paragraph as one; between two Chinese characters no space is put in."""
    text = ""
    for line in lines:
        glue = "" if not text or (_is_han(text[-1]) and _is_han(line[:1])) else " "
        text += glue + line
    return text


def _is_han(char: str) -> bool:
    return bool(char) and (char >= "\u2e80")
