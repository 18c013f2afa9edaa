"""What a student is told of hidden checks: what the course allows, in every form, and not one word more."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from grades import everything
from grades_any import results
from hypothesis import HealthCheck, Phase, given, settings

from labrunner.grading import class_run
from labrunner.grading.lab_grade import unjudged
from labrunner.grading.result import Audience, CheckResult, Result, Shown, Trust
from labrunner.outcome import Outcome
from labrunner.render import graded
from labrunner.render.results import (
    classroom50,
    ctrf,
    github,
    gradescope,
    junit,
    markdown,
    own,
    result_page,
    sheet,
)
from labrunner.render.screen import Screen
from labrunner.words import speak

FORMS: dict[str, Callable[[Result, Audience], str]] = {
    module.__name__.rpartition(".")[2]: module.form
    for module in (classroom50, ctrf, github, gradescope, junit, markdown, own, result_page, sheet)
}
EACH = pytest.mark.parametrize("form", FORMS)
WITHHELD = (
    *("verdict-expected", "verdict-found", "verdict-see", "verdict-why"),
    *("hidden_count", "hidden_other", "count-expected", "count-found", "count-why"),
    *("teacher-flag", "docker-basics.json.gz"),
)


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


@EACH
def test_nothing_that_is_withheld_stands_in_a_student_s_form(form: str) -> None:
    text = FORMS[form](everything(), Audience.STUDENT)
    assert text
    assert not [word for word in WITHHELD if word in text]


def test_the_teacher_s_json_has_everything() -> None:
    text = own.form(everything(), Audience.TEACHER)
    assert all(word in text for word in WITHHELD)


@EACH
def test_a_student_s_form_says_that_there_are_hidden_checks(form: str) -> None:
    text = FORMS[form](everything(), Audience.STUDENT)
    if form == "own":
        shop = json.loads(text)["labs"][0]
        assert shop["hidden"] == {"checks": 2, "passed": 1, "errors": 0, "earned": 1.0, "worth": 2.0}
        assert (shop["earned"], shop["worth"]) == (1.6, 8.0)
    else:
        assert "2 hidden checks: 1 passed" in text.replace("&#58;", ":")


@EACH
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(result=results())
def test_a_student_s_form_is_the_same_whatever_is_withheld(form: str, result: Result) -> None:
    labs = [
        replace(lab, checks=tuple(other(one, at) for at, one in enumerate(lab.checks)), evidence="other.gz")
        for lab in result.labs
    ]
    twin = replace(result, labs=tuple(labs), flags=("other",))
    assert FORMS[form](twin, Audience.STUDENT) == FORMS[form](result, Audience.STUDENT)


def other(check: CheckResult, at: int) -> CheckResult:
    """Return a check that differs in all that a student is not told."""
    if check.shown is Shown.WHOLE:
        return check
    changed = replace(check, expected="other", found=["other"], see="other", why="other", notes="other", seconds=99.0)
    if check.shown is Shown.COUNT:
        changed = replace(changed, step=f"other{at}", check="other", claim="other")
    return changed


def test_gradescope_s_one_file_hides_from_students_what_they_must_not_see() -> None:
    tests = json.loads(gradescope.form(everything(), Audience.TEACHER))["tests"]
    by_number = {test["number"]: test for test in tests}
    for name in ("till/hidden_count", "till/hidden_other"):
        assert by_number[name]["visibility"] == "hidden"
    seen = by_number["till/hidden_verdict"]
    assert seen["visibility"] == "visible"
    assert "verdict-" not in seen["output"] + seen["name"]
    assert seen["extra_data"]["why"] == "verdict-why"


def test_what_may_be_handed_to_a_student_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    result = everything()
    graded.written(result, tmp_path, ("junit", "github"))
    [folder] = tmp_path.iterdir()
    given_out = {file.name: file.read_text(encoding="utf-8") for file in (folder / class_run.STUDENTS).iterdir()}
    assert given_out.keys() == {"result.json", "result.html", "junit.xml", "annotations.txt", "summary.md"}
    assert not [word for word in WITHHELD for text in given_out.values() if word in text]
    assert "count-why" in (folder / "junit.xml").read_text(encoding="utf-8"), "the teacher's has everything"


@pytest.mark.parametrize("trust", Trust)
def test_the_log_of_a_student_s_own_ci_says_no_more_than_the_student_s_forms(trust: Trust) -> None:
    result = replace(everything(), trust=trust)
    out = io.StringIO()
    graded.shown(Screen(out, width=200), Path("it"), result)
    told = [word for word in WITHHELD if word in out.getvalue() + json.dumps(graded.record(result))]
    assert bool(told) == (trust is not Trust.CI_STUDENT), told
    assert ("2 hidden checks: 1 passed" in out.getvalue()) == (trust is Trust.CI_STUDENT)


def test_why_a_lab_was_not_gradable_says_nothing_of_a_hidden_check() -> None:
    broken = replace(everything().labs[0].checks[-1], outcome=Outcome.ERROR)
    for how in (Shown.COUNT, Shown.VERDICT):
        assert unjudged([replace(broken, shown=how)]) == "a hidden check could not be judged"
    assert unjudged([replace(broken, shown=Shown.WHOLE)]) == "count-why"
    assert not unjudged(everything().labs[0].checks)
