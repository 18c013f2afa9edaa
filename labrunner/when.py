"""When a claim has to be true: now, ever since `start`, after other claims, or for some seconds on end."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from labrunner.errors import LabBroken

Claim = Callable[..., None]
"""A function of the world's nouns that raises where it is not as it says."""
LONGEST = 600.0
"""Seconds of the longest `stable`: nobody waits longer for a verdict."""


@dataclass(frozen=True, slots=True)
class When:
    """What a check says about time.

    Attributes:
        mode: which of the four.
        seconds: for how long, where it is "stable".
        earlier: the claims that were true before, in this order, where it is "sequence".
    """

    mode: Literal["now", "ever", "sequence", "stable"]
    seconds: float = 0
    earlier: tuple[Claim, ...] = ()

    @property
    def historic(self) -> bool:
        """Tell whether the recorder's log is needed for it."""
        return self.mode != "now"


now = When("now")
"""True at the moment of the check."""
ever = When("ever")
"""True at some moment since `start`, that of the check included."""


def stable(seconds: float) -> When:
    """Say that the claim is true now and has been for so many seconds without a moment in which it was not.

    Raises:
        LabBroken: not a number of seconds that anybody would wait for.
    """
    if not 0 < seconds <= LONGEST:
        raise LabBroken(f"stable({seconds!r}): between 0 and {LONGEST:g} seconds")
    return When("stable", seconds=float(seconds))


def sequence(*earlier: Claim) -> When:
    """Say that each of these claims was true, in this order, and after them the check's own.

    The moments need not be neighbours; what lay between them does not matter.

    Args:
        earlier: functions of the world's nouns, written as a check is.

    Raises:
        LabBroken: none was given, or something that is no function.
    """
    if not earlier or not all(callable(claim) for claim in earlier):
        raise LabBroken("sequence() takes the claims that were true before, at least one")
    return When("sequence", earlier=earlier)


def parameters(claim: Claim) -> tuple[str, ...]:
    """Return what a claim asks for, by name."""
    return tuple(inspect.signature(claim).parameters)
