"""A cause on a terminal: what is broken, the way there, the object's own words, and the command that shows it."""

from collections.abc import Sequence

from labrunner.outcome import Cause
from labrunner.render import cells
from labrunner.render.plain import one_line
from labrunner.render.screen import Part, Screen
from labrunner.words import say

LABEL = 9
"""Cells of the widest label before a detail, its gap included."""
DETAIL = 6
"""Cells before a detail."""
WORDS, WORDS_MORE = 4, 20
"""Lines of an object's own words that are shown."""
LINE = 300
"""Characters of one such line."""


def show(  # noqa: PLR0913 - a cause, and how it is shown
    screen: Screen,
    cause: Cause,
    *,
    see: str = "",
    notes: str = "",
    known: object = None,
    indent: int = DETAIL,
    more: bool = False,
) -> None:
    """Print one cause.

    Args:
        screen: where to.
        cause: the broken link.
        see: the command that shows the fact that failed, where there is one; stands before the cause's own.
        notes: the section of the notes where the cause names none.
        known: what was said already: a sentence that is the same is not said twice.
        indent: cells before every line.
        more: more of the object's own words.
    """
    if cause.sentence != known:
        detail(screen, say(en="why", zh="原因"), one_line(cause.sentence), indent=indent)
    if len(cause.path) > 1:
        arrow = f" {screen.symbol('arrow')} "
        detail(screen, "", (arrow.join(one_line(link) for link in cause.path), "dim"), indent=indent)
    words(screen, cause.words, indent=indent, more=more)
    commands(screen, [see, cause.see], indent=indent)
    section = cause.notes or notes
    if section:
        detail(screen, say(en="notes", zh="笔记"), section, (f"  [{cause.code}]", "dim"), indent=indent)
    else:
        detail(screen, "", (f"[{cause.code}]", "dim"), indent=indent)


def words(screen: Screen, said: Sequence[str], *, indent: int = DETAIL, more: bool = False) -> None:
    """Print an object's own words behind a bar, as they are; the last lines where there are many."""
    lines = [line for line in (one_line(line, size=LINE) for text in said for line in text.splitlines()) if line]
    limit = WORDS_MORE if more else WORDS
    lead = " " * (indent + LABEL) + screen.symbol("bar") + " "
    for line in lines[:1] + lines[1:][-(limit - 1) :] if len(lines) > limit else lines:
        screen.line((line, "dim"), lead=(lead, "dim"), hang=cells.width(lead))


def commands(screen: Screen, lines: Sequence[str], *, indent: int = DETAIL) -> None:
    """Print the commands that show it, each once, so that they can be copied."""
    label = say(en="look", zh="自己看")
    for line in dict.fromkeys(line for line in lines if line):
        lead = " " * indent + cells.padded(label, LABEL)
        screen.verbatim(f"$ {line}", lead=(lead, "dim"), style="code")
        label = ""


def others(screen: Screen, causes: Sequence[Cause], *, indent: int = DETAIL, more: bool = False) -> int:
    """Print the causes behind the first: each in full with `more`, else that there are some; how many were hidden."""
    rest = causes[1:]
    if not more:
        if rest:
            one = say(en="and one more", zh="还有一个原因")
            many = say(en=f"and {len(rest)} more", zh=f"还有 {len(rest)} 个原因")
            said = (one if len(rest) == 1 else many) + ": " + ", ".join(cause.code for cause in rest)
            detail(screen, "", (said, "dim"), indent=indent)
        return len(rest)
    for cause in rest:
        screen.gap()
        show(screen, cause, indent=indent, more=True)
    return 0


def detail(screen: Screen, label: str, *parts: Part, indent: int = DETAIL) -> None:
    """Print a detail behind its label."""
    screen.line(*parts, lead=(" " * indent + cells.padded(label, LABEL), "dim"))
