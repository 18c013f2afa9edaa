"""What was asked of a snapshot while a check was judged: what has to change until it is judged again.

The nouns say which objects they were asked for. What reads a snapshot past them is seen by the side that it read, and
counts as having asked for everything there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from typing import Any

from labrunner.world.snapshot import Snapshot

DOCKER = frozenset({"container/*", "network/*", "volume/*", "image/*"})
CLUSTER = frozenset({"cluster/*"})
PAST, ANSWER, PROBE = "past/*", "answer/*", "probe/*"
SIDES = {
    "docker": DOCKER,
    "cluster": CLUSTER,
    **dict.fromkeys(("log", "complete", "gaps", "outages"), frozenset({PAST})),
}
"""What stands for the whole of each part of a snapshot."""

BEHIND = "~"
"""Before what was only read to find the cause of a verdict, which hangs on nothing of it."""

_noting: ContextVar[set[str] | None] = ContextVar("noting", default=None)
_is_behind: ContextVar[bool] = ContextVar("is_behind", default=False)


def note(subject: str) -> None:
    """Say that an object was asked for ("container/lr-web", "Pod/*"); nothing where nobody listens."""
    if (noting := _noting.get()) is not None:
        noting.add(BEHIND + subject if _is_behind.get() else subject)


@contextmanager
def behind() -> Iterator[None]:
    """Take what is asked for while the block runs for what a cause is looked for in."""
    token = _is_behind.set(True)
    try:
        yield
    finally:
        _is_behind.reset(token)


@contextmanager
def noted() -> Iterator[set[str]]:
    """Yield a set that fills with what is asked for while the block runs."""
    found: set[str] = set()
    token = _noting.set(found)
    try:
        yield found
    finally:
        _noting.reset(token)


class Noting(Snapshot):
    """A snapshot that says which of its parts were read."""

    def __getattribute__(self, name: str) -> Any:
        """Return a part, and note it."""
        if name in SIDES:
            note(f"@{name}")
        return super().__getattribute__(name)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Noting":
        """Return a snapshot that holds the same."""
        return cls(**{one.name: getattr(snapshot, one.name) for one in fields(snapshot)})


def side_of(subject: str) -> str:
    """Return whether an object is Docker's or the cluster's: "docker" or "cluster"; empty where it is neither's."""
    kind = subject.partition("/")[0]
    if f"{kind}/*" in DOCKER:
        return "docker"
    return "cluster" if kind == "cluster" or kind[:1].isupper() else ""


def whole(noted_: set[str]) -> frozenset[str]:
    """Return what was asked for; a part that was read though none of its objects was, as all of them."""
    found = {one for one in noted_ if not one.startswith(("@", BEHIND))}
    sides = {side_of(one) for one in found}
    for part, everything in SIDES.items():
        if f"@{part}" in noted_ and part not in sides:
            found |= everything
    return frozenset(found)


def concerns(asked: frozenset[str], changed: set[str]) -> bool:
    """Tell whether something that was asked for is among what changed; "*" is every name, on both sides."""
    if not asked.isdisjoint(changed):
        return True
    return any(_meets(one, other) for one in changed for other in asked)


def _meets(one: str, other: str) -> bool:
    kind, _, name = one.partition("/")
    its, _, called = other.partition("/")
    if "cluster" in (kind, its):
        return side_of(one) == side_of(other)
    return kind == its and "*" in (name, called)
