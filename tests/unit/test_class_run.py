"""A class that is graded ends when it is asked to, whichever thread the system tells."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.grading import class_run
from labrunner.grading.grade import Class, Terms
from labrunner.narrate import Quiet


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Have Ctrl-C raise here as it does in a program."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_that_another_thread_took_ends_the_grading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    of = Class(Terms(), Quiet(), {}, ExitStack())
    began = wait.now()

    def endless(*_: object) -> None:
        wait.pause(0.5)  # the main thread waits by then
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        of.stopped.wait(20)

    monkeypatch.setattr(class_run, "_one", endless)
    with pytest.raises(KeyboardInterrupt):
        list(class_run.run([tmp_path], of, tmp_path, jobs=1, resume=False))
    assert wait.now() - began < 10


def test_as_many_work_at_a_time_as_are_wanted_and_one_more_makes_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of, lock = Class(Terms(), Quiet(), {}, ExitStack()), threading.Lock()
    here, seen = {"ready": 0, "at work": 0}, {"ready": 0, "at work": 0}

    def counted(what: str, by: int) -> None:
        with lock:
            here[what] += by
            seen[what] = max(seen[what], here[what])

    def one(*_: object) -> None:
        counted("ready", 1)
        with of.turn:
            counted("at work", 1)
            wait.pause(0.05)
            counted("at work", -1)
        counted("ready", -1)

    monkeypatch.setattr(class_run, "_one", one)
    assert len(list(class_run.run([tmp_path] * 8, of, tmp_path, jobs=2, resume=False))) == 8
    assert seen == {"ready": 3, "at work": 2}
