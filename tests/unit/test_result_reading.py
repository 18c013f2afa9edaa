"""A result that is read is one that adds up; everything else is one sentence."""

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from grades import everything

from labrunner.errors import LabrunnerError
from labrunner.grading import reading, result_shape
from labrunner.grading.reading import NoResult, ResultBroken, StudentsCopy, parsed, read
from labrunner.grading.result import Audience, CheckResult, LabResult, Result, StepRun
from labrunner.render.results import own
from labrunner.words import speak


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


def raw() -> dict[str, Any]:
    return json.loads(json.dumps(everything().record()))  # type: ignore[no-any-return]


def refused(changed: Any) -> str:
    with pytest.raises(ResultBroken) as broken:
        parsed(json.dumps(changed).encode(), "r.json")
    return broken.value.message


def test_every_field_of_a_result_is_read() -> None:
    for kind, readers in (
        (Result, result_shape.RESULT),
        (LabResult, result_shape.LAB),
        (CheckResult, result_shape.CHECK),
        (StepRun, result_shape.RUN),
    ):
        assert {one.name for one in fields(kind)} == readers.keys()


def test_fields_that_are_not_known_yet_are_passed_over_and_those_with_a_default_may_be_missing() -> None:
    more = raw()
    more["new"] = more["labs"][0]["new"] = more["labs"][0]["checks"][0]["new"] = {"x": 1}
    del more["labs"][0]["hints"], more["flags"], more["labs"][0]["checks"][1]["notes"]
    found = parsed(json.dumps(more).encode(), "r.json")
    assert found.mark == everything().mark
    assert found.labs[0].hints == {}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("mark",), 99.0, "the mark is not that of its checks"),
        (("mark",), None, "the mark is not that of its checks"),
        (("gradable",), False, "the mark is not that of its checks"),
        (("labs", 0, "earned"), 7.0, "the points of docker-basics do not add up"),
        (("labs", 0, "worth"), 1.0, "the points of docker-basics do not add up"),
        (("labs", 0, "checks", 1, "earned"), 2.0, "store/store_answers are not those of its outcome"),
        (("labs", 0, "checks", 0, "earned"), 0.5, "network/shop_is_a_bridge are not those of its outcome"),
        (("labs", 0, "checks", 0, "worth"), float("inf"), "is no result"),
        (("labs", 0, "checks", 0, "worth"), -1.0, "worth is missing or of another kind"),
        (("labs", 0, "checks", 0, "worth"), True, "worth is missing or of another kind"),
        (("labs", 0, "checks", 0, "outcome"), "perfect", "outcome is missing or of another kind"),
        (("labs", 0, "factor"), 1.5, "factor is missing or of another kind"),
        (("labs", 0, "weight"), "2", "weight is missing or of another kind"),
        (("labs", 0, "graded"), "by hand", "graded is missing or of another kind"),
        (("labs", 0, "checks"), {}, "checks is missing or of another kind"),
        (("labs", 0, "checks", 0), "x", "CheckResult is missing or of another kind"),
        (("labs", 0, "evidence"), "../../etc/passwd", "evidence is missing or of another kind"),
        (("labs", 0, "hints"), {"store": -1}, "hints is missing or of another kind"),
        (("labs", 0, "runs", 0, "code"), 0.5, "code is missing or of another kind"),
        (("student",), "", "student is missing or of another kind"),
        (("student",), None, "student is missing or of another kind"),
        (("trust",), "god", "trust is missing or of another kind"),
        (("started",), "yesterday", "started is missing or of another kind"),
        (("started",), "2026-03-02T09:00:00", "started is missing or of another kind"),
        (("schema",), 2, "version 2"),
        (("schema",), True, "version True"),
        (("audience",), "student", "the student's copy"),
        (("what",), "labrunner evidence", "is no result"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_refused(path: tuple[Any, ...], value: Any, said: str) -> None:
    changed: Any = raw()
    inner = changed
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    assert said in refused(changed)


def test_a_lab_or_a_check_that_is_there_twice_is_refused() -> None:
    twice = raw()
    twice["labs"].append(twice["labs"][1])
    assert "a lab is in it twice" in refused(twice)
    twice = raw()
    twice["labs"][0]["checks"].append(twice["labs"][0]["checks"][0])
    assert "a check of docker-basics is in it twice" in refused(twice)


@pytest.mark.parametrize("name", ["student", "labs"])
def test_what_has_no_default_must_be_there(name: str) -> None:
    changed = raw()
    del changed[name]
    assert "missing or of another kind" in refused(changed)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"labrunner result", b'["labrunner result"]', b'"labrunner result"', b"\xff\xfelabrunner result",
        b'{"what": "labrunner result", ' + b"[" * 100_000, b'{"what": "labrunner result", "n": ' + b"9" * 5000 + b"}",
        b'{"what": "labrunner result", "mark": NaN}',
    ],
    ids=["empty", "other", "words", "list", "text", "no UTF-8", "deep", "huge number", "not a number"],
)  # fmt: skip
def test_what_is_no_result_is_one_sentence(data: bytes) -> None:
    with pytest.raises(NoResult, match=r"r\.json is no result"):
        parsed(data, "r.json")


def test_a_student_s_copy_is_known_as_one() -> None:
    with pytest.raises(StudentsCopy):
        parsed(own.form(everything(), Audience.STUDENT).encode(), "r.json")


def test_no_file_no_pipe_and_no_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("none", "pipe", ".", "x\0y", "x" * 5000):
        with pytest.raises(LabrunnerError) as broken:
            read(tmp_path / name)
        assert broken.value.exit_code == 2
    (tmp_path / "big").write_text(json.dumps(raw()))
    read(tmp_path / "big")
    monkeypatch.setattr(reading, "LARGEST", 100)
    with pytest.raises(NoResult, match="larger than a result may be"):
        read(tmp_path / "big")
