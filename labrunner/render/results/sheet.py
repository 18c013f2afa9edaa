"""CSV that a spreadsheet opens with a double click, in any language: UTF-8 with its mark, and no formula in it."""

import csv
import io
from collections.abc import Iterable

from labrunner.grading.result import Audience, Result
from labrunner.outcome import Outcome
from labrunner.render.plain import one_line
from labrunner.render.results.inert import in_cell, said
from labrunner.render.results.view import hidden_words, view
from labrunner.words import say

BOM = "\ufeff"
Cell = str | float | None


def table(heading: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return rows as CSV: text harmless and on one line, numbers as numbers, nothing as an empty cell."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_text(one) for one in heading])
    for row in rows:
        writer.writerow([_text(one) if isinstance(one, str) else _number(one) for one in row])
    return BOM + stream.getvalue()


def form(result: Result, audience: Audience) -> str:
    """Return the result as CSV, a line a check."""
    seen = view(result, audience)
    heading = (
        *("student", "lab", "step", "check", "outcome", "earned", "worth", "seconds"),
        *("claim", "expected", "found", "why", "see"),
        *("mark", "trust", "commit", "run", "nonce", "course_hash", "labrunner"),
    )
    about = seen.about
    each: list[Cell] = [seen.mark, about.trust.value, about.commit, about.run, about.nonce, about.course_hash]
    each.append(about.versions.get("labrunner", ""))
    rows: list[list[Cell]] = []
    for lab in seen.labs:
        first: list[Cell] = [about.student, lab.lab]
        if lab.trouble:
            rows.append(
                [*first, "", "", Outcome.ERROR.value, 0, lab.worth, lab.seconds, lab.trouble, "", "", "", "", *each]
            )
        for one in lab.checks:
            compared = [
                said(one.expected) if one.expected is not None else "",
                said(one.found) if one.found is not None else "",
            ]
            points: list[Cell] = [one.outcome.value, one.earned, one.worth, one.seconds, one.claim]
            rows.append([*first, one.step, one.check, *points, *compared, one.why, one.see, *each])
        if lab.hidden.checks:
            name = say(en="hidden checks", zh="隐藏检查")
            points = ["", lab.hidden.earned, lab.hidden.worth, None, hidden_words(lab.hidden)]
            rows.append([*first, "", name, *points, "", "", "", "", *each])
    return table(heading, rows)


def _text(text: str) -> str:
    return in_cell(one_line(text, size=2000))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
