"""The course's till, run here under each shell that images of ours bring as sh."""

import os
import pty
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import wait

TILL = Path(__file__).parents[2] / "provision" / "images" / "till" / "till"
SHELLS = [shell for shell in (["dash"], ["busybox", "sh"]) if shutil.which(shell[0])]
FIRST = 'TILL_PID=$$ exec "$@"'
"""Runs the till as the one that is PID 1 in its container."""


class Till:
    """A till at a terminal."""

    def __init__(self, home: Path, shell: list[str], *, first: bool) -> None:
        self.home = home
        self._terminal, there = pty.openpty()
        command = ["sh", "-c", FIRST if first else 'exec "$@"', "sh", *shell, str(TILL)]
        env = {**os.environ, "TILL_HOME": str(home)}
        self.process = subprocess.Popen(
            command, stdin=there, stdout=there, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )
        os.close(there)
        self.heard = ""

    def until(self, text: str) -> str:
        """Wait until it has shown this, and return what it showed since the last time."""

        def shown() -> bool:
            while select.select([self._terminal], [], [], 0)[0]:
                try:
                    self.heard += os.read(self._terminal, 4096).decode()
                except OSError:
                    break
            return text in self.heard

        assert wait.until(shown, within=10, every=0.02), self.heard
        found, self.heard = self.heard, ""
        return found

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def journal(self) -> list[str]:
        return (self.home / "journal").read_text().splitlines()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        os.close(self._terminal)


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    (tmp_path / "goodbyes").mkdir()
    (tmp_path / "receipt").write_text("left\nright\nother\n")
    return tmp_path


@pytest.fixture(params=SHELLS, ids=[shell[0] for shell in SHELLS], name="till")
def _till(request: pytest.FixtureRequest, home: Path) -> Iterator[Till]:
    found = Till(home, request.param, first=True)
    yield found
    found.close()


def test_it_prints_its_receipt_once_and_keeps_nothing_of_it(till: Till) -> None:
    said = till.until("] > ")
    assert "first half:  left" in said
    assert "second half: right" in said
    assert not (till.home / "receipt").exists()
    assert (till.home / "till.log").read_text() == "receipt: other\n"
    assert "left" not in "".join(path.read_text() for path in till.home.rglob("*") if path.is_file())


def test_it_writes_down_what_it_was_told_and_by_which_process(till: Till) -> None:
    till.until("] > ")
    till.types("tea\r")
    till.until("sold: tea")
    assert till.journal() == ["opened", f"{till.process.pid} tea"]


def test_whoever_attaches_and_resizes_sees_the_prompt_and_loses_no_letter(till: Till) -> None:
    till.until("] > ")
    till.types("te")
    till.process.send_signal(signal.SIGWINCH)
    till.until("] > ")
    till.types("a\r")
    till.until("sold: tea")


def test_asked_to_stop_it_says_goodbye_and_ends_well_while_it_waits_for_input(till: Till) -> None:
    till.until("] > ")
    till.process.terminate()
    assert till.process.wait(5) == 0
    host = Path("/etc/hostname").read_text().strip()
    assert (till.home / "goodbyes" / "book").read_text() == f"goodbye from {host}\n"


def test_at_the_end_of_input_it_ends_without_a_goodbye(till: Till) -> None:
    till.until("] > ")
    till.types("\x04")
    assert till.process.wait(5) == 0
    assert (till.home / "goodbyes" / "book").read_text() == ""


@pytest.mark.parametrize("shell", SHELLS, ids=[shell[0] for shell in SHELLS])
def test_a_second_one_beside_it_neither_opens_nor_says_goodbye(home: Path, shell: list[str]) -> None:
    beside = Till(home, shell, first=False)
    try:
        beside.until("] > ")
        beside.types("tea\r")
        beside.until("sold: tea")
        beside.process.terminate()
        assert beside.process.wait(5) == -signal.SIGTERM
        assert beside.journal() == [f"{beside.process.pid} tea"]
        assert list((home / "goodbyes").iterdir()) == []
        assert (home / "receipt").exists()
    finally:
        beside.close()


@pytest.mark.parametrize("shell", SHELLS, ids=[shell[0] for shell in SHELLS])
def test_a_bell_prints_a_line_each_time_that_it_is_rung_and_ends_well(home: Path, shell: list[str]) -> None:
    (home / "chimes").write_text("early\nlate\n")
    heard = home / "heard"

    def till(does: str, pid: int = 0) -> subprocess.Popen[bytes]:
        env = {**os.environ, "TILL_HOME": str(home), **({"TILL_PID": str(pid)} if pid else {})}
        with heard.open("ab") as out:
            return subprocess.Popen([*shell, str(TILL), does], stdout=out, env=env, start_new_session=True)

    bell = till("bell")
    try:
        assert wait.until(lambda: "early" in heard.read_text(), within=10, every=0.02)
        assert "late" not in heard.read_text()
        for rings in (1, 2):
            assert till("ring", bell.pid).wait(5) == 0
            assert wait.until(lambda: heard.read_text().count("late") == rings, within=10, every=0.02)  # noqa: B023
        bell.terminate()
        assert bell.wait(5) == 0
        assert heard.read_text().splitlines() == [
            "ding-dong, at opening:  early",
            "ding-dong, just now:    late",
            "ding-dong, just now:    late",
        ]
    finally:
        os.killpg(bell.pid, signal.SIGKILL)
