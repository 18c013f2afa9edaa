"""The verbs with which a check judges a fact. They are few, and they stay few."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, NoReturn, TypeVar

from labrunner.facts import Fact, shown
from labrunner.withheld import hides, known_parts, unknown

T = TypeVar("T")

HIDDEN = "•••"
"""Printed in the place of an answer."""


_judged: ContextVar[list[Fact[Any]] | None] = ContextVar("judged", default=None)


@contextmanager
def judged() -> Iterator[list[Fact[Any]]]:
    """Yield a list that fills with the facts that are judged while the block runs."""
    found: list[Fact[Any]] = []
    token = _judged.set(found)
    try:
        yield found
    finally:
        _judged.reset(token)


class Failure(Exception):
    """A fact is not as the check claims.

    Attributes:
        expected: what should be, as a JSON value or a phrase.
        fact: what is there.
    """

    def __init__(self, expected: Any, fact: Fact[Any]) -> None:
        self.expected = HIDDEN if fact.hidden else expected
        super().__init__(f"expected {self.expected!r}, found {found(fact)!r} ({fact.source})")
        self.fact = fact


def found(fact: Fact[Any]) -> Any:
    """Return what a fact holds as a verdict shows it; an answer, even a wrong one, is not shown."""
    if fact.absent:
        return fact.absent
    if fact.hidden:
        return HIDDEN
    return shown(fact.value)


class Expectation(Generic[T]):
    """A fact about to be judged; see `expect`."""

    def __init__(self, fact: Fact[T]) -> None:
        self._fact = fact

    def _fail(self, expected: Any) -> NoReturn:
        raise Failure(expected, self._fact)

    def _needs_all(self) -> None:
        if not self._fact.absent and hides(self._fact.value):
            unknown()

    def equals(self, wanted: Any) -> None:
        """Demand exactly this value; text is compared as it is, lists in any sequence type, and True is not 1.

        Like every verb that reads the value, raises NotRecorded where the snapshot withholds what it would need.
        """
        self._needs_all()
        if self._fact.absent or not _same(shown(self._fact.value), shown(wanted)):
            self._fail(shown(wanted))

    def is_in(self, wanted: Iterable[Any]) -> None:
        """Demand one of several values."""
        self._needs_all()
        choices = shown(list(wanted))
        if self._fact.absent or not any(_same(shown(self._fact.value), choice) for choice in choices):
            self._fail({"one of": choices})

    def contains(self, wanted: Any) -> None:
        """Demand that a text, list or mapping holds this.

        Raises:
            ValueError: the wanted text is empty, which every text holds.
        """
        if wanted == "":
            raise ValueError("an empty text is in every text, so it is no claim")
        value = self._fact.value
        if self._fact.absent or not isinstance(value, Container) or not _holds(value, wanted):
            self._fail({"contains": shown(wanted)})

    def matches(self, pattern: str) -> None:
        """Demand that a regular expression is found in the text."""
        self._needs_all()
        if self._fact.absent or not re.search(pattern, str(self._fact.value)):
            self._fail({"matches": pattern})

    def at_least(self, wanted: float) -> None:
        """Demand a number that is not smaller."""
        self._needs_all()
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


def _holds(value: Container[Any], wanted: Any) -> bool:
    """Tell whether a text, list or mapping holds something; raises NotRecorded where the withheld part decides it."""
    if isinstance(value, Mapping) or not hides(value):
        return wanted in value
    if isinstance(value, str):
        found = isinstance(wanted, str) and any(wanted in part for part in known_parts(value))
    else:
        found = isinstance(value, Iterable) and any(not hides(one) and one == wanted for one in value)
    return found or unknown()


def _same(one: Any, other: Any) -> bool:
    """Compare JSON values; Python's True == 1 would let a check pass for the wrong reason."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    return bool(one == other)


def expect(fact: Fact[T]) -> Expectation[T]:
    """Judge a fact: `expect(docker.network("lr-shop").internal).equals(False)`.

    Raises:
        Failure: from the verb, where the fact is otherwise.
    """
    if (listening := _judged.get()) is not None:
        listening.append(fact)
    return Expectation(fact)
