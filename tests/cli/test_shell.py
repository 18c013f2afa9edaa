import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_fakes import FakeLifecycle, Run, report

from labrunner.cli import shell_setup
from labrunner.cli.moved import Moved
from labrunner.outcome import Outcome, Report

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")


def in_bash(tmp_path: Path, own: str, script: str) -> str:
    """What an interactive bash prints that read the user's file and ours."""
    (tmp_path / ".bashrc").write_text(own, encoding="utf-8")
    environ = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "LABRUNNER_SHELL": "docker-basics",
        "LABRUNNER_COMMAND": "echo called",
        "TERM": "dumb",
    }
    argv = shell_setup.prepare(shutil.which("bash") or "", tmp_path / "shell", environ)
    done = subprocess.run(
        [*argv, "-c", script],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        start_new_session=True,
    )
    assert "syntax error" not in done.stderr
    return done.stdout


@needs_bash
def test_the_users_settings_are_kept_and_the_prompt_names_the_lab(tmp_path: Path) -> None:
    shown = in_bash(tmp_path, "PS1='mine> '\nown() { echo own; }\n", 'own; echo "$PS1"')
    assert shown == "own\n(lr docker-basics) mine> \n"


@needs_bash
@pytest.mark.parametrize(
    "own",
    ["", "PROMPT_COMMAND='echo hook'", "PROMPT_COMMAND='echo hook;'", "PROMPT_COMMAND=('echo hook')"],
    ids=["none", "plain", "semicolon", "array"],
)
def test_our_prompt_hook_stands_behind_the_users(tmp_path: Path, own: str) -> None:
    script = '__labrunner_look() { echo looked; }; for one in "${PROMPT_COMMAND[@]}"; do eval "$one"; done'
    assert in_bash(tmp_path, own, script).split() == (["hook", "looked"] if own else ["looked"])


@needs_bash
def test_lr_is_labrunner_and_gives_its_exit_code_back(tmp_path: Path) -> None:
    script = 'shopt -s expand_aliases\nalias lr; labrunner check "two words"'
    assert in_bash(tmp_path, "", script) == "alias lr='labrunner'\ncalled check two words\n"


@pytest.mark.parametrize("name", ["bash", "zsh", "sh"])
def test_what_a_shell_reads_is_valid(tmp_path: Path, name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    shell_setup.prepare(shutil.which(name) or "", tmp_path, {})
    for file in tmp_path.iterdir():
        done = subprocess.run([name, "-n", str(file)], capture_output=True, text=True, check=False, timeout=30)
        assert (done.returncode, done.stderr) == (0, "")


def test_env_prints_what_changes(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.environment = {**os.environ, "DOCKER_HOST": "unix:///run/it's.sock"}
    lifecycle.environment.pop("LANG")
    assert run("env") == 0
    assert capsys.readouterr().out == "export DOCKER_HOST='unix:///run/it'\"'\"'s.sock'\nunset LANG\n"


def test_env_knows_its_shells(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("env", "--shell", "cmd") == 2
    assert "cmd" in capsys.readouterr().err


def test_a_shell_within_the_shell_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_SHELL", "docker-basics")
    assert run("shell") == 2


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A lab's folder in which nothing has happened since the last look, with a recorder that runs."""
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("log.jsonl", "lab.json"):
        (folder / name).write_text("{}", encoding="utf-8")
        os.utime(folder / name, (1000, 1000))
    (folder / "recorder.pid").write_text(str(os.getpid()), encoding="utf-8")
    (folder / "looked").touch()
    return folder


def happens(folder: Path, what: str) -> None:
    if what == "the recorder is gone":
        (folder / "recorder.pid").unlink()
    elif what == "the recorder has died":
        (folder / "recorder.pid").write_text("4194305", encoding="utf-8")
    elif what == "nobody has looked":
        (folder / "looked").unlink()
    elif what:
        (folder / what).write_text("{}\n{}", encoding="utf-8")
        later = (folder / "looked").stat().st_mtime + 1
        os.utime(folder / what, (later, later))


WHAT = ["", "log.jsonl", "lab.json", "the recorder is gone", "the recorder has died", "nobody has looked"]


@needs_bash
@pytest.mark.parametrize("what", WHAT, ids=lambda what: what or "nothing")
def test_a_prompt_looks_only_where_something_happened(
    tmp_path: Path, quiet: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    happens(quiet, what)
    monkeypatch.setenv("LABRUNNER_LAB_FOLDER", str(quiet))
    script = f"LABRUNNER_LAB_FOLDER={quiet}; __labrunner_moved && echo moved"
    assert in_bash(tmp_path, "", script) == ("moved\n" if what else "")
    assert Moved(quiet).since_last_look() is bool(what), "both say the same"


def test_a_look_soon_after_an_event_is_not_the_last_one(quiet: Path) -> None:
    happens(quiet, "nobody has looked")
    moved = Moved(quiet)
    (quiet / "log.jsonl").touch()
    with moved.looking():
        pass
    assert moved.since_last_look(), "what was just made may still be starting"
    os.utime(quiet / "log.jsonl", (1000, 1000))
    with moved.looking():
        pass
    assert not moved.since_last_look()


def test_what_happens_during_a_look_is_looked_for_again(quiet: Path) -> None:
    happens(quiet, "nobody has looked")
    moved = Moved(quiet)
    with moved.looking():
        (quiet / "log.jsonl").touch()
    assert moved.since_last_look()


def test_a_quiet_lab_costs_no_look_at_all(
    run: Run, lifecycle: FakeLifecycle, quiet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session.directory = quiet
    assert run("check", "--changes") == 0
    assert lifecycle.asked == []
    assert capsys.readouterr().out == ""
    happens(quiet, "log.jsonl")
    lifecycle.reports = [report(Outcome.PASS)]
    run("check", "--changes")
    assert len(lifecycle.asked) == 1
    assert "network_reaches" not in (shown := capsys.readouterr().out)
    assert "reach the outside" in shown
    run("check", "--changes")
    assert capsys.readouterr().out == "", "a claim is told once"


def test_who_finds_another_look_under_way_asks_it_for_one_more(
    run: Run, lifecycle: FakeLifecycle, quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.session.directory = quiet
    happens(quiet, "nobody has looked")
    lifecycle.reports = [report(Outcome.FAIL), report(Outcome.PASS)]
    look = lifecycle.check

    def check(session: Any, step: str = "", *, patient: bool = True) -> Report:
        if not lifecycle.asked:
            (quiet / "log.jsonl").touch()
            assert _in_another_process(quiet) == "waits"
        return look(session, step, patient=patient)

    monkeypatch.setattr(lifecycle, "check", check)
    run("check", "--changes")
    assert len(lifecycle.asked) == 2, "what the other one was to see is seen"


def _in_another_process(folder: Path) -> str:
    """What a second look does while the first is under way."""
    script = (
        "import sys; from pathlib import Path; from filelock import FileLock, Timeout\n"
        "from labrunner.cli.moved import Moved\n"
        f"folder = Path({str(folder)!r})\n"
        "try:\n    FileLock(str(folder / 'seen.json.lock'), timeout=0).acquire()\n    print('looks')\n"
        "except Timeout:\n    Moved(folder).want_another()\n    print('waits')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()
