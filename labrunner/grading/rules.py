"""The rules by which a class is put together: a course's own, or those that are named."""

from pathlib import Path

from labrunner.grading import course_file, overrides, roster
from labrunner.grading.course import Attempts, Course
from labrunner.grading.gradebook import Rules


def of_course(course: Course) -> Rules:
    """Return a course's rules.

    Raises:
        UsageError: its roster or its overrides cannot be read.
    """
    return Rules(
        attempts=course.attempts,
        roster=roster.read(course.roster) if course.roster else None,
        overrides=overrides.read(course.overrides) if course.overrides else (),
        labs={lab.slug: lab.weight for lab in course.labs},
    )


def named(course: Path | None, students: Path | None, marks: Path | None, attempts: Attempts | None) -> Rules:
    """Return the rules of a course, with what is named beside it in its place.

    Args:
        course: the course's file; None for no course.
        students: the roster.
        marks: the overrides.
        attempts: which run counts.

    Raises:
        UsageError: a file cannot be read.
    """
    own = of_course(course_file.read(course)) if course else Rules()
    return Rules(
        attempts=attempts or own.attempts,
        roster=roster.read(students) if students else own.roster,
        overrides=overrides.read(marks) if marks else own.overrides,
        labs=own.labs,
    )
