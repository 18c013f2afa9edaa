"""A window in which a component of the cluster was stopped, as facts over what was seen while it lasted."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from labrunner.facts import Fact
from labrunner.words import say
from labrunner.world.asked import PAST, note
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
Raw = Mapping[str, Any]
API = "api"
"""Of a look: "ok" where the API server said that it is ready, else "silent"."""


class Outage:
    """The last window in which a component was stopped.

    What was seen is a list of looks, about one a second, oldest first. Each holds "at" (nanoseconds since 1970), "api"
    ("ok" or "silent"), and of what was asked: "nodes" ({role: status of its condition Ready}, None where the API was
    silent), "pods" (the Pods of the lab's namespace, each raw as far as the lesson needs it, or None) and "said"
    ({name of a sample: what it printed}).
    """

    def __init__(self, snapshot: Snapshot, component: str, node: str = "") -> None:
        note(PAST)
        found = [one for one in snapshot.outages if one["component"] == component and (not node or one["node"] == node)]
        self._raw: Raw | None = found[-1] if found else None
        self._component = component
        self._see = f"labrunner outage {component}" + (f" --node {node}" if node else "")

    @property
    def looks(self) -> Fact[list[Raw]]:
        """Every look at the world while the window was open."""
        return self._fact(lambda raw: list(raw["looks"]), say(en="looks", zh="查看记录"))

    @property
    def is_over(self) -> Fact[bool]:
        """Whether the component was brought back."""
        return self._fact(lambda raw: bool(raw["until"]), say(en="over", zh="是否已结束"))

    @property
    def began(self) -> Fact[int]:
        """When the component was gone, in nanoseconds since 1970."""
        return self._fact(lambda raw: int(raw["since"]), say(en="began", zh="开始时间"))

    @property
    def ended(self) -> Fact[int]:
        """When it was brought back, in nanoseconds since 1970; 0 while the window is open."""
        return self._fact(lambda raw: int(raw["until"]), say(en="ended", zh="结束时间"))

    def each(self, read: Callable[[Raw], T | None], what: str) -> Fact[list[T]]:
        """Return what was read of each look, oldest first, without repetitions in a row.

        Args:
            read: reads a look; one of which it returns None is left out.
            what: the name of what is read, for a person.
        """

        def told(raw: Raw) -> list[T]:
            found: list[T] = []
            for look in raw["looks"]:
                value = read(look)
                if value is not None and (not found or found[-1] != value):
                    found.append(value)
            return found

        return self._fact(told, what)

    def said(self, sample: str) -> Fact[list[str]]:
        """Return what a sample printed, in order, without repetitions in a row."""
        return self.each(lambda look: look["said"].get(sample), sample)

    @property
    def api(self) -> Fact[list[str]]:
        """What the API server was, in order, without repetitions in a row: "ok" or "silent"."""
        return self.each(lambda look: str(look[API]), "API")

    def _fact(self, read: Callable[[Raw], T], what: str) -> Fact[T]:
        source = f"outage {self._component}, {what}"
        if self._raw is None:
            never = say(en=f"{self._component} has not been stopped yet", zh=f"{self._component} 还没有停过")
            return Fact(None, source, self._see, never)
        return Fact(read(self._raw), source, self._see)


def is_open(snapshot: Snapshot) -> bool:
    """Tell whether the lab itself has a component of the cluster stopped."""
    return any(not window["until"] for window in snapshot.outages)
