import json
from pathlib import Path

import pytest
from cli_fakes import FakeLifecycle, Run, report

from labrunner.cli.arguments import sorted_out
from labrunner.errors import HalfMade
from labrunner.outcome import Outcome


def test_labrunner_alone_says_in_six_lines_how_to_begin(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session = None
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert any("labrunner start docker-basics" in line for line in lines)


def test_labrunner_alone_says_in_six_lines_how_to_go_on(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert "step 1 of 1" in lines[0]
    assert any("labrunner hint" in line for line in lines)


def test_task_shows_the_step_and_what_is_then_true(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("task") == 0
    shown = capsys.readouterr().out
    assert "step 1 of 1" in shown
    assert "about 2 min" in shown
    assert "`lr-tiny-lab` reach the outside" in shown


def test_task_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("task", "--json")
    record = json.loads(capsys.readouterr().out)
    assert (record["lab"], record["step"], record["number"], record["of"]) == ("tiny-lab", "network", 1, 1)


def test_hint_counts(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("hint") == 0
    assert "hint 1 of 2" in capsys.readouterr().out


def test_hint_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("hint", "--json")
    assert json.loads(capsys.readouterr().out)["number"] == 1


def test_solve_shows_each_command_with_its_output(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS, assisted=True)]
    assert run("solve", "--all") == 0
    shown = capsys.readouterr().out
    assert "$ docker network create lr-tiny-lab\n0123\n" in shown
    assert lifecycle.asked == [("", True)]


def test_solve_as_json_keeps_standard_output_clean(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS)]
    run("solve", "--json")
    said = capsys.readouterr()
    assert json.loads(said.out)["lab"] == "tiny-lab"
    assert "$ docker network create" in said.err


def test_status_says_where_one_is(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 0
    assert "Docker 20.10" in capsys.readouterr().out


def test_status_says_which_lab_is_not_whole(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.raises = HalfMade("tiny-lab is not whole", hint="labrunner reset", lab="tiny-lab")
    assert run("status", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "lab": "", "interrupted": "tiny-lab"}
    assert run("status") == 0
    assert "labrunner reset" in capsys.readouterr().out


def test_status_without_a_lab_is_no_error(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session = None
    assert run("status", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "lab": ""}


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["demo", "x", "--yes"], ["--yes", "demo", "x"]),
        (["check", "--lang", "zh"], ["--lang", "zh", "check"]),
        (["check", "--lang=zh"], ["--lang", "zh", "check"]),
        (["-y", "host", "rm", "-y", "--json"], ["--yes", "host", "rm", "-y", "--json"]),
        (["answer", "--", "--yes"], ["answer", "--", "--yes"]),
        (["check", "--lang"], ["check", "--lang"]),
    ],
    ids=["flag-behind", "value-behind", "equals", "verbatim-command", "double-dash", "no-value"],
)
def test_options_for_all_may_stand_anywhere(argv: list[str], words: list[str]) -> None:
    assert sorted_out(argv).words == words


def test_words_of_a_verbatim_command_ask_for_nothing_of_ours() -> None:
    line = sorted_out(["host", "tool", "--json", "--debug"])
    assert not line.json
    assert not line.debug


def test_dev_new_writes_a_lab_that_lints(run: Run, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--labs", str(pack), "dev", "new", "other-lab") == 0
    assert '("other_lab",' in capsys.readouterr().out
    listed = 'SECTIONS = (("tiny_lab", "a"), ("other_lab", "b"))\n'
    (pack / "__init__.py").write_text(listed, encoding="utf-8")
    assert run("--labs", str(pack), "dev", "lint", "tiny-lab", "other-lab") == 0


def test_dev_lint_exits_2_and_names_file_and_line(run: Run, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pack / "tiny_lab" / "notes.txt").write_text("odd", encoding="utf-8")
    assert run("--labs", str(pack), "dev", "lint", "tiny-lab") == 2
    assert "notes.txt:1:" in capsys.readouterr().out


@pytest.mark.parametrize("typed", ["0", "-1", "many", "1.5", "501"])
def test_dev_prove_knows_what_a_number_of_students_is(
    run: Run, pack: Path, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    assert run("--labs", str(pack), "dev", "prove", "tiny-lab", "--students", typed) == 2
    assert typed in capsys.readouterr().err


def test_dev_prove_of_all_labs_and_of_one_is_misuse(run: Run, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--labs", str(pack), "dev", "prove", "--all", "tiny-lab") == 2
    assert "--all and tiny-lab contradict each other" in capsys.readouterr().err


def test_dev_prove_knows_its_engines(run: Run, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--labs", str(pack), "dev", "prove", "tiny-lab", "--engine", "18") == 2
    assert "18" in capsys.readouterr().err


STATEMENT = '[it-is-so]\nzh = "是这样"\nen = "it is so"\nsteps = ["tiny-lab/network"]\n'


@pytest.fixture
def noted(pack: Path) -> Path:
    """The pack with a statement that its step shows."""
    (pack / "coverage").mkdir()
    (pack / "coverage" / "1-tiny-lab.toml").write_text(f'heading = "Docker › 练习"\n{STATEMENT}', encoding="utf-8")
    return pack


def test_coverage_of_a_lab_exits_0_where_nothing_is_open(
    run: Run, noted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--labs", str(noted), "coverage", "tiny-lab") == 0
    shown = capsys.readouterr().out
    assert "Docker › 练习" in shown
    assert "1 statement: 1 proved by a step\n" in shown


def test_coverage_exits_1_while_something_is_open(run: Run, noted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = noted / "coverage" / "1-tiny-lab.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("steps", "# steps"), encoding="utf-8")
    assert run("--labs", str(noted), "coverage", "tiny-lab") == 1
    assert "no step yet" in capsys.readouterr().out


def test_coverage_as_json(run: Run, noted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--labs", str(noted), "coverage", "tiny-lab", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["schema"], record["counts"]["proved"], record["counts"]["open"]) == (1, 1, 0)
    assert record["sections"][0]["statements"][0]["steps"] == ["tiny-lab/network"]


def test_coverage_names_the_file_where_a_step_is_not_there(
    run: Run, noted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = noted / "coverage" / "1-tiny-lab.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("lab/network", "lab/wire"), encoding="utf-8")
    assert run("--labs", str(noted), "coverage", "tiny-lab") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "1-tiny-lab.toml: 'it-is-so' names the step 'wire', which tiny-lab does not have" in said


def test_coverage_knows_its_sections(run: Run, noted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--labs", str(noted), "coverage", "tiny") == 2
    assert "what-is-kubernetes" in capsys.readouterr().err
