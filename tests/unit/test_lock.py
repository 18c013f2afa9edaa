import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.errors import Busy
from labrunner.state import lock

HOLD = """
import sys
from pathlib import Path
from labrunner.state import lock
sys.argv[1:] = ["check", "docker-basics"]
with lock.held(Path({file!r})):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(file: Path) -> Iterator["subprocess.Popen[str]"]:
    """Let another process hold a lock."""
    argv = [sys.executable, "-c", HOLD.format(file=str(file))]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        try:
            yield one
        finally:
            one.kill()


def test_another_holder_is_named_and_nothing_is_waited_for_longer_than_said(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with another(file) as holder:
        began = time.monotonic()
        with pytest.raises(Busy) as caught, lock.held(file, within=0.2):
            pass
        assert time.monotonic() - began < 3
        assert f"pid {holder.pid} (labrunner check docker-basics)" in caught.value.message
        assert lock.is_held(file)


def test_a_holder_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with another(file) as holder:
        holder.kill()
        holder.wait()
        assert wait.until(lambda: not lock.is_held(file), within=3)
        with lock.held(file, within=1):
            pass


def test_what_breaks_while_it_is_held_gives_it_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "lock"
    with pytest.raises(ZeroDivisionError), lock.held(file):
        _ = 1 // 0
    assert not lock.is_held(file)


def test_a_holder_that_left_no_name_is_still_respected(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with another(file):
        (tmp_path / "lock.holder").write_text("{half")
        with pytest.raises(Busy, match="pid unknown"), lock.held(file, within=0.1):
            pass
