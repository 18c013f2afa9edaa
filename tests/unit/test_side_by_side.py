"""What runs side by side: its order, what it tells, and its end where one of it breaks."""

import subprocess
import sys
from threading import Event

import pytest

from labrunner import wait
from labrunner.side_by_side import Interrupted, Tell, side_by_side

HANGS = """
import os, signal, threading, time
from labrunner import interruption, wait
from labrunner.side_by_side import side_by_side
interruption.heed()
ended = threading.Event()
def run(name, tell):
    if name == "struck":
        os.kill(threading.get_native_id(), signal.SIGINT)  # its own thread takes it, as the kernel may choose
        ended.wait(20)
        return
    try:
        for _ in range(200):
            wait.pause(0.1)
            tell("still here", None)
    finally:
        ended.set()
began = wait.now()
try:
    side_by_side(["beside", "struck"], run, lambda *_: None, at_once=2)
except interruption.Interrupted as stopped:
    print(stopped.exit_code, wait.now() - began)
"""
"""What runs beside a run that hears nothing itself, when somebody interrupts."""


def test_results_come_in_the_order_of_the_names_and_each_says_who_tells() -> None:
    told, second = list[tuple[str, float | None]](), Event()

    def run(name: str, tell: Tell) -> str:
        if name == "slow":
            assert second.wait(5)
        tell("works", None)
        second.set()
        return name.upper()

    assert side_by_side(["slow", "quick"], run, lambda *said: told.append(said), at_once=2) == ["SLOW", "QUICK"]
    assert told == [("quick: works", None), ("slow: works", None)]


def test_where_one_breaks_the_others_end_at_their_next_word_and_the_rest_never_begin() -> None:
    begun, ended = list[str](), list[str]()

    def run(name: str, tell: Tell) -> None:
        begun.append(name)
        if name == "breaks":
            raise KeyError(name)
        try:
            while True:
                tell("still here", None)
        except Interrupted:
            ended.append(name)
            raise

    with pytest.raises(KeyError):
        side_by_side(["breaks", "beside", "later"], run, lambda *_: None, at_once=2)
    assert sorted(ended) == sorted(name for name in begun if name != "breaks")


def test_an_interruption_is_heard_by_whoever_waits_whichever_thread_it_strikes() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS], check=True, capture_output=True, text=True, timeout=60)
    code, seconds = done.stdout.split()
    assert code == "130"
    assert float(seconds) < 10, "20 s is how long they would have gone on"


def test_one_that_breaks_is_not_waited_for_until_the_ones_before_it_are_over() -> None:
    broke, heard, long_ago = Event(), list[str](), wait.now() + 20

    def run(name: str, tell: Tell) -> None:
        if name == "breaks":
            broke.set()
            raise KeyError(name)
        assert broke.wait(5)
        try:
            while wait.now() < long_ago:
                tell("still here", None)
        except Interrupted:
            heard.append(name)
            raise

    with pytest.raises(KeyError):
        side_by_side(["before", "breaks"], run, lambda *_: None, at_once=2)
    assert heard == ["before"]
