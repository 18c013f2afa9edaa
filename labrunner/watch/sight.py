"""What a watch hands out, and what its threads tell it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from labrunner.outcome import Report

Side = Literal["docker", "cluster"]
Raw = dict[str, Any]
ITSELF = "itself"
"""Stands among the kinds of the cluster's objects for the cluster: that its nodes and its system are whole."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A side of the world that cannot be seen at present.

    Attributes:
        side: Docker's or the cluster's.
        since: UTC, ISO 8601.
        why: one sentence.
    """

    side: Side
    since: str
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the lab, handed out whenever something about it has changed.

    Attributes:
        report: every check's verdict; an error for one whose objects cannot be seen at present.
        unseen: the sides that cannot be seen.
        hidden: the checks whose verdict is an error for that reason alone.
        changed: the checks whose outcome is another one than in the last look.
        judged: the checks that were judged for this look.
        arrived: when the event arrived that led to it, on `wait.now`'s clock; 0 where none did.
    """

    report: Report
    unseen: tuple[Unseen, ...] = ()
    hidden: frozenset[str] = frozenset()
    changed: tuple[str, ...] = ()
    judged: frozenset[str] = frozenset()
    arrived: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A side can be heard (again), and is to be listed now, by the clients of `world`."""

    side: Side
    world: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """A side cannot be heard any more.

    Attributes:
        side: which one.
        why: one sentence.
        client: whose stream broke; None where the side does not answer at all.
        kind: of the cluster's objects, where only their stream broke; ITSELF where it answers, and is not whole.
    """

    side: Side
    why: str
    client: Any = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Well:
    """A side was asked, answered, and is whole."""

    side: Side


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the daemon's, and when it arrived."""

    event: Raw
    at: float


@dataclass(frozen=True, slots=True)
class Due:
    """What is still to be inspected of an event whose own words were shown first."""

    change: Any
    at: float


@dataclass(frozen=True, slots=True)
class Listed:
    """Every object of a kind of the cluster's, as they are at one moment."""

    kind: str
    raws: list[Raw]
    client: Any
    at: float


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one object of the cluster's: ADDED, MODIFIED or DELETED."""

    action: str
    raw: Raw
    client: Any
    at: float


@dataclass(frozen=True, slots=True)
class Replied:
    """A probe's reply; None where the world went away meanwhile."""

    probe: str
    reply: Raw | None
    at: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What was asked of objects that are not as they should be, by side: last lines of logs, listening ports."""

    found: dict[str, Raw]
