"""Terminals that can do little: no escapes, no line that is too wide, no letter that cannot be written."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT

from labrunner.render.cells import width

LINES = (("list",), ("--help",), ("check",))


def at_a_terminal(pack: Path, *words: str, **environ: str) -> tuple[int, str]:
    """Run the program with a terminal as its stdin, stdout and stderr; its exit code and what it wrote."""
    master, slave = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "LABRUNNER_LABS": str(pack), **environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "labrunner", *words], env=env, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    said = b""
    try:
        while chunk := os.read(master, 4096):
            said += chunk
    except OSError:
        pass  # how a terminal ends
    os.close(master)
    return child.wait(timeout=60), said.decode(errors="replace")


@pytest.mark.parametrize("words", LINES, ids=" ".join)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_dumb_terminal_of_forty_columns_gets_plain_lines_that_fit(
    pack: Path, words: tuple[str, ...], language: str
) -> None:
    code, said = at_a_terminal(pack, "--lang", language, *words, TERM="dumb", COLUMNS="40")
    assert code == (2 if words == ("check",) else 0)
    assert "\x1b" not in said
    assert "Traceback" not in said
    if words != ("--help",):
        assert [line for line in said.splitlines() if width(line) > 40] == []


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_a_console_of_another_encoding_gets_what_it_can_show(pack: Path, words: tuple[str, ...], encoding: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LANG": "C"}
    line = [sys.executable, "-m", "labrunner", "--lang", "zh", "--labs", str(pack), *words]
    done = subprocess.run(line, env=env, capture_output=True, check=False, timeout=60)
    assert done.returncode == (2 if words == ("check",) else 0)
    said = (done.stdout + done.stderr).decode(encoding, "replace")
    assert "Traceback" not in said
    if encoding == "gbk":
        assert "实验" in said or "分钟" in said
