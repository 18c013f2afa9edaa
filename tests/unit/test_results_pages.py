"""The pages on results and their schema say what the program does, in both languages."""

import json
import re
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
from grades import HOSTILE, everything, run
from grades_any import results
from hypothesis import HealthCheck, Phase, given, settings

from labrunner.grading import summing
from labrunner.grading.result import SCHEMA, Audience, CheckResult, Isolation, LabResult, Result, Shown, StepRun, Trust
from labrunner.outcome import Outcome
from labrunner.render.results import github, markdown, own
from labrunner.render.results.forms import FORMS
from labrunner.render.results.view import Hidden

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("results.md", "results.zh.md")
SHAPE = json.loads((DOCS / "results.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(SHAPE)
FOLLOWS = {"what", "audience", "gradable", "mark"}


def tables(page: str) -> list[set[str]]:
    """Return the names in the first column of each table, with those of a row of several."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found: list[set[str]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = block.splitlines()[2:]
        found.append({name for row in rows for name in re.findall(r"`([a-z0-9_-]+)`", row.split("|")[1])})
    return found


def names(kind: type) -> set[str]:
    return {one.name for one in fields(kind)}


@pytest.mark.parametrize("page", PAGES)
def test_every_field_and_form_stands_in_the_page_and_no_other(page: str) -> None:
    forms, shown, trust, result, lab, check, run_ = tables(page)
    assert forms == set(FORMS)
    assert shown == set(Shown)
    assert trust == set(Trust)
    assert result == names(Result) | FOLLOWS
    assert lab == names(LabResult) | {"earned", "worth", "hidden"}
    assert check == names(CheckResult)
    assert run_ == names(StepRun)


@pytest.mark.parametrize("page", PAGES)
def test_the_numbers_and_files_are_those_of_the_program(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    files = {file for one in FORMS.values() for _, file in one}
    for word in (*files, *Outcome, *Isolation, f"{markdown.LARGEST >> 20} MiB"):
        assert f"`{word}`" in text or word == "1 MiB"
    assert f"{markdown.LARGEST >> 20} MiB" in text
    assert re.search(rf"(at most|最多) {github.MOST}\b", text)
    assert (summing.FEW, summing.MANY, summing.CLASS) == (0.1, 0.1, 5)  # "one in ten of five or more"


def test_the_schema_is_one_and_names_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SHAPE)
    kinds = SHAPE["$defs"]
    assert SHAPE["properties"].keys() == names(Result) | FOLLOWS
    assert SHAPE["properties"]["schema"]["const"] == SCHEMA
    assert kinds["lab"]["properties"].keys() == names(LabResult) | {"earned", "worth", "hidden"}
    assert kinds["check"]["properties"].keys() == names(CheckResult)
    assert kinds["run"]["properties"].keys() == names(StepRun)
    assert kinds["hidden"]["properties"].keys() == names(Hidden)
    assert kinds["check"]["properties"]["outcome"]["enum"] == list(Outcome)


@pytest.mark.parametrize("audience", Audience)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(result=results())
def test_what_is_written_is_what_the_schema_says(audience: Audience, result: Result) -> None:
    VALID.validate(json.loads(own.form(result, audience)))


@pytest.mark.parametrize(
    "result", [everything(), everything(HOSTILE), run("s", "pfbe")], ids=["all", "hostile", "error"]
)
def test_a_teacher_s_copy_is_no_student_s(result: Result) -> None:
    whole = json.loads(own.form(result, Audience.TEACHER))
    VALID.validate(whole)
    labelled = {**whole, "audience": "student"}
    assert not VALID.is_valid(labelled)


def test_both_languages_of_the_way_to_a_graded_class_have_the_same_commands() -> None:
    one, other = (
        re.findall(r"^```sh\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in ("teaching.md", "teaching.zh.md")
    )
    assert len(one) >= 4
    assert one == other
