"""Which sides of the world can be seen at present, and since when one cannot."""

from datetime import UTC, datetime

from labrunner.watch.sight import Side, Unseen


class Eyes:
    """What can be seen of a lab's world; at first, nothing is known of any side.

    Args:
        kinds: of the cluster's objects that are followed; empty where the lab has no cluster.
    """

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._missing: dict[Side, set[str]] = {"docker": {"docker"}}
        if kinds:
            self._missing["cluster"] = set(kinds)
        self._unseen: dict[Side, Unseen] = {}

    def lost(self, side: Side, why: str, kind: str = "") -> bool:
        """Take note that a side, or one kind of its objects, cannot be seen; True where it could be until now."""
        saw = self.sees(side)
        self._missing[side] |= {kind} if kind else (self._kinds if side == "cluster" else {"docker"})
        if side not in self._unseen:
            self._unseen[side] = Unseen(side, datetime.now(UTC).isoformat(timespec="seconds"), why)
        return saw

    def found(self, side: Side, kind: str = "docker") -> bool:
        """Take note that a kind was listed and is followed; True where the side can be seen from now on."""
        before = self.sees(side)
        self._missing[side].discard(kind)
        if self.sees(side):
            self._unseen.pop(side, None)
        return self.sees(side) and not before

    def sees(self, side: Side) -> bool:
        """Tell whether all of a side is known."""
        return not self._missing.get(side)

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """The sides that could be seen once and cannot now."""
        return tuple(self._unseen.values())

    @property
    def all(self) -> bool:
        """Tell whether everything is seen."""
        return not any(self._missing.values())
