"""Ctrl-C as a learner presses it, at a terminal; every other moment and signal is in test_anywhere.py."""

import os
import pty
import subprocess

import pytest

from tests.installation import LAB, Installation

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]


def test_ctrl_c_at_a_terminal(learner: Installation) -> None:
    master, slave = pty.openpty()
    child = subprocess.Popen(
        learner.argv("start", LAB), env=learner.env(TERM="xterm"), stdin=slave, stdout=slave, stderr=slave,
        preexec_fn=lambda: as_terminal(0),  # noqa: PLW1509 - what POSIX offers for it
    )  # fmt: skip
    os.close(slave)
    said = b""
    while b"registry" not in said:
        said += os.read(master, 4096)
    os.write(master, b"\x03")
    try:
        while chunk := os.read(master, 4096):
            said += chunk
    except OSError:
        pass
    assert child.wait(timeout=30) == 130, said
    assert b"interrupted" in said
    assert b"Traceback" not in said
    os.close(master)
    assert learner.run("start", LAB).code == 0


def as_terminal(stdin: int) -> None:
    """Make a child the leader of a session whose terminal is its stdin."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(stdin, termios.TIOCSCTTY, 0)
