"""The class on the command line: what is found, what is named, and what is never written over."""

import json
from pathlib import Path

import pytest
from cli_fakes import Program, Run
from grades import everything
from grades import run as graded

from labrunner.grading.result import Audience, Result
from labrunner.render.results.forms import write_forms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results in folders, beside other files and students' copies."""
    place = tmp_path / "results"
    for number, outcomes in enumerate(("pp", "pf", "ff")):
        write_forms(graded(f"s{number}", outcomes), place / f"s{number}", ["json", "ctrf", "html"])
        write_forms(graded(f"s{number}", outcomes), place / f"s{number}" / "student", ["json"], Audience.STUDENT)
    (place / "other.json").write_text("{}", encoding="utf-8")
    return place


def put(path: Path, result: Result, **changed: object) -> Path:
    path.write_text(json.dumps({**result.record(), **changed}), encoding="utf-8")
    return path


def test_a_folder_is_looked_through_and_the_class_is_printed(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", str(folder)) == 0
    shown = capsys.readouterr().out
    assert "3 results of 3 students" in shown
    assert " s1 " in shown
    assert "50.0" in shown


def test_a_file_that_does_not_add_up_is_named_and_the_others_are_reported(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = put(folder / "bad.json", everything(), mark=100.0)
    assert run("report", str(folder), "--json") == 2
    found = json.loads(capsys.readouterr().out)
    assert (len(found["students"]), len(found["problems"])) == (3, 1)
    assert str(bad) in found["problems"][0]
    assert run("report", str(folder), "--format", "csv") == 2
    shown = capsys.readouterr()
    assert shown.out.startswith("\ufeff")
    assert "the mark is not that of its checks" in " ".join(shown.err.split())


def test_what_is_named_must_be_a_result(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report", str(folder / "other.json")) == 2
    assert "is no result of labrunner's" in " ".join(capsys.readouterr().out.split())
    assert run("report", str(folder / "s0" / "student" / "result.json")) == 2
    assert "the student's copy" in " ".join(capsys.readouterr().out.split())
    assert run("report", str(folder / "none")) == 2
    assert "is not there" in " ".join(capsys.readouterr().err.split())


def test_one_run_in_two_files_counts_once_and_two_runs_of_one_name_are_named(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads((folder / "s0" / "result.json").read_text(encoding="utf-8"))
    (folder / "copy.json").write_text(json.dumps(whole), encoding="utf-8")
    assert run("report", str(folder), "--json") == 0
    assert json.loads(capsys.readouterr().out)["results"] == 3
    (folder / "forged.json").write_text(json.dumps({**whole, "student": "s9"}), encoding="utf-8")
    assert run("report", str(folder), "--json") == 2
    found = json.loads(capsys.readouterr().out)
    assert "another file that says something else" in found["problems"][0]
    assert [one["student"] for one in found["students"]] != []


def test_roster_overrides_and_course_are_obeyed(
    run: Run, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roster.csv").write_text("student,name\ns7,Sieben\ns0,Null\n", encoding="utf-8")
    (tmp_path / "marks.csv").write_text("student,mark,reason\ns1,77,agreed\n", encoding="utf-8")
    line = ("report", str(folder), "--roster", str(tmp_path / "roster.csv"), "--overrides", str(tmp_path / "marks.csv"))
    assert run(*line, "--attempts", "last", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["student"], one["mark"]) for one in found["students"]] == [
        ("s7", None),
        ("s0", 100.0),
        ("s1", 77.0),
        ("s2", 0.0),
    ]
    assert (found["attempts"], found["rostered"]) == ("last", True)
    course = tmp_path / "course.yaml"
    course.write_text(
        'version: "1"\ncourse: x\nroster: roster.csv\nattempts: last\nlabs:\n  docker-basics:\n    weight: 2\n',
        encoding="utf-8",
    )
    assert run("report", str(folder), "--course", str(course), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["labs"], found["attempts"], found["students"][0]["student"]) == ({"docker-basics": 2.0}, "last", "s7")


@pytest.mark.parametrize("form", ["table", "csv", "json", "html", "markdown"])
def test_every_form_can_be_written_again_and_again(run: Run, folder: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / "class.out"
    assert run("report", str(folder), "--format", form, "--output", str(file)) == 0
    first = file.read_bytes()
    assert run("report", str(folder), "--format", form, "-o", str(file)) == 0
    assert file.read_bytes() == first
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_read_is_never_written_over(
    run: Run, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("student\ns0\n", encoding="utf-8")
    result = folder / "s0" / "result.json"
    before = result.read_bytes()
    for output in (roster, folder, result):
        line = ("report", str(folder), str(result), "--roster", str(roster), "--format", "csv", "-o", str(output))
        assert run(*line) == 2
        assert "is not replaced" in " ".join(capsys.readouterr().err.split())
    assert (roster.read_text(encoding="utf-8"), result.read_bytes()) == ("student\ns0\n", before)


def test_a_result_below_a_folder_that_is_read_is_not_written_over_either(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = folder / "s0" / "result.json"
    before = result.read_bytes()
    assert run("report", str(folder), "--format", "json", "-o", str(result)) == 2
    assert "is not replaced" in " ".join(capsys.readouterr().err.split())
    assert result.read_bytes() == before


def test_the_real_program_reports_in_chinese(program: Program, folder: Path) -> None:
    done = program("--lang", "zh", "report", str(folder), COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "3 名学生的 3 份成绩" in done.stdout
