"""What runs side by side: its order, what it tells, and its end where one of it breaks."""

from threading import Event

import pytest

from labrunner.side_by_side import Interrupted, Tell, side_by_side


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
