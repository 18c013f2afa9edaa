import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT, FakeLifecycle, Run

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
