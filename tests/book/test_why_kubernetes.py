"""How the lab of why one uses Kubernetes reads what its shopper wrote down."""

import pytest

from labs.why_kubernetes.ground import Run
from labs.why_kubernetes.rollouts import around_change, failed

OPENED = 100.0
"""When the Deployment was made."""


def told(*lines: tuple[float, float, str]) -> list[Run]:
    """Return runs of ten requests each, given since when, until when, and the answer."""
    return [Run(since, until, 10, answer) for since, until, answer in lines]


NOBODY, GONE = "failed (curl 6)", "failed (curl 7)"
BEFORE = ((90, 101, NOBODY), (101, 104, GONE))


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        ([*BEFORE, (104, 130, "web 1"), (131, 131, "web 2"), (132, 132, "web 1"), (133, 150, "web 2")], 0),
        ([*BEFORE, (104, 106, "web 1"), (107, 150, "web 2")], 0),
        ([*BEFORE, (104, 130, "web 1"), (130, 133, GONE), (133, 150, "web 2")], 10),
        ([(104, 130, "web 1"), (131, 131, "web 2"), (132, 132, GONE), (133, 133, "web 1"), (134, 150, "web 2")], 10),
        ([(104, 130, "web 1"), (131, 132, "web 2"), (133, 133, GONE), (134, 150, "web 2")], 10),
    ],
    ids=["rolling", "soon-after-the-opening", "closed-in-between", "amid", "just-afterwards"],
)
def test_what_failed_around_a_change_of_release_counts(lines: list[tuple[float, float, str]], lost: int) -> None:
    assert failed(around_change(told(*lines), OPENED)) == lost


@pytest.mark.parametrize("soon", [160, 143])
def test_an_earlier_attempt_that_failed_is_not_held_against_a_later_one(soon: float) -> None:
    first = ((104, 120, "web 1"), (120, 125, GONE), (125, 140, "web 2"))
    again = ((140, 141, GONE), (141, soon, "web 1"), (161, 161, "web 2"), (162, 162, "web 1"), (163, 180, "web 2"))
    assert failed(around_change(told(*first, *again), OPENED)) == 0


def test_what_fails_long_afterwards_is_no_part_of_it() -> None:
    lines = ((104, 120, "web 1"), (121, 140, "web 2"), (140, 150, GONE), (150, 160, "web 2"))
    assert failed(around_change(told(*lines), OPENED)) == 0


@pytest.mark.parametrize("only", ["web 1", "web 2", GONE])
def test_without_both_releases_there_was_no_change(only: str) -> None:
    with pytest.raises(KeyError):
        around_change(told((104, 120, only)), OPENED)
