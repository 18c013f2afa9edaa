"""What a walk from an object came to, on a terminal and as a record."""

from dataclasses import asdict
from typing import Any

from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import causes, prose
from labrunner.render.plain import one_line
from labrunner.render.report import STYLES, explained
from labrunner.render.screen import Screen
from labrunner.why import Diagnosis
from labrunner.words import say

SCHEMA = 1
"""Version of a diagnosis' JSON."""
INDENT = 2


def show(screen: Screen, found: Diagnosis, *, more: bool = False) -> int:
    """Print a diagnosis.

    Args:
        screen: where to.
        found: what the walk came to.
        more: every cause in full, and what was looked at.

    Returns:
        how many causes were hidden.
    """
    subject = one_line(found.subject)
    if found.causes:
        screen.line((subject, "bold"), lead=(screen.symbol("fail") + " ", "bad"))
        causes.show(screen, found.causes[0], indent=INDENT, more=more)
        return causes.others(screen, found.causes, indent=INDENT, more=more)
    if found.moving:
        lead = (screen.symbol("waiting") + " ", "soon")
        screen.line(
            (subject, "bold"), say(en=f" is on its way: {found.moving}", zh=f" 还在进行：{found.moving}"), lead=lead
        )
    elif found.healthy:
        said = say(en=" is as it should be.", zh=" 一切正常。")
        screen.line((subject, "bold"), said, lead=(screen.symbol("pass") + " ", "good"))
    else:
        said = say(
            en=": what is wrong here, if anything, is not known. What was seen:",
            zh="：不知道问题在哪里（如果有的话）。看到的是：",
        )
        screen.line((subject, "bold"), said, lead=(screen.symbol("error") + " ", "error"))
    if more or not found.known:
        for phrase in found.saw:
            screen.line((one_line(phrase), "dim"), lead=f"{' ' * INDENT}{screen.symbol('dot')} ")
    return 0


def record(found: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as JSON-able values."""
    return {"schema": SCHEMA, **asdict(found)}


def show_failing(screen: Screen, report: Report, *, more: bool = False) -> int:
    """Print why claims do not hold: each broken link once, under all the claims that it breaks.

    Args:
        screen: where to.
        report: holds nothing but what is not a pass.
        more: every cause in full.

    Returns:
        how many causes were hidden.
    """
    hidden = 0
    for number, verdicts in enumerate(_by_cause(report.verdicts)):
        if number:
            screen.gap()
        for verdict in verdicts:
            mark = screen.symbol(verdict.outcome.value) + " "
            screen.line(*prose.inline(verdict.claim, marks=not screen.colour), lead=(mark, STYLES[verdict.outcome]))
        if verdicts[0].outcome is Outcome.WAITING and not verdicts[0].causes:
            screen.line((verdicts[0].why, "dim"), lead=" " * causes.DETAIL)
        else:
            hidden += explained(screen, verdicts[0], more=more)
    return hidden


def _by_cause(verdicts: tuple[Verdict, ...]) -> list[list[Verdict]]:
    """Return verdicts by their first cause, in the order in which they came; one without a cause is alone."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        first = verdict.causes[0] if verdict.causes else None
        key = (first.code, first.subject) if first else ("", verdict.check)
        groups.setdefault(key, []).append(verdict)
    return list(groups.values())
