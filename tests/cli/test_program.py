import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT, Program

from labrunner.render.cells import width

PYTHON = f"PYTHONPATH={CHECKOUT} {sys.executable} -m labrunner"


def test_list_needs_neither_docker_nor_kubernetes() -> None:
    code = (
        "import sys\nfrom labrunner.cli import main\nmain(['list'])\n"
        "heavy = {'docker', 'kubernetes', 'pydantic', 'rich.console'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=CHECKOUT)
    assert done.returncode in (0, 2), done.stderr
    assert not done.stderr


def test_list_is_json(program: Program, pack: Path) -> None:
    done = program("list", "--json", "--labs", str(pack))
    assert "tiny-lab" in [lab["slug"] for lab in json.loads(done.stdout)["labs"]]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "argv", [(), ("list",), ("--help",), ("check", "--help"), ("start", "nothing-of-the-kind")], ids=" ".join
)
def test_no_line_is_wider_than_80_cells(program: Program, pack: Path, language: str, argv: tuple[str, ...]) -> None:
    done = program("--lang", language, *argv, COLUMNS="80", LABRUNNER_LABS=str(pack))
    lines = (done.stdout + done.stderr).splitlines()
    assert lines
    assert [line for line in lines if width(line) > 80 and "missing" not in line] == []


@pytest.mark.parametrize("argv", [("list",), ("--help",), ("check",)], ids=" ".join)
def test_pipes_get_no_escapes(program: Program, argv: tuple[str, ...]) -> None:
    done = program(*argv)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_is_no_error(program: Program, pack: Path) -> None:
    done = program(line=f"{PYTHON} --labs {pack} list | head -1")
    assert not done.stderr
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_survived(program: Program, closed: str) -> None:
    done = program(line=f"{PYTHON} check {closed}")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_any_encoding_can_be_written(pack: Path, encoding: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    line = [sys.executable, "-m", "labrunner", "--lang", "zh", "--labs", str(pack), "list", "--json"]
    done = subprocess.run(line, env=env, capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout.decode(encoding))["labs"]


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LABRUNNER_LANG": "en"}, "en"),
    ],
    ids=["zh-locale", "c-locale", "no-locale", "lc-all", "own-variable"],
)
def test_language_follows_the_environment(program: Program, environ: dict[str, str], language: str) -> None:
    said = program("check", **environ).stderr
    assert ("实验" in said) == (language == "zh")


def test_the_chosen_language_wins_over_the_locale(program: Program, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text('{"language": "zh"}', encoding="utf-8")
    assert "实验" in program("check", LANG="en_US.UTF-8").stderr
    assert "实验" not in program("check", "--lang", "en", LANG="en_US.UTF-8").stderr


def test_version_is_one_line(program: Program) -> None:
    done = program("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("labrunner ")


def test_completion_knows_labs_and_commands(program: Program, pack: Path) -> None:
    def offered(*words: str) -> list[str]:
        told = {"COMP_WORDS": " ".join(("labrunner", *words)), "COMP_CWORD": str(len(words))}
        done = program(_LABRUNNER_COMPLETE="complete_bash", LABRUNNER_LABS=str(pack), **told)
        return list(done.stdout.split())

    assert offered("start", "ti") == ["tiny-lab"]
    assert offered("sta") == ["start", "status"]


def test_help_names_every_command_in_both_languages(program: Program) -> None:
    for language in ("zh", "en"):
        shown = program("--lang", language, "--help").stdout
        for command in ("list", "start", "task", "check", "answer", "hint", "solve", "demo", "status", "reset", "stop"):
            assert command in shown
        for command in ("shell", "env", "host", "outside", "doctor", "dev"):
            assert command in shown
