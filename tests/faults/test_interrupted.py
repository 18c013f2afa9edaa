"""Ctrl-C and kill -9 at several moments: 130, no process left, the next start works, and stop leaves nothing."""

import contextlib
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import docker_cli
from labrunner.world.endpoint import Endpoint
from tests.installation import LAB, Installation, processes, stopped_after

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]

MOMENTS = ("", "loading labrunner/registry", "starting the course", "preparing the lab")
"""What `start` says as it comes to each part; "" is as soon as it has the lock, before it says anything."""
DEMO_MOMENTS = ("starting a sandbox", "$ docker run", "docker network create")
LATER = (0.0, 0.7)
"""Seconds between what was said and the signal."""


def struck(child: "subprocess.Popen[str]", moment: str, later: float, sign: signal.Signals) -> int:
    """Wait until a program says something, and a little longer; signal its group, and return its exit code."""
    assert child.stdout is not None
    if moment:
        for line in child.stdout:
            if moment in line:
                break
    else:
        wait.until(lambda: child.poll() is not None or locked(child), within=30, every=0.01)
    wait.pause(later)
    os.killpg(child.pid, sign)
    child.communicate(timeout=60)
    return child.returncode


def locked(child: "subprocess.Popen[str]") -> bool:
    """Tell whether a program holds the lock: before that, an interpreter is only being started."""
    with contextlib.suppress(OSError):
        return any(str(link.readlink()).endswith("/state/lock") for link in Path(f"/proc/{child.pid}/fd").iterdir())
    return False


def no_process_left(home: Path) -> bool:
    return wait.until(lambda: not processes(home), within=20)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda said: said or "at once")
def test_ctrl_c_in_start(learner: Installation, moment: str) -> None:
    for later in LATER:
        code = struck(learner.begin("start", LAB), moment, later, signal.SIGINT)
        assert code in (130, 0, -signal.SIGINT), code
        if code == 130:
            assert wait.until(lambda: all(map(recorder, processes(learner.home))), within=10)
    assert learner.run("start", LAB).code == 0
    assert learner.run("check").code == 1


def test_kill_9_in_start(learner: Installation) -> None:
    before = learner.inventory()
    for moment in MOMENTS:
        code = struck(learner.begin("start", LAB), moment, 0.3, signal.SIGKILL)
        assert code in (-signal.SIGKILL, 0), code
    assert learner.run("start", LAB).code == 0
    assert learner.run("check").code == 1
    assert learner.run("--yes", "stop", "--all").code == 0
    assert learner.inventory() == before
    assert no_process_left(learner.home)


def test_kill_9_in_start_and_then_stop(learner: Installation) -> None:
    for moment in MOMENTS[1:]:
        before = learner.inventory()
        struck(learner.begin("start", LAB), moment, 0.3, signal.SIGKILL)
        assert learner.run("--yes", "stop", "--all").code == 0
        assert learner.inventory() == before
        assert no_process_left(learner.home)


def recorder(process: int) -> bool:
    try:
        return b"labrunner.state.recorder" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return True


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


@pytest.fixture
def onlooker(tmp_path: Path, endpoint: Endpoint) -> Iterator[Installation]:
    """Somebody who looks on, on the host's engine; nothing of theirs is left there."""
    with stopped_after(Installation(tmp_path / "onlooker")) as found:
        yield found
    assert no_process_left(found.home)
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, found.install), kind


@pytest.mark.parametrize("moment", DEMO_MOMENTS)
def test_ctrl_c_in_demo(onlooker: Installation, endpoint: Endpoint, moment: str) -> None:
    code = struck(onlooker.begin("demo", LAB), moment, 0.2, signal.SIGINT)
    assert code == 130
    assert no_process_left(onlooker.home)
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, onlooker.install), "Ctrl-C itself cleans up"


def test_kill_9_in_demo(onlooker: Installation) -> None:
    for moment in DEMO_MOMENTS:
        assert struck(onlooker.begin("demo", LAB), moment, 0.2, signal.SIGKILL) == -signal.SIGKILL
    assert onlooker.run("list").code == 0
    # What is left of it goes with the next command that ends things, which the fixture runs and looks at.
