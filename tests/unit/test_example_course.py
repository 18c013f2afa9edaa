"""What the example course is said to come to: each check of its labs, the points, and the marks of both pages."""

import re
from collections import defaultdict

import pytest

from bench.example_course import COURSE, expected
from labrunner import catalog
from labrunner.grading import course_file, roster
from labrunner.grading.lab_grade import graded_part
from labrunner.grading.result import CheckResult, LabResult, Result
from labrunner.outcome import Outcome

ROW = re.compile(r"(?m)^\| (s\d+) \|.*\| (\d+) / (\d+) \| (\d+) / (\d+) \| ([\d.]+) \|$")


def results() -> dict[str, Result]:
    """Return a result a student, made of what is expected."""
    course = course_file.read(COURSE / "course.yaml")
    checks: dict[tuple[str, str], list[CheckResult]] = defaultdict(list)
    for (student, slug, step, check), outcome in expected().items():
        lab = course.lab(slug)
        assert lab is not None
        worth = lab.worth(step, check)
        earned = worth if outcome == Outcome.PASS else 0.0
        checks[student, slug].append(CheckResult(step, check, "", Outcome(outcome), earned, worth))
    return {
        student: Result(
            student,
            tuple(
                LabResult(lab.slug, lab.weight, "own-engine", tuple(checks[student, lab.slug])) for lab in course.labs
            ),
        )
        for student in {student for student, _ in checks}
    }


def test_every_graded_check_of_every_submission_has_its_outcome() -> None:
    course = course_file.read(COURSE / "course.yaml")
    assert course.roster is not None
    assert (COURSE / "submissions").is_dir()
    handed_in = [one.number for one in roster.read(course.roster)][: len(list((COURSE / "submissions").iterdir()))]
    wanted = {
        (student, lab.slug, check.step, check.id)
        for student in handed_in
        for lab in course.labs
        for check in graded_part(catalog.load(lab.slug)).lab.checks
    }
    assert expected().keys() == wanted


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_marks_of_the_page_follow_from_the_outcomes(page: str) -> None:
    rows = ROW.findall((COURSE / page).read_text(encoding="utf-8"))
    found = results()
    assert [row[0] for row in rows] == sorted(found)
    for student, *points, mark in rows:
        docker, kubernetes = found[student].labs
        assert [float(one) for one in points] == [docker.earned, docker.worth, kubernetes.earned, kubernetes.worth]
        assert float(mark) == found[student].mark


def test_who_does_everything_has_everything_and_who_does_it_wrongly_nothing() -> None:
    found = results()
    assert (found["s001"].mark, found["s003"].mark) == (100.0, 0.0)
    cheat = {key[2]: outcome for key, outcome in expected().items() if key[0] == "s004" and key[2] in CHEATS}
    assert set(cheat.values()) == {"fail"}


CHEATS = ("run-missing", "read", "pod-net")
"""Steps of the cheat's that it does in no way of its own."""
