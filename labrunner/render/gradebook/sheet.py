"""The class as CSV: a line a student, a line a check, or a line for each of both."""

from collections.abc import Callable

from labrunner.grading.gradebook import Gradebook
from labrunner.render.gradebook import telling
from labrunner.render.results.sheet import Cell, table


def students(book: Gradebook) -> str:
    """Return a line a student: the marks, as another gradebook takes them."""
    labs = list(book.labs)
    heading = ("student", "name", "email", "standing", "mark", *labs, "runs", "known", "by_hand", "remarks")
    rows: list[list[Cell]] = []
    for one in book.students:
        marks = {lab.lab: lab.mark for lab in one.labs}
        runs = sum(lab.attempts + lab.ungradable for lab in one.labs)
        by_hand = bool(one.override or any(lab.override for lab in one.labs))
        first: list[Cell] = [one.student, one.name, one.email, one.standing.value, one.mark]
        last: list[Cell] = [runs, str(one.known).lower(), str(by_hand).lower(), "; ".join(telling.remarks(one))]
        rows.append([*first, *(marks.get(lab) for lab in labs), *last])
    return table(heading, rows)


def checks(book: Gradebook) -> str:
    """Return a line a check: what the class made of it."""
    heading = (
        *("lab", "step", "check", "claim", "judged", "passed", "rate", "errors", "runs"),
        *("median_attempts", "median_hints", "median_seconds", "differing", "suspicions"),
    )
    rows: list[list[Cell]] = [
        [
            *(one.lab, one.step, one.check, one.claim, one.judged, one.passed, one.rate, one.errors, one.runs),
            *(one.attempts, one.hints, one.seconds, one.differing, " ".join(one.suspicions)),
        ]
        for one in book.checks
    ]
    return table(heading, rows)


def each(book: Gradebook) -> str:
    """Return a line for each student and check."""
    heading = ("student", "lab", "step", "check", "passed", "outcome", "attempts", "hints", "seconds_to_pass")
    rows: list[list[Cell]] = [
        [
            *(student.student, one.lab, one.step, one.check, str(one.passed).lower(), one.outcome.value),
            *(one.attempts, one.hints, one.seconds),
        ]
        for student in book.students
        for lab in student.labs
        for one in lab.checks
    ]
    return table(heading, rows)


ROWS: dict[str, Callable[[Gradebook], str]] = {"students": students, "checks": checks, "each": each}
"""What a line is of → the table."""
