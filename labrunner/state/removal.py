"""Removes what is ours, and only that; convergent, and proved by a second look."""

from collections.abc import Callable
from dataclasses import dataclass, field

from labrunner import wait
from labrunner.state.ours import Owned, owned
from labrunner.world.docker_engine import DockerEngine, EngineRefused
from labrunner.world.reader import Scope

IN_USE = (403, 409)
"""HTTP: the daemon will not, because the object is in use (a network answers 403)."""
PATIENCE = 30.0
"""Seconds until what is being removed must be gone."""


@dataclass(slots=True)
class Removal:
    """What a removal did.

    Attributes:
        removed: what is gone.
        kept: what stays, each with the daemon's reason: an image that something of the user's uses.
        declined: what derives from the lab and was not agreed to.
    """

    removed: list[Owned] = field(default_factory=list)
    kept: list[tuple[Owned, str]] = field(default_factory=list)
    declined: list[Owned] = field(default_factory=list)


def remove(
    engine: DockerEngine,
    scope: Scope,
    names: tuple[str, ...],
    agree: Callable[[list[Owned]], bool],
    references: frozenset[str] = frozenset(),
) -> Removal:
    """Remove everything of the lab's from a daemon.

    Args:
        engine: the daemon.
        scope: what belongs to the lab, baseline included.
        names: the names that it prescribes.
        references: the images that the lab itself prescribes, as typed.
        agree: asked once about what merely derives from the lab; those stay where it says no.

    Returns:
        what was removed, and what was not, with the reason.
    """
    done = Removal()
    agreed: dict[str, bool] = {}

    def sweep() -> bool:
        found = owned(engine, scope, names, references)
        asked = [one for one in found if one.reason == "derived" and one.id not in agreed]
        if asked:
            answer = agree(asked)
            agreed.update({one.id: answer for one in asked})
        done.declined = [one for one in found if one.reason == "derived" and not agreed[one.id]]
        done.kept = []
        for one in found:
            if one not in done.declined:
                _take(engine, one, done)
        return not [
            one for one in owned(engine, scope, names, references) if one not in done.declined and not _stays(one, done)
        ]

    wait.until(sweep, within=PATIENCE, every=0.5)
    return done


def left(
    engine: DockerEngine,
    scope: Scope,
    names: tuple[str, ...],
    done: Removal,
    references: frozenset[str] = frozenset(),
) -> list[Owned]:
    """Return what is ours and still there though nobody asked to keep it: a leak."""
    return [
        one for one in owned(engine, scope, names, references) if one not in done.declined and not _stays(one, done)
    ]


def _stays(one: Owned, done: Removal) -> bool:
    return any(kept == one for kept, _ in done.kept)


def _take(engine: DockerEngine, one: Owned, done: Removal) -> None:
    try:
        engine.remove(one.kind, one.id)
    except EngineRefused as refused:
        if refused.status not in IN_USE or one.kind == "containers":
            raise
        done.kept.append((one, refused.message.splitlines()[0]))
        return
    if one not in done.removed:
        done.removed.append(one)
