"""What runs in a class's Pod: takes the submission of its index, grades it as anywhere, and prints what came of it."""

import os
import sys
from functools import partial
from pathlib import Path

from labrunner import interruption, words
from labrunner.errors import Fault, LabrunnerError
from labrunner.fleet import framed, login, plan, processes
from labrunner.fleet.blobs import Shelf
from labrunner.fleet.plan import Plan, Seat
from labrunner.grading import class_run
from labrunner.grading.course import Course, CourseLab
from labrunner.grading.grade import Terms, graded_labs, opened
from labrunner.grading.result import Isolation, Result, Trust
from labrunner.inert import json_text
from labrunner.state import in_use

WHERE, LOGIN, INDEX = "LABRUNNER_CLASS", "LABRUNNER_REGISTRY_LOGIN", "JOB_COMPLETION_INDEX"
PACK = Path("/opt/labrunner/pack")
"""Where the grader's image has a teacher's own labs."""
PATIENCE = 90.0
"""Seconds that the registry gets to answer to a Pod that has just begun."""


def main() -> int:
    """Grade this Pod's submission; 0 it has a grade, 3 it has none and is to be run again, 2 and 5 it never will."""
    interruption.heed()
    Path(os.environ["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    try:
        shelf, order, seat = _order()
    except LabrunnerError as broken:
        sys.stderr.write(f"{broken.message}\n")
        return broken.exit_code
    words.speak(order.language)
    try:
        return graded(shelf, order, seat, Path(os.environ["LABRUNNER_HOME"]))
    except LabrunnerError as broken:
        _print({"error.txt": broken.message.encode()}, seat)
        return broken.exit_code


def graded(shelf: Shelf, order: Plan, seat: Seat, home: Path) -> int:
    """Grade one submission of a class and print it; returns the exit code."""
    from labrunner.environment.build import Lines

    handed = home / "handed-in" / f"{seat.place}.zip"
    handed.parent.mkdir(parents=True)
    handed.write_bytes(shelf.get(seat.blob, within=PATIENCE))
    out, codes = home / "results", list[int]()
    try:
        # Nothing in a Pod is put to sleep: who is frozen cannot be ended, and the Pod would stay for ever.
        with in_use.held(), opened(_terms(order, seat), Lines(yes=False)) as a_class:
            processes.demand(processes.needed(graded_labs(a_class, seat.labs)))
            for _, came in class_run.run([handed], a_class, out, jobs=1, resume=False):
                if not isinstance(came, Result):
                    raise came or Fault("nothing was graded")
                kept = out / class_run.place(came.student, came.digest)
                files = {"result.json": json_text(came.record()).encode("utf-8", "backslashreplace")}
                files |= {one.relative_to(kept).as_posix(): one.read_bytes() for one in kept.rglob("*.gz")}
                _print(files, seat)
                codes.append(0 if came.gradable else 3)
    except LabrunnerError as broken:
        if not codes:
            raise
        sys.stderr.write(f"{broken.message}\n")  # what is not put away goes with the Pod
    return codes[0]


def _terms(order: Plan, seat: Seat) -> Terms:
    """Return the terms of a Pod: what a check is worth, and who is late, is the controller's to say."""
    labs = tuple(CourseLab(slug) for slug in seat.labs)
    course = Course(Path("course.yaml"), "", labs)
    return Terms(
        course,
        Trust.LOCAL,
        Isolation(order.isolation),
        trusting=True,  # as the controller was told: else there were no Pod
        limit=order.limit,
        extra=PACK if (PACK / "__init__.py").is_file() else None,
        settle=order.settle,
    )


def _order() -> tuple[Shelf, Plan, Seat]:
    registry, repository, named = os.environ[WHERE].split()
    shelf = Shelf(registry, repository, partial(login.known, registry, os.environ.get(LOGIN, "")))
    order = plan.parsed(shelf.get(named, within=PATIENCE))
    return shelf, order, order.seats[int(os.environ[INDEX])]


def _print(files: dict[str, bytes], seat: Seat) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in framed.lines(files, seat.blob)))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
