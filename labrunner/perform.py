"""Performs operations as a person would: commands in a shell one by one, dialogues at a real terminal."""

import codecs
import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from labrunner import interruption, process, wait
from labrunner.errors import Fault
from labrunner.operation import KEYS, Act, HandIn, Terminal, Turn
from labrunner.outcome import Report
from labrunner.script import commands

LIMIT = 300.0
"""Seconds that one command of a solution may take."""
ROWS_AND_COLUMNS = (24, 80)
"""The size of a dialogue's terminal: one without a size never tells a program that somebody has come to attach."""
DETACHED = "read escape sequence"
"""What the docker CLI says, exiting 1, where a person detached: that is no failure."""
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")


class Show(Protocol):
    """Shows commands as they are run."""

    def command(self, line: str) -> None:
        """A command is about to run, verbatim."""

    def output(self, text: str) -> None:
        """What it printed; untrusted."""

    def ended(self, code: int, seconds: float) -> None:
        """It has ended."""

    def step(self, title: str) -> None:
        """A step begins."""

    def report(self, report: Report) -> None:
        """The checks have looked."""


class Unseen:
    """Shows nothing."""

    def command(self, line: str) -> None:
        """Nothing."""

    def output(self, text: str) -> None:
        """Nothing."""

    def ended(self, code: int, seconds: float) -> None:
        """Nothing."""

    def step(self, title: str) -> None:
        """Nothing."""

    def report(self, report: Report) -> None:
        """Nothing."""


def perform(act: Act, env: Mapping[str, str], folder: Path, show: Show) -> int:
    """Perform one act whose names are filled in; an answer is handed in by whoever owns the session, not here.

    Args:
        act: a script or a dialogue.
        env: the whole environment of its commands.
        folder: where they run.
        show: sees each command and its real output.

    Returns:
        the exit code of the last command; a script ends at the first that is not 0.
    """
    if isinstance(act, HandIn):
        raise Fault("an answer is handed in by its session, not performed")
    if isinstance(act, Terminal):
        return _dialogue(act, env, folder, show)
    code = 0
    for command in commands(act):
        show.command(command)
        began = wait.now()
        done = process.run(["sh", "-c", f"exec 2>&1\n{command}"], limit=LIMIT, env=env, cwd=folder)
        show.output(done.stdout)
        show.ended(done.code, wait.now() - began)
        if (code := done.code) != 0:
            break
    return code


def answer(hand_in: HandIn, env: Mapping[str, str], folder: Path, show: Show) -> tuple[str, int]:
    """Return what is handed in and 0; or "" and the exit code of the `$(…)` in it that failed.

    Args:
        hand_in: its names filled in.
        env: the whole environment of its commands.
        folder: where they run.
        show: sees what they found.
    """
    if "$(" not in hand_in.value:
        return hand_in.value, 0
    script = f'said="{hand_in.value}" || exit; printf %s "$said"'
    done = process.run(["sh", "-c", script], limit=LIMIT, env=env, cwd=folder)
    show.output(f"{done.stdout or done.stderr}\n")
    return (done.stdout, 0) if done.ok else ("", done.code)


def _dialogue(dialogue: Terminal, env: Mapping[str, str], folder: Path, show: Show) -> int:
    show.command(dialogue.command)
    began = wait.now()
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_AND_COLUMNS, 0, 0))
    code, child, talk = process.TIMED_OUT, None, None
    try:
        with interruption.held_back():
            child = subprocess.Popen(
                # A session's first process that opens a terminal gets it as its own: only then is ctrl-c a signal.
                ["sh", "-c", f'exec 0<>"$0"; exec {dialogue.command}', os.ttyname(there)],
                stdin=there,
                stdout=there,
                stderr=there,
                env={**env, "TERM": "xterm"},
                cwd=folder,
                start_new_session=True,
            )
        os.close(there)
        talk = _Talk(here, child)
        for turn in dialogue.turns:
            if not talk.take(turn):
                break
        else:
            code = talk.ended(within=10.0)
            if code == 1 and talk.heard.rstrip().endswith(DETACHED):
                code = 0
    finally:
        if child is not None and child.poll() is None:
            process.end_group(child)
        os.close(here)
        show.output(ESCAPES.sub("", talk.heard.replace("\r\n", "\n") if talk is not None else ""))
        show.ended(code, wait.now() - began)
    return code


class _Talk:
    """The terminal's side of a dialogue."""

    def __init__(self, terminal: int, child: "subprocess.Popen[bytes]") -> None:
        self._terminal, self._child = terminal, child
        self.heard = ""
        self._since = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def take(self, turn: Turn) -> bool:
        """Take one turn; False where its limit ran out."""
        if turn.does == "until":
            return self._listen(turn)
        if turn.does == "ends":
            return self.ended(within=turn.limit) != process.TIMED_OUT
        self._since = len(self.heard)
        sent = turn.text + "\r" if turn.does == "types" else "".join(KEYS[key] for key in turn.text.split())
        with contextlib.suppress(OSError):
            os.write(self._terminal, sent.encode())
        return True

    def ended(self, within: float) -> int:
        """Wait for the program's end; its exit code, or TIMED_OUT."""
        deadline = wait.now() + within
        while self._child.poll() is None and wait.now() < deadline:
            self._hear(0.1)
        self._hear(0.05)
        return process.TIMED_OUT if self._child.returncode is None else self._child.returncode

    def _listen(self, turn: Turn) -> bool:
        deadline = wait.now() + turn.limit
        while turn.text not in self.heard[self._since :]:
            if wait.now() > deadline or not self._hear(0.1):
                break
        found = self.heard.find(turn.text, self._since)
        self._since = self._since if found < 0 else found + len(turn.text)
        return found >= 0

    def _hear(self, seconds: float) -> bool:
        """Read what is there within some seconds; False once the program has closed its terminal."""
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self.heard += self._decoder.decode(data)
        dropped = max(0, len(self.heard) - process.CAP)
        self.heard, self._since = self.heard[dropped:], max(0, self._since - dropped)
        return bool(data)
