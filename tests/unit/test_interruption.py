"""Signals that end a command: in order, with their code, and not in the midst of a beginning."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner import interruption, process, wait

CHECKOUT = Path(__file__).parents[2]
SLOW = "import time; print('here', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    before = {sign: signal.getsignal(sign) for sign in interruption.SIGNS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interruption.heed()
    left = interruption._Held.leaving
    interruption._Held.raised = interruption._Held.leaving = False  # other tests have left a command in this process
    yield
    interruption._Held.leaving = left
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.mark.parametrize("sign", interruption.SIGNS)
def test_a_signal_interrupts_with_the_code_that_shells_know_it_by(sign: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt) as stopped:
        os.kill(os.getpid(), sign)
    assert interruption.exit_code(stopped.value) == 128 + sign


def test_what_begins_is_known_before_anybody_is_interrupted() -> None:
    known = []

    def begun() -> None:
        with interruption.held_back(), interruption.held_back():
            os.kill(os.getpid(), signal.SIGTERM)
            known.append("child")

    with pytest.raises(interruption.Interrupted):
        begun()
    assert known
    with interruption.held_back():
        pass


def test_what_tidies_up_is_not_interrupted_by_the_first_signal_but_by_the_second() -> None:
    done = []

    def tidied(signals: int) -> None:
        with interruption.held_back(tidies=True):
            for _ in range(signals):
                os.kill(os.getpid(), signal.SIGINT)
            done.append(signals)

    for signals in (1, 2):
        interruption._Held.raised = False
        with pytest.raises(interruption.Interrupted):
            tidied(signals)
    assert done == [1]
    with pytest.raises(interruption.Interrupted):
        tidied(1)
    assert done == [1], "on the way back it does not wait"


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption.heed()
    os.kill(os.getpid(), signal.SIGHUP)


def test_a_program_that_was_begun_just_then_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    real, begun = subprocess.Popen, []

    def popen(*arguments: object, **named: object) -> object:
        begun.append(real(*arguments, **named))  # type: ignore[call-overload]
        os.kill(os.getpid(), signal.SIGINT)
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(interruption.Interrupted):
        process.run([sys.executable, "-c", SLOW], limit=30)
    assert begun[0].poll() is not None


def test_interrupted_again_a_program_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    assert child.stdout.readline() == b"here\n"
    monkeypatch.setattr(child, "wait", lambda timeout: (_ for _ in ()).throw(KeyboardInterrupt(timeout)))
    with pytest.raises(KeyboardInterrupt):
        process.end_group(child)
    assert wait.until(lambda: child.poll() is not None, within=5)


def test_once_the_work_is_done_a_signal_ends_the_process_without_a_word() -> None:
    line = "from labrunner import interruption as i; import os; i.heed(); i.leave(); os.kill(os.getpid(), 15)"
    done = subprocess.run([sys.executable, "-c", line], cwd=CHECKOUT, capture_output=True, timeout=30, check=False)
    assert done.returncode == 143
    assert not done.stderr
