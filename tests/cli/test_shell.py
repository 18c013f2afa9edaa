import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_fakes import FakeLifecycle, Run

from labrunner.cli import shell_setup

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
