import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT, FakeLifecycle, Program, Run

from labrunner.errors import DockerDown, NameTaken


def test_no_lab_started_is_usage(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.session = None
    assert run("check") == 2
    assert capsys.readouterr().err == "labrunner: no lab is open\n  → labrunner list\n"


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (DockerDown("no daemon answers", hint="start it"), 3),
        (NameTaken("a container of yours is called lr-web"), 5),
        (KeyboardInterrupt(), 130),
        (OSError(errno.ENOSPC, "No space left on device", "/state/lab.json"), 3),
        (ZeroDivisionError("division by zero"), 4),
        (RuntimeError("odd"), 4),
    ],
    ids=["no-daemon", "name-taken", "ctrl-c", "disk-full", "arithmetic", "odd"],
)
def test_whatever_is_raised_ends_in_a_sentence_and_its_code(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int
) -> None:
    lifecycle.raises = raised
    assert run("check") == code
    said = capsys.readouterr().err
    assert said.startswith("labrunner: ")
    assert "Traceback" not in said


def test_who_is_interrupted_is_told_how_that_very_command_goes_on(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.raises = KeyboardInterrupt()
    assert run("check") == 130
    assert "labrunner reset begins anew" in " ".join(capsys.readouterr().err.split())
    lifecycle.raises.add_note("the same command goes on here")
    assert run("check") == 130
    assert capsys.readouterr().err == "labrunner: interrupted\n  → the same command goes on here\n"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_place_of_ours_that_is_shut_is_the_machines_and_another_is_our_fault(
    run: Run, lifecycle: FakeLifecycle, home: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    for file, code in ((home / "state" / "labs", 3), (Path("/etc/shadow"), 4)):
        lifecycle.raises = OSError(number, os.strerror(number), str(file))
        assert run("check") == code
        assert str(file) in "".join(capsys.readouterr().err.split())


def test_a_damaged_file_of_ours_is_put_aside_and_said_so(program: Program, home: Path, pack: Path) -> None:
    folder = home / "state" / "labs" / "tiny-lab"
    folder.mkdir(parents=True)
    (folder / "lab.json").write_text('{"lab": "tiny', encoding="utf-8")
    told = program("--labs", str(pack), "check")
    assert told.returncode == 2
    assert "labrunner start tiny-lab" in told.stderr
    assert "lab.jsonwasdamagedandisnowlab.json.corrupt-1" in "".join(told.stderr.split())
    again = program("--labs", str(pack), "check")
    assert again.returncode == 2
    assert "tiny-lab" in again.stderr, "what was begun is not forgotten"
    assert "damaged" not in again.stderr


def test_what_a_later_version_wrote_is_said_so(program: Program, home: Path, pack: Path) -> None:
    folder = home / "state" / "labs" / "tiny-lab"
    folder.mkdir(parents=True)
    (folder / "lab.json").write_text('{"schema": 99}', encoding="utf-8")
    told = program("--labs", str(pack), "check")
    assert told.returncode == 3
    assert "schema 99" in told.stderr
    assert (folder / "lab.json").exists()


def test_an_open_lab_that_is_not_there_any_more_is_said_so(program: Program, home: Path) -> None:
    folder = home / "state" / "labs" / "of-before"
    folder.mkdir(parents=True)
    (folder / "lab.json").write_text("{}", encoding="utf-8")
    told = program("check")
    assert told.returncode == 2
    assert "of-before is not known" in told.stderr
    assert "labrunner stop" in told.stderr


def test_an_error_is_json_where_json_was_asked_for(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.raises = DockerDown("no daemon answers", hint="start it")
    assert run("check", "--json") == 3
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": "no daemon answers", "hint": "start it", "exit_code": 3}
    assert not said.err


def test_debug_shows_the_traceback(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.raises = RuntimeError("odd")
    assert run("check", "--debug") == 4
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_says_what_mends_it(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.raises = KeyboardInterrupt()
    run("check")
    assert "labrunner reset" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("strat",), "did you mean start?"),
        (("lint",), "labrunner dev lint"),
        (("docker-basics",), "labrunner start docker-basics"),
        (("start",), "missing argument"),
        (("check", "--loud"), "no such option"),
        (("start", "dokcer-basics"), "did you mean docker-basics?"),
        (("--lang", "xx", "list"), "zh or en"),
    ],
    ids=["misspelled", "an-authors", "a-lab", "missing", "option", "unknown-lab", "language"],
)
def test_bad_usage_is_one_sentence_and_the_next_move(
    run: Run, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str
) -> None:
    assert run(*argv) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) <= 3


def test_bad_usage_speaks_chinese(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--lang", "zh", "check", "--loud") == 2
    assert "没有选项 --loud" in capsys.readouterr().err


def test_ctrl_c_in_a_real_process_ends_in_a_sentence(pack: Path) -> None:
    code = (
        "import os, signal, sys, threading\n"
        "from labrunner.cli import main\n"
        "from labrunner.cli.doors import Doors\n"
        "class Slow(Doors):\n"
        "    def lifecycle(self):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        threading.Event().wait(20)\n"
        "sys.exit(main(['check'], Slow()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "LABRUNNER_LABS": str(pack)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 130
    assert done.stderr.startswith("labrunner: interrupted")
    assert "Traceback" not in done.stderr
