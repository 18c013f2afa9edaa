"""The statements of the notes beside what shows them, in two columns that Chinese does not push out of line."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from labrunner import coverage
from labrunner.coverage import Answer, Labs, Section, Statement
from labrunner.render import cells
from labrunner.render.record import SCHEMA
from labrunner.render.screen import Screen, Span
from labrunner.words import say

SIGNS = {
    Answer.PROVED: ("pass", "good"),
    Answer.SEE: ("arrow", "good"),
    Answer.OPINION: ("dot", "dim"),
    Answer.OPEN: ("fail", "bad"),
}
"""The sign of an answer, and its style."""
INDENT, GAP = 3, 2
"""Cells before a statement, and between it and its answer."""
SHARE = 0.55
"""How much of a line the statements take."""


def show(screen: Screen, sections: Iterable[Section], labs: Labs) -> None:
    """Print one section after the other, and how many statements have which answer.

    Args:
        screen: where to.
        sections: what the notes claim.
        labs: those that are there.
    """
    sections = tuple(sections)
    for section in sections:
        screen.line((section.heading, "title"), (f"  {section.lab}", "dim"))
        if section.empty:
            said = say(en="empty in the notes: the lab fills it", zh="笔记里这一节是空的，由实验补上")
            screen.line((said, "dim"), lead=" " * INDENT)
        for statement in section.statements:
            _row(screen, section, statement, labs)
        screen.gap()
    _closing(screen, coverage.counts(sections, labs))


def record(sections: Iterable[Section], labs: Labs) -> dict[str, Any]:
    """Return the sections as JSON-able values.

    Args:
        sections: what the notes claim.
        labs: those that are there.
    """
    sections = tuple(sections)
    return {
        "schema": SCHEMA,
        "sections": [
            {
                "heading": section.heading,
                "lab": section.lab,
                "there": section.lab in labs,
                "empty": section.empty,
                "statements": [_record(statement, labs) for statement in section.statements],
            }
            for section in sections
        ],
        "counts": {answer.value: number for answer, number in coverage.counts(sections, labs).items()},
    }


def _record(statement: Statement, labs: Labs) -> dict[str, Any]:
    return {
        "id": statement.id,
        **statement.words,
        "answer": statement.answer(labs).value,
        "steps": list(statement.steps),
        "see": statement.see,
        "reason": dict(statement.opinion or {}),
        "corrected": statement.corrected,
    }


def _row(screen: Screen, section: Section, statement: Statement, labs: Labs) -> None:
    left = int((screen.width - INDENT - GAP) * SHARE)
    right = screen.width - INDENT - GAP - left
    name, style = SIGNS[statement.answer(labs)]
    lead = (f" {screen.symbol(name)} ", style)
    said = cells.wrapped(statement.said, left, left)
    beside = _answer(section, statement, labs, right)
    for text, spans in zip_longest(said, beside, fillvalue=None):
        column = cells.padded((text or "").rstrip(), left + GAP)
        screen.line(column, *(spans or ()), lead=lead)
        lead = (" " * INDENT, "")


def _answer(section: Section, statement: Statement, labs: Labs, room: int) -> list[list[Span]]:
    """Return the lines of the second column."""
    answer = statement.answer(labs)
    if answer is Answer.PROVED:
        own = f"{section.lab}/"
        text, style = ", ".join(step.removeprefix(own) for step in statement.steps), "code"
    elif answer is Answer.SEE:
        text, style = say(en=f"see {statement.see}", zh=f"见 {statement.see}"), ""
    elif answer is Answer.OPINION:
        text, style = say(en=f"not checkable: {statement.reason}", zh=f"无法检验：{statement.reason}"), "dim"
    elif section.lab in labs and not statement.labs:
        text, style = say(en="no step yet", zh="还没有步骤"), "bad"
    else:
        text, style = say(en="no lab yet", zh="还没有实验"), "bad"
    lines: list[list[Span]] = [[(line.rstrip(), style)] for line in cells.wrapped(text, room, room)]
    if statement.corrected and answer is Answer.PROVED:
        remark = say(en="corrected in the lab", zh="实验里有更正")
        last = cells.width(lines[-1][0][0])
        if last + GAP + cells.width(remark) <= room:
            lines[-1].append((" " * GAP + remark, "soon"))
        else:
            lines.append([(remark, "soon")])
    return lines


def _closing(screen: Screen, found: dict[Answer, int]) -> None:
    each = (
        (found[Answer.PROVED], say(en="proved by a step", zh="条由步骤证明")),
        (found[Answer.SEE], say(en="in another lab", zh="条见别的实验")),
        (found[Answer.OPINION], say(en="not checkable", zh="条无法检验")),
        (found[Answer.OPEN], say(en="still open", zh="条还没有着落")),
    )
    said = say(en=", ", zh="，").join(f"{number} {what}" for number, what in each if number)
    of = sum(found.values())
    one = say(en="1 statement: ", zh="共 1 条陈述：")
    many = say(en=f"{of} statements: ", zh=f"共 {of} 条陈述：")
    screen.line(((one if of == 1 else many) + said, "soon" if found[Answer.OPEN] else "good"))
