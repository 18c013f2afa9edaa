"""The only place that sleeps: every wait has a monotonic deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def pause(seconds: float) -> None:
    """Sleep for some seconds."""
    time.sleep(seconds)


def now() -> float:
    """Return a monotonic reading, in seconds; the wall clock may jump."""
    return time.monotonic()


def until(look: Callable[[], T], *, within: float, every: float = 0.2) -> T:
    """Look again and again until what is seen is true, or the time is up.

    Args:
        look: called at least once; anything truthy ends the wait.
        within: seconds, from now.
        every: seconds between two looks.

    Returns:
        what was seen last; falsy where the time ran out.
    """
    deadline = now() + within
    while not (seen := look()):
        if now() + every > deadline:
            return seen
        pause(every)
    return seen
