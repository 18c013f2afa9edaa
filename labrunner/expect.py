"""The verbs with which a check judges a fact. They are few, and they stay few."""

import re
from collections.abc import Container, Iterable
from typing import Any, Generic, NoReturn, TypeVar

from labrunner.facts import Fact, shown

T = TypeVar("T")

HIDDEN = "•••"
"""Printed in the place of an answer."""


class Failure(Exception):
    """A fact is not as the check claims.

    Attributes:
        expected: what should be, as a JSON value or a phrase.
        fact: what is there.
    """

    def __init__(self, expected: Any, fact: Fact[Any]) -> None:
        super().__init__(f"expected {expected!r}, found {found(fact)!r} ({fact.source})")
        self.expected = expected
        self.fact = fact


def found(fact: Fact[Any]) -> Any:
    """Return what a fact holds as a verdict shows it."""
    if fact.absent:
        return fact.absent
    return shown(fact.value)


class Expectation(Generic[T]):
    """A fact about to be judged; see `expect`."""

    def __init__(self, fact: Fact[T]) -> None:
        self._fact = fact

    def _fail(self, expected: Any) -> NoReturn:
        raise Failure(HIDDEN if self._fact.hidden else expected, self._fact)

    def equals(self, wanted: Any) -> None:
        """Demand exactly this value; text is compared as it is, lists in any sequence type."""
        if self._fact.absent or shown(self._fact.value) != shown(wanted):
            self._fail(shown(wanted))

    def is_in(self, wanted: Iterable[Any]) -> None:
        """Demand one of several values."""
        choices = shown(list(wanted))
        if self._fact.absent or shown(self._fact.value) not in choices:
            self._fail({"one of": choices})

    def contains(self, wanted: Any) -> None:
        """Demand that a text, list or mapping holds this."""
        value = self._fact.value
        if self._fact.absent or not isinstance(value, Container) or wanted not in value:
            self._fail({"contains": shown(wanted)})

    def matches(self, pattern: str) -> None:
        """Demand that a regular expression is found in the text."""
        if self._fact.absent or not re.search(pattern, str(self._fact.value)):
            self._fail({"matches": pattern})

    def at_least(self, wanted: float) -> None:
        """Demand a number that is not smaller."""
        value: Any = self._fact.value
        if self._fact.absent or value < wanted:
            self._fail({"at least": wanted})

    def is_there(self) -> None:
        """Demand that there is a value at all."""
        if self._fact.absent:
            self._fail({"there": self._fact.source})

    def is_absent(self) -> None:
        """Demand that there is none; only history makes absence a proof, see `Docker.past`."""
        if not self._fact.absent:
            self._fail({"absent": self._fact.source})


def expect(fact: Fact[T]) -> Expectation[T]:
    """Judge a fact: `expect(docker.network("lr-shop").internal).equals(False)`.

    Raises:
        Failure: from the verb, where the fact is otherwise.
    """
    return Expectation(fact)
