"""Worlds made ready beside the work: each is taken or taken away, and never two are made at a time."""

import threading
from contextlib import ExitStack

import pytest

from labrunner.errors import DockerDown
from labrunner.understudy import Understudy


class Maker:
    """Makes worlds that are numbers, and knows which of them are still there."""

    def __init__(self) -> None:
        self.there: set[int] = set()
        self.made: list[int] = []
        self.refusals = 0
        self.go = threading.Event()
        self.go.set()

    def __call__(self, purpose: int) -> tuple[ExitStack, int]:
        assert self.go.wait(5)
        if self.refusals:
            self.refusals -= 1
            raise DockerDown("too busy")
        number = len(self.made)
        self.made.append(purpose)
        self.there.add(number)
        stack = ExitStack()
        stack.callback(self.there.discard, number)
        return stack, number


@pytest.fixture
def maker() -> Maker:
    return Maker()


def test_what_was_prepared_is_what_is_taken(maker: Maker) -> None:
    understudy: Understudy[int] = Understudy(maker)
    understudy.prepare(3)
    understudy.prepare(3)
    stack, number = understudy.take(3)
    assert (number, maker.made, maker.there) == (0, [3], {0})
    understudy.sweep(stack)
    understudy.close()
    assert not maker.there


def test_a_world_for_another_purpose_is_taken_away(maker: Maker) -> None:
    understudy: Understudy[int] = Understudy(maker)
    understudy.prepare(1)
    understudy.take(2)[0].close()
    understudy.close()
    assert maker.made in ([1, 2], [2])
    assert not maker.there


def test_what_nobody_took_is_gone_at_the_end_though_it_was_still_in_the_making(maker: Maker) -> None:
    understudy: Understudy[int] = Understudy(maker)
    maker.go.clear()
    understudy.prepare(1)
    threading.Timer(0.05, maker.go.set).start()
    understudy.close()
    assert not maker.there


def test_a_world_that_could_not_be_made_is_made_once_more(maker: Maker) -> None:
    understudy: Understudy[int] = Understudy(maker)
    maker.refusals = 1
    stack, _ = understudy.take(1)
    stack.close()
    maker.refusals = 2
    with pytest.raises(DockerDown):
        understudy.take(1)
    understudy.close()
    assert not maker.there


def test_where_worlds_disturb_one_another_one_is_gone_before_the_work_goes_on(maker: Maker) -> None:
    understudy: Understudy[int] = Understudy(maker, beside=False)
    stack, _ = understudy.take(1)
    understudy.sweep(stack)
    assert not maker.there
    broken = ExitStack()
    broken.callback(_refuse)
    understudy.sweep(broken)
    with pytest.raises(DockerDown):
        understudy.close()


def _refuse() -> None:
    raise DockerDown("it does not go away")
