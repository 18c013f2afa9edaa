"""`check --watch` at a terminal of its own: what its screen shows, and how it is left."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT

from labrunner import wait
from tests.terminal import Terminal

CHILD = Path(__file__).with_name("watched.py")
LIMIT = 30.0
"""Seconds in which the program must have begun, or have shown what was asked for, on a busy machine."""


class Shown:
    """The program at a terminal.

    Args:
        argv: the program.
        columns: how wide the terminal is.
        environ: the program's environment.
    """

    def __init__(self, argv: list[str], columns: int, environ: dict[str, str]) -> None:
        self.terminal = Terminal(columns, 30)
        self.raw = ""
        self._ours, theirs = pty.openpty()
        self.resize(columns)
        self.before = termios.tcgetattr(theirs)
        self._theirs = theirs
        self.process = subprocess.Popen(
            argv, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one ioctl: Ctrl-C is for it
        )  # fmt: skip

    def resize(self, columns: int) -> None:
        self.terminal.columns = columns
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))

    def read(self, within: float = 0.0) -> None:
        while select.select([self._ours], [], [], within)[0]:
            try:
                data = os.read(self._ours, 1 << 16).decode(errors="replace")
            except OSError:
                return
            if not data:
                return
            self.raw += data
            self.terminal.feed(data)
            within = 0.0

    def until(self, text: str) -> list[str]:
        """Wait until the terminal shows a text; returns its lines."""

        def look() -> bool:
            self.read(0.05)
            return text in "\n".join(self.terminal.history)

        assert wait.until(look, within=LIMIT, every=0.01), "\n".join(self.terminal.history) or self.raw
        return self.terminal.history

    def next(self) -> None:
        """Have something happen in the lab."""
        self.process.send_signal(signal.SIGUSR1)

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ends(self) -> int:
        """Wait for its end; returns its exit code."""

        def look() -> bool:
            self.read(0.05)
            return self.process.poll() is not None

        assert wait.until(look, within=LIMIT, every=0.01), "\n".join(self.terminal.history)
        self.read(0.1)
        return int(self.process.returncode)

    def is_stopped(self) -> bool:
        """Tell whether it has been stopped, and does not only mean to stop."""
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    @property
    def modes(self) -> list[object]:
        """The terminal's modes now."""
        return list(termios.tcgetattr(self._theirs))

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(LIMIT)
        os.close(self._ours)
        os.close(self._theirs)


Show = Callable[..., Shown]


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    path = os.pathsep.join([str(CHECKOUT), str(CHILD.parent)])
    return {**os.environ, "PYTHONPATH": path, "LABRUNNER_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture
def argv(pack: Path, tmp_path: Path) -> Callable[..., list[str]]:
    folder = tmp_path / "started"
    folder.mkdir()
    return lambda looks, *words: [sys.executable, str(CHILD), str(pack), str(folder), ",".join(looks), *words]


@pytest.fixture
def show(argv: Callable[..., list[str]], environ: dict[str, str]) -> Iterator[Show]:
    with ExitStack() as stack:

        def begin(*looks: str, columns: int = 80, lang: str = "en") -> Shown:
            shown = Shown(argv(looks, "--lang", lang), columns, environ)
            stack.callback(shown.close)
            return shown

        yield begin


def test_ctrl_c_leaves_the_terminal_as_it_was_and_what_was_shown_on_it(show: Show) -> None:
    shown = show("fail")
    shown.until("Ctrl-C ends")
    assert shown.modes != shown.before, "what is typed is not echoed into the screen"
    assert not shown.terminal.cursor_is_shown
    shown.types("xyz")
    shown.types("\x03")
    assert shown.ends() == 130
    assert shown.modes == shown.before
    assert shown.terminal.cursor_is_shown
    assert "docker network inspect lr-tiny-lab" in "\n".join(shown.terminal.history)
    assert "xyz" not in "\n".join(shown.terminal.history)
    assert "interrupted" not in "\n".join(shown.terminal.history)
    assert "\x1b[?1049h" not in shown.raw, "the history stays: no alternate screen"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 120])
def test_the_step_is_shown_in_place_with_one_cause(show: Show, columns: int, lang: str) -> None:
    shown = show("fail", "waiting", columns=columns, lang=lang)
    first = shown.until("Ctrl-C")
    assert any("✗" in line for line in first)
    text = "\n".join(first)
    for said in ("--internal", "$ docker network inspect lr-tiny-lab", "应为" if lang == "zh" else "expected"):
        assert said in text
    shown.next()
    second = shown.until("the network is being made")
    assert not any("✗" in line for line in second), "in place of the first"
    assert len([line for line in second if "Ctrl-C" in line]) == 1


def test_what_cannot_be_seen_is_neither_right_nor_wrong(show: Show) -> None:
    shown = show("waiting", "blind", "fail")
    shown.until("being made")
    shown.next()
    text = "\n".join(shown.until("not seen since"))
    since = text.rpartition("not seen since ")[2][:8]
    assert since.count(":") == 2, "to the second"
    assert "   ? " in text
    assert "Docker: the Docker daemon does not answer" in text
    assert "✓" not in text
    assert "✗" not in text
    shown.next()
    assert "not seen" not in "\n".join(shown.until("expected"))


def test_a_pass_teaches_and_the_end_of_the_lab_ends_the_watch(show: Show) -> None:
    shown = show("fail", "pass")
    shown.until("Ctrl-C ends")
    shown.next()
    assert shown.ends() == 0
    text = "\n".join(shown.terminal.history)
    assert "✓" in text
    assert "virtual switch" in text
    assert "tiny-lab is done" in text
    assert "Ctrl-C ends" not in text
    assert shown.modes == shown.before


def test_a_resized_terminal_is_drawn_anew(show: Show) -> None:
    shown = show("fail", columns=100)
    shown.until("Ctrl-C ends")
    drawn = shown.terminal.updates
    shown.resize(60)
    assert wait.until(lambda: shown.read(0.05) or shown.terminal.updates > drawn, within=LIMIT, every=0.01)
    assert all(len(line) <= 60 for line in shown.terminal.history[-6:])


def test_a_watch_that_is_stopped_gives_the_terminal_back_meanwhile(show: Show) -> None:
    shown = show("fail")
    shown.until("Ctrl-C ends")
    shown.process.send_signal(signal.SIGTSTP)
    assert wait.until(lambda: shown.read(0.05) or shown.terminal.cursor_is_shown, within=LIMIT, every=0.01)
    assert shown.modes == shown.before
    assert wait.until(shown.is_stopped, within=LIMIT, every=0.01)  # as a shell waits, before it lets anybody go on
    shown.process.send_signal(signal.SIGCONT)
    assert wait.until(lambda: shown.read(0.05) or not shown.terminal.cursor_is_shown, within=LIMIT, every=0.01)
    shown.process.send_signal(signal.SIGTERM)
    assert shown.ends() == 128 + signal.SIGTERM
    assert shown.modes == shown.before
    assert shown.terminal.cursor_is_shown


def piped(argv: list[str], environ: dict[str, str], changes: int) -> list[str]:
    """Run it without a terminal, until it ends by itself; returns its lines."""
    with subprocess.Popen(argv, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for _ in range(changes):
            lines.append(process.stdout.readline().rstrip("\n"))
            process.send_signal(signal.SIGUSR1)
        rest, _ = process.communicate(timeout=LIMIT)
        assert process.returncode == 0
        return [*lines, *rest.splitlines()]


def test_without_a_terminal_every_change_is_a_line(argv: Callable[..., list[str]], environ: dict[str, str]) -> None:
    lines = piped(argv(["fail", "blind", "pass"], "--lang", "en"), environ, 2)
    assert [line[9] for line in lines] == ["✗", "?", "✓", "✓"]
    assert "it was made with --internal" in lines[0]
    assert "not seen any more" in lines[1]
    assert "seen again" in lines[2]
    assert not any("\x1b" in line for line in lines)


def test_json_is_a_record_a_line(argv: Callable[..., list[str]], environ: dict[str, str]) -> None:
    lines = piped(argv(["fail", "blind", "pass"], "--json"), environ, 2)
    records = [json.loads(line) for line in lines]
    assert [one["verdicts"][0]["outcome"] for one in records] == ["fail", "error", "pass"]
    assert records[0]["changed"] == ["network_reaches_outside"]
    assert [bool(one["unseen"]) for one in records] == [False, True, False]
    assert records[1]["hidden"] == ["network_reaches_outside"]
    assert all(one["schema"] == records[0]["schema"] and one["at"] for one in records)
