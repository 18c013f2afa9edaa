import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FakeLifecycle, Run

from labrunner import cli, scaffold
from labrunner.catalog import LoadedLab
from labrunner.environment import settings
from labrunner.grading import joined, submission
from labrunner.state import session
from labrunner.state.session import Session
from labrunner.world.endpoint import Endpoint
from labrunner.world.inventory import Inventory

COURSE = """\
version: 1
course: Containers, autumn
language: zh
port: 5790
labs:
  tiny-lab:
    weight: 2
    deadline: 2099-12-24 23:59 Asia/Shanghai
    points:
      network: 2
sources:
  images: mirror.example.org/
  bundle: bundle
roster: roster.csv
"""


@pytest.fixture
def file(tmp_path: Path, pack: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABRUNNER_LABS", str(pack))
    monkeypatch.delenv("LABRUNNER_PORT", raising=False)
    (tmp_path / "roster.csv").write_text("student,name\n007,Li\n", encoding="utf-8")
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    return tmp_path / "course.yaml"


def hidden(folder: Path, step: str) -> None:
    """Write a lab of one hidden check."""
    made, _ = scaffold.write(folder.name.replace("_", "-"), folder.parent)
    for file in made.glob("lab.*"):
        text = file.read_text(encoding="utf-8").replace("network_reaches_outside", "hidden_claim")
        file.write_text(text.replace('"network"', f'"{step}"').replace("## network", f"## {step}"), encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_course_that_was_just_written_is_good(run: Run, tmp_path: Path, language: str) -> None:
    file = tmp_path / "new.yaml"
    assert run("--lang", language, "course", "init", str(file)) == 0
    assert run("course", "check", str(file)) == 0
    text = file.read_text(encoding="utf-8")
    assert text.count("\n  docker-basics:\n") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_stands_in_the_remarks_of_a_new_course_may_be_switched_on(
    run: Run, tmp_path: Path, pack: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new.yaml"
    assert run("--lang", language, "course", "init", str(file)) == 0
    monkeypatch.setenv("LABRUNNER_LABS", str(pack))
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("version"))
    on = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in lines[at:]]
    assert any(line.startswith("attempts: best") for line in on)
    for number, line in enumerate(on):  # the one lab's keys stand below the last lab
        if line.startswith("  labs"):
            on[number] = ""
    hidden(tmp_path / "private" / "docker_basics", "run-missing")
    (tmp_path / "roster.csv").write_text("student\n1\n", encoding="utf-8")
    text = "\n".join(on).replace("../private", "private")
    first = text.index("labs:") + text[text.index("labs:") :].index("\n") + 1
    last = text.index("    weight: 2")
    file.write_text(text[:first] + "  docker-basics:\n" + text[last:], encoding="utf-8")
    assert run("course", "check", str(file)) == 0


def test_a_file_that_is_there_is_not_written_over(run: Run, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("course", "init", str(file)) == 2
    assert "is there already" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == COURSE


def test_a_good_course_shows_what_each_lab_weighs(run: Run, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = COURSE.replace("tiny-lab:", "docker-basics: {weight: 3}\n  tiny-lab:")
    file.write_text(text, encoding="utf-8")
    assert run("course", "check", str(file)) == 0
    shown = capsys.readouterr().out
    for said in (
        "100%",
        "  -  2 points",
        "tiny-lab is left out of the mark",
        "1 students",
        "2099-12-24 23:59",
        "being late costs nothing",
    ):
        assert said in shown
    assert run("course", "check", str(file), "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["students"], record["complaints"], len(record["hash"])) == (1, [], 64)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("tiny-lab", "tinny-lab"), "course.yaml:6: no lab is called 'tinny-lab'"),
        (("network: 2", "netwrk: 2"), "course.yaml:6: tiny-lab has no step 'netwrk'"),
        (("network: 2", "network/nothing: 2"), "has no check 'nothing'"),
        (("network: 2", "network: 0"), "no check of tiny-lab is worth anything"),
        (("roster.csv", "none.csv"), "none.csv cannot be read"),
        (("roster: roster.csv", "hidden: {folder: nowhere}"), "holds no lab of hidden checks"),
    ],
)
def test_what_is_wrong_with_a_course_is_said(
    run: Run, file: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], said: str
) -> None:
    file.write_text(COURSE.replace(*change), encoding="utf-8")
    assert run("course", "check", str(file), "--json") == 2
    record = json.loads(capsys.readouterr().out)
    assert said in " ".join(record["complaints"])
    assert record["hash"] == ""
    assert run("course", "check", str(file)) == 2


def test_hidden_checks_must_fit_the_courses_labs(run: Run, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(COURSE + "hidden:\n  folder: private\n", encoding="utf-8")
    hidden(file.parent / "private" / "tiny_lab", "nowhere")
    hidden(file.parent / "private" / "other_lab", "network")
    assert run("course", "check", str(file), "--json") == 2
    said = " ".join(json.loads(capsys.readouterr().out)["complaints"])
    assert "tiny-lab has no step 'nowhere'" in said
    assert "other-lab is no lab of the course" in said


def test_who_joins_has_the_courses_settings_and_sees_what_they_replace(
    run: Run, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.save(student="old", port=5788, mirror="")
    assert run("join", str(file), "--student", "007") == 0
    shown = capsys.readouterr().out
    assert "(was old)" in shown
    assert "(was 5788)" in shown
    assert f"labrunner bundle load {file.parent / 'bundle'}" in shown
    found = settings.load({})
    assert (found.student, found.port, found.mirror, found.language) == ("007", 5790, "mirror.example.org/", "zh")
    assert joined.load().course == "Containers, autumn"
    assert run("join", str(file)) == 0, "the number is known by now"
    assert "(was" not in capsys.readouterr().out


def test_a_deadline_stands_in_the_list_and_where_a_learner_is(
    run: Run, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("join", str(file), "--student", "007") == 0
    capsys.readouterr()
    assert run("--lang", "en", "list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["labs"]
    until = {row["slug"]: row["deadline"] for row in rows}
    assert until["tiny-lab"].startswith("2099-12-2")
    assert until["docker-basics"] == ""
    assert run("--lang", "en", "list") == 0
    assert "2099-12-2" in capsys.readouterr().out
    assert run("--lang", "en", "status") == 0
    assert "2099-12-2" in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("--student", "../x"), ("--student", "-x")])
def test_who_does_not_say_a_number_joins_nothing(run: Run, file: Path, home: Path, words: tuple[str, ...]) -> None:
    assert run("join", str(file), *words) == 2
    assert not (home / "config" / "course.json").exists()


def test_nobody_joins_under_an_open_lab(run: Run, file: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "state/labs/tiny-lab").mkdir(parents=True)
    (home / "state/labs/tiny-lab/lab.json").write_text("{}", encoding="utf-8")
    assert run("join", str(file), "--student", "007") == 2
    assert "tiny-lab is open" in capsys.readouterr().err
    assert settings.load({}).student == ""


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("http://example.org/course.yaml", 5),
        ("http://127.0.0.1.example.org/c", 5),
        ("ftp://127.0.0.1/c", 5),
        ("file:///etc/passwd", 5),
        ("https://me:secret@example.org/c", 5),
        ("nowhere.yaml", 2),
    ],
)
def test_only_files_and_safe_addresses_are_read(run: Run, source: str, code: int) -> None:
    assert run("join", source, "--student", "007") == code


def test_a_submission_is_begun_looked_at_and_packed(
    run: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert run("submit", "init", "--into", str(folder)) == 2, "no lab, no course"
    assert run("join", str(file), "--student", "007") == 0
    assert run("--lang", "en", "submit", "init", "--into", str(folder)) == 0
    script = folder / "tiny-lab/network.sh"
    said = json.loads((folder / "labrunner-submission.json").read_text(encoding="utf-8"))
    assert (said["student"], said["course"], said["port"]) == ("007", "Containers, autumn", 5790)
    assert "docker network create" not in script.read_text(encoding="utf-8"), "the solution is the learner's"
    assert "step 1 of 1" in script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert run("--lang", "en", "submit", "check", str(folder)) == 1
    assert "missing: network" in capsys.readouterr().out
    script.write_text(script.read_text(encoding="utf-8") + "docker network create lr-tiny-lab\n", encoding="utf-8")
    mine = script.read_text(encoding="utf-8")
    assert run("submit", "init", "--into", str(folder)) == 0
    assert script.read_text(encoding="utf-8") == mine, "what is there is left alone"
    (folder / "tiny-lab/conftest.py").touch()
    assert run("--lang", "en", "submit", "check", str(folder)) == 0
    assert "ignored files: tiny-lab/conftest.py" in capsys.readouterr().out
    assert run("submit", "pack", str(folder)) == 0
    first = (tmp_path / "mine.zip").read_bytes()
    os.utime(script, (1, 1))
    assert run("submit", "pack", str(folder)) == 0
    assert (tmp_path / "mine.zip").read_bytes() == first, "the same files, the same bytes"
    capsys.readouterr()
    digests = set()
    for what in (folder, tmp_path / "mine.zip"):
        assert run("submit", "check", str(what), "--json") == 0
        digests.add(json.loads(capsys.readouterr().out)["digest"])
    assert len(digests) == 1


def test_how_many_hints_were_taken_goes_with_what_is_handed_in(
    run: Run, file: Path, tiny: LoadedLab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, noted = tmp_path / "mine", tmp_path / "mine/tiny-lab/hints"
    assert run("join", str(file), "--student", "007") == 0
    assert run("submit", "init", "--into", str(folder)) == 0
    assert run("submit", "pack", str(folder)) == 0
    assert not noted.exists(), "no lab is open here: nothing is known"
    begun = Session(
        tiny, session.directory_of("tiny-lab"), Endpoint("unix:///no.sock"), "i", "007", 5790, baseline=Inventory()
    )
    begun.begin_log()
    for taken, student, kept in ((2, "007", 2), (0, "007", 2), (5, "008", 2), (3, "007", 3)):
        begun.student, begun.progress.hints["network"] = student, taken
        begun.save()
        assert run("submit", "pack", str(folder)) == 0
        found = submission.read(tmp_path / "mine.zip", tmp_path / f"taken-{taken}")
        assert found.labs["tiny-lab"].hints == {"network": kept}
    noted.write_text("network: none\n", encoding="utf-8")
    capsys.readouterr()
    assert run("--lang", "en", "submit", "check", str(folder)) == 2
    assert "hints: not one `step: number`" in capsys.readouterr().err


def test_scripts_for_no_step_and_a_solve_beside_them_are_complained_of(
    run: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert run("join", str(file), "--student", "007") == 0
    assert run("submit", "init", "tiny-lab", "--into", str(folder)) == 0
    for name in ("solve.sh", "netwrk.sh"):
        (folder / "tiny-lab" / name).write_text("true\n", encoding="utf-8")
    capsys.readouterr()
    assert run("--lang", "en", "submit", "check", str(folder), "--json") == 1
    (lab,) = json.loads(capsys.readouterr().out)["labs"]
    assert len(lab["complaints"]) == 2
    for name in ("network.sh", "netwrk.sh"):
        (folder / "tiny-lab" / name).unlink()
    assert run("submit", "check", str(folder)) == 0, "no step of it undoes another"


class Grades:
    """Stands for the module that grades: what is handed to it, and a result."""

    def __init__(self, code: int) -> None:
        self.code, self.asked = code, list[Any]()

    def terms(self, **said: object) -> dict[str, object]:
        return said

    @contextmanager
    def opened(self, terms: dict[str, object], _narrator: object) -> Iterator[dict[str, object]]:
        yield terms

    def run(self, paths: list[Path], of: object, _out: Path, **_: object) -> list[tuple[Path, object]]:
        self.asked.append((paths, of))
        return [(paths[0], SimpleNamespace(exit_code=self.code, record=lambda: {"mark": 50.0}))]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_learner_may_have_it_graded_here(
    file: Path, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    folder = tmp_path / "mine"
    assert run("join", str(file), "--student", "007") == 0
    assert run("submit", "init", "--into", str(folder)) == 0
    capsys.readouterr()
    grades = Grades(code)
    doors: Any = SimpleNamespace(grading=lambda: grades)
    assert cli.main(["submit", "check", str(folder), "--run", "--json"], doors) == code
    assert json.loads(capsys.readouterr().out)["result"] == {"mark": 50.0}
    ((paths, terms),) = grades.asked
    assert paths == [folder]
    assert (terms["trust"], terms["trusting"], terms["course"]) == ("local", True, None)


def test_a_draft_is_made_of_what_the_open_labs_shell_kept(
    run: Run, lifecycle: FakeLifecycle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.save(student="007")
    folder = tmp_path / "mine"
    assert run("submit", "draft", "--into", str(folder)) == 2
    assert "labrunner shell --keep" in capsys.readouterr().err
    assert not folder.exists()
    (lifecycle.session.directory / "typed").write_text("1 0\ndocker network create lr-tiny-lab\0", encoding="utf-8")
    assert run("submit", "draft", "--into", str(folder)) == 0
    text = (folder / "tiny-lab/network.sh").read_text(encoding="utf-8")
    assert text.endswith("\ndocker network create lr-tiny-lab\n")
    assert "read them and mend them" in capsys.readouterr().out
