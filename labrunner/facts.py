"""A fact: something read from the world, with where it was read and the command that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from labrunner.words import say

T = TypeVar("T")
U = TypeVar("U")


class NotRecorded(Exception):
    """The snapshot does not hold what was asked for: neither there nor absent, hence no verdict."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One thing read from a snapshot.

    Attributes:
        value: what is there; None where it is absent.
        source: where it was read: "network lr-shop, Internal".
        see: the command that shows the same fact to a person.
        absent: why there is no value: "no network lr-shop"; empty where there is one.
        subject: the object that it belongs to, as "kind/name"; what a wait watches.
        hidden: True where the value is an answer that must not be printed.
    """

    value: T | None
    source: str
    see: str
    absent: str = ""
    subject: str = ""
    hidden: bool = False

    @property
    def known(self) -> bool:
        """Tell whether there is a value."""
        return not self.absent

    def map(self, read: Callable[[T], U], source: str = "") -> "Fact[U]":
        """Return a fact derived from this one; an absent fact stays absent.

        Args:
            read: makes the new value of the old one; KeyError, IndexError and TypeError mean absent.
            source: what is appended to where it was read.

        Raises:
            NotRecorded: the value, or a part of it, was withheld.
        """
        from labrunner.withheld import Withheld, unknown

        where = f"{self.source}, {source}" if source else self.source
        if isinstance(self.value, Withheld):
            unknown()  # whatever is made of it would depend on what is not known
        if self.absent or self.value is None:
            return Fact(
                None,
                where,
                self.see,
                self.absent or say(en=f"no {where}", zh=f"没有 {where}"),
                self.subject,
                self.hidden,
            )
        try:
            value = read(self.value)
        except (KeyError, IndexError, TypeError, AttributeError):
            return Fact(None, where, self.see, say(en=f"no {where}", zh=f"没有 {where}"), self.subject, self.hidden)
        if value is None:
            return Fact(None, where, self.see, say(en=f"no {where}", zh=f"没有 {where}"), self.subject, self.hidden)
        return Fact(value, where, self.see, "", self.subject, self.hidden)


def shown(value: Any) -> Any:
    """Return a value as JSON has it: tuples and sets as sorted or plain lists."""
    if isinstance(value, set | frozenset):
        return sorted(shown(item) for item in value)
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {str(key): shown(item) for key, item in value.items()}
    return str(value) if isinstance(value, str) else value
