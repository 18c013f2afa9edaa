"""One of Docker's objects as a check sees it: there or not, every property is a fact."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from labrunner.facts import Fact
from labrunner.words import say

T = TypeVar("T")
Raw = Mapping[str, Any]


class Noun:
    """One object, there or not: every property is a fact."""

    def __init__(self, kind: str, name: str, see: str, raw: Raw | None, near: str = "") -> None:
        self.kind, self.name, self._see, self._raw, self._near = kind, name, see, raw, near

    def _fact(self, source: str, read: Callable[[Any], T], path: str = "") -> Fact[T]:
        """Return a fact of this object.

        Args:
            source: the field as the API calls it.
            read: takes the value out of the raw object.
            path: a Go template that shows it; the source where empty.
        """
        subject = f"{self.kind}/{self.name}"
        see = f"{self._see} --format '{{{{json .{path or source}}}}}'"
        if self._raw is None:
            near = say(en=f" (but there is {self._near})", zh=f"（但是有 {self._near}）") if self._near else ""
            return Fact(
                None,
                f"{self.kind} {self.name}",
                self._see,
                say(en=f"no {self.kind} {self.name}", zh=f"没有 {self.kind} {self.name}") + near,
                subject,
            )
        whole: Fact[Raw] = Fact(self._raw, f"{self.kind} {self.name}", see, subject=subject)
        return whole.map(read, source)
