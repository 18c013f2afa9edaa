"""What each form says of one result, and that a run that is no grade is none anywhere."""

import csv
import html
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from grades import check, everything, run
from junitparser import Error, Failure, JUnitXml, Skipped

from labrunner.errors import UsageError
from labrunner.grading.result import Audience, LabResult, Result
from labrunner.outcome import Outcome
from labrunner.render.results import classroom50, ctrf, github, gradescope, junit, markdown, page, result_page, sheet
from labrunner.render.results.forms import FORMS, write_forms
from labrunner.words import speak

TEACHER = Audience.TEACHER


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


def test_the_mark_is_weighed_and_late_work_costs() -> None:
    result = everything()  # 2 of 8 points at 80 %, weight 2; 1 of 1, weight 1
    assert result.mark == round((2 * 100 * 0.8 * 2 / 8 + 100) / 3, 1)


@pytest.mark.parametrize(
    "lab",
    [
        LabResult("a", 1.0, "own-engine"),
        LabResult("a", 1.0, "own-engine", (check("s/c"),), trouble="the disk is full"),
        LabResult("a", 1.0, "own-engine", (check("s/c"), check("s/d", Outcome.ERROR))),
        LabResult("a", 1.0, "own-engine", (check("s/c", worth=0.0),)),
        LabResult("a", 0.0, "own-engine", (check("s/c"),)),
        LabResult("a", 1.0, "local-only", (check("s/c"),)),
    ],
    ids=["nothing looked at", "trouble", "no verdict", "no points", "no weight", "not counted"],
)
def test_a_run_that_decided_nothing_is_no_grade(lab: LabResult) -> None:
    result = Result("s", (lab,))
    assert (result.gradable, result.mark, result.exit_code) == (False, None, 3)
    assert classroom50.form(result, TEACHER) == gradescope.form(result, TEACHER) == ""
    assert "no grade" in github.form(result, TEACHER)
    assert "no grade" in result_page.form(result, TEACHER)


def test_junit_tells_wrong_work_from_what_was_not_reached_and_from_a_broken_world() -> None:
    broken = replace(everything().labs[0], trouble="the sandbox is gone")
    shop, parts, left = JUnitXml.fromstring(
        junit.form(replace(everything(), labs=(broken, *everything().labs[1:])), TEACHER).encode()
    )
    kinds = {case.name: [type(one) for one in case.result] for case in shop}
    assert kinds["grading"] == [Error]
    assert kinds["network/shop_is_a_bridge"] == []
    assert kinds["store/store_answers"] == kinds["store/store_waits"] == [Failure]
    assert kinds["till/till_counts"] == [Skipped]
    assert {case.classname for case in shop} == {"docker-basics"}
    assert {one.name: one.value for one in shop.properties()}["trust"] == "ci-teacher"
    assert (parts.tests, left.tests) == (1, 0)


def test_ctrf_knows_what_was_meant_before_it_was_made_to_fit() -> None:
    found = json.loads(ctrf.form(everything(), TEACHER))
    assert (found["reportFormat"], found["specVersion"]) == ("CTRF", "1.0.0")
    results = found["results"]
    assert {test["rawStatus"]: test["status"] for test in results["tests"]} == {
        "pass": "passed",
        "fail": "failed",
        "waiting": "failed",
        "blocked": "skipped",
    }
    assert results["summary"]["stop"] - results["summary"]["start"] == 200_000
    assert results["extra"]["nonce"] == "n0nce"
    closed = (  # objects in which the format allows nothing else
        (found, {"reportFormat", "specVersion", "generatedBy", "results"}),
        (results, {"tool", "summary", "tests", "extra"}),
        (results["tool"], {"name", "version"}),
        (results["summary"], {"tests", *ctrf.STATUSES, "suites", "start", "stop"}),
        *(
            (test, {"name", "status", "duration", "suite", "rawStatus", "message", "extra"})
            for test in results["tests"]
        ),
    )
    assert all(one.keys() <= allowed for one, allowed in closed)


def test_classroom50_takes_whole_points_and_its_own_names() -> None:
    lab = LabResult("a", 1.0, "own-engine", (check("s/c", worth=0.5), check("s/d", Outcome.FAIL, 1.5)), factor=0.5)
    given = {"CLASSROOM": "cs", "ASSIGNMENT": "a", "SUBMISSION_TAG": "submit/x", "COMMIT_URL": "https://x/commit/1"}
    found = json.loads(classroom50.form(Result("s", (lab,)), TEACHER, given))
    assert (found["score"], found["max-score"]) == (25, 200)
    assert (found["classroom"], found["submission"], found["release"]) == ("cs", "submit/x", "https://x/commit/1")
    allowed = {"schema", "classroom", "assignment", "submission", "commit", "release", "review", "datetime"}
    assert found.keys() == allowed | {"score", "max-score", "tests"}
    assert datetime.strptime(found["datetime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_github_says_how_many_notes_it_could_not_show() -> None:
    result = run("s", "f" * 30)
    lines = github.form(result, TEACHER).splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 10
    assert errors[-1].endswith("::21 more are in the summary")


def test_a_summary_that_is_too_large_is_cut_at_a_whole_row_and_says_so() -> None:
    result = run("s", "f" * 300)
    text = markdown.form(result, TEACHER, largest=8000)
    assert len(text.encode()) <= 8000
    assert "more parts are left out" in text
    assert "left out" not in markdown.form(result, TEACHER)


def test_a_form_of_every_kind_names_what_a_result_can_be_told_by(tmp_path: Path) -> None:
    for file in write_forms(everything(), tmp_path, set(FORMS) - {"classroom50", "github"}):
        text = html.unescape(file.read_text(encoding="utf-8"))
        for known in ("ci-teacher", "0123abcd", "run-1", "n0nce", "c" * 64, "0.1.0"):
            assert known in text, (file.name, known)


def test_numbers_stay_numbers_in_a_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(sheet.form(everything(), TEACHER).removeprefix("\ufeff"))))
    assert [row["earned"] for row in rows][:3] == ["1", "0", "0"]
    assert rows[1]["found"] == '{"reply": "secret-found"}'


def test_all_forms_are_written_each_file_once_and_for_its_owner(tmp_path: Path) -> None:
    written = write_forms(everything(), tmp_path / "new", FORMS)
    names = {file for files in FORMS.values() for _, file in files}
    assert len(written) == len(names)
    assert {file.name for file in (tmp_path / "new").iterdir()} == names
    assert all(file.stat().st_mode & 0o077 == 0 for file in written)


def test_what_is_no_grade_takes_the_files_of_the_grade_before_away(tmp_path: Path) -> None:
    write_forms(everything(), tmp_path, ["gradescope", "json"])
    written = write_forms(run("s", "pe"), tmp_path, ["gradescope", "json"])
    assert [file.name for file in written] == ["result.json"]
    assert not (tmp_path / "gradescope.json").exists()


def test_an_unknown_form_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no form called 'xml'"):
        write_forms(everything(), tmp_path / "new", ["json", "xml"])
    assert not (tmp_path / "new").exists()


def test_a_claim_s_names_are_set_as_code_on_a_page_and_nothing_else_is() -> None:
    assert page.claim("`A_B` is <b>, not `c`") == "<code>A_B</code> is &lt;b&gt;, not <code>c</code>"
    assert page.claim("one ` alone") == "one ` alone"
