"""The forms of a class by their names."""

import io
from collections.abc import Sequence
from typing import Any

from labrunner.grading.gradebook import Gradebook
from labrunner.render.screen import WIDEST, Screen

FORMS = ("table", "csv", "json", "html", "markdown")


def record(book: Gradebook, problems: Sequence[str]) -> dict[str, Any]:
    """Return the class as JSON-able values, with the files that were not believed."""
    return {**book.record(), "problems": list(problems)}


def text(book: Gradebook, problems: Sequence[str], form: str, rows: str = "students") -> str:
    """Return one form.

    Args:
        book: the class.
        problems: files that were not believed; a CSV has no place for them.
        form: one of FORMS.
        rows: what a line of the CSV is of.
    """
    if form == "csv":
        from labrunner.render.gradebook import sheet

        return sheet.ROWS[rows](book)
    if form == "json":
        from labrunner.render.results.inert import json_text

        return json_text(record(book, problems), indent=2) + "\n"
    if form == "html":
        from labrunner.render.gradebook import class_page

        return class_page.form(book, problems)
    if form == "markdown":
        from labrunner.render.gradebook import markdown

        return markdown.form(book, problems)
    from labrunner.render.gradebook import terminal

    stream = io.StringIO()
    terminal.show(Screen(stream, width=WIDEST, colour=False, fancy=True), book, problems)
    return stream.getvalue()
