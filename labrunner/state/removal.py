"""Removes what is ours, and only that; convergent, and proved by a second look."""

from collections.abc import Callable
from dataclasses import dataclass, field

from labrunner import wait
from labrunner.state.holding import Holding, key
from labrunner.state.ours import Owned, owned
from labrunner.world.docker_engine import DockerEngine, EngineRefused
from labrunner.world.reader import Scope

IN_USE = (403, 409)
"""HTTP: the daemon will not, because the object is in use (a network answers 403)."""
PATIENCE = 30.0
"""Seconds until what is being removed must be gone."""
ORDER = ("containers", "networks", "volumes", "images")


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

    def leaves(self, one: Owned) -> bool:
        """Tell whether an object stays on purpose: somebody said no, or something of the user's needs it."""
        return key(one) in {*map(key, self.declined), *(key(kept) for kept, _ in self.kept)}


def remove(  # noqa: PLR0913, PLR0917 - what is the lab's, and who is asked and told
    engine: DockerEngine,
    scope: Scope,
    names: tuple[str, ...],
    agree: Callable[[list[Owned]], bool],
    references: frozenset[str] = frozenset(),
    begins: Callable[[], None] = lambda: None,
) -> Removal:
    """Remove everything of the lab's from a daemon.

    Args:
        engine: the daemon.
        scope: what belongs to the lab, baseline included.
        names: the names that it prescribes.
        references: the images that the lab itself prescribes, as typed.
        agree: asked once about what merely derives from the lab; those stay where it says no.
        begins: called when that is answered, before anything goes.
    """

    def look() -> list[Owned]:
        return owned(engine, scope, names, references)

    removing = _Removing(engine, scope, look, agree)
    removing.plan()  # before the clock runs: a person may think as long as they like
    begins()
    wait.until(removing.sweep, within=PATIENCE, every=0.2)
    return removing.ended()


def left(
    engine: DockerEngine,
    scope: Scope,
    names: tuple[str, ...],
    done: Removal,
    references: frozenset[str] = frozenset(),
) -> list[Owned]:
    """Return what is ours and still there though nobody asked to keep it: a leak."""
    return [one for one in owned(engine, scope, names, references) if not done.leaves(one)]


class _Removing:
    """One removal: what was once seen to be ours is pursued, even when what it was known by is gone already."""

    def __init__(
        self,
        engine: DockerEngine,
        scope: Scope,
        look: Callable[[], list[Owned]],
        agree: Callable[[list[Owned]], bool],
    ) -> None:
        self._engine, self._scope, self._look, self._agree = engine, scope, look, agree
        self._wanted: dict[tuple[str, str], Owned] = {}
        self._declined: dict[tuple[str, str], Owned] = {}
        self._refused: dict[tuple[str, str], EngineRefused] = {}
        self._done = Removal()

    def plan(self) -> None:
        """Take in what is ours now; ask about what merely derives and was not asked about."""
        new = [one for one in self._look() if key(one) not in self._wanted and key(one) not in self._declined]
        derived = [one for one in new if one.reason == "derived"]
        yes = bool(derived) and self._agree(derived)
        for one in new:
            (self._wanted if one.reason != "derived" or yes else self._declined)[key(one)] = one

    def sweep(self) -> bool:
        """Remove what can be removed now; True where nothing is left to try."""
        self.plan()
        self._done.kept, self._refused = [], {}
        kind = ""
        for one in sorted(self._wanted.values(), key=lambda one: ORDER.index(one.kind)):
            if one.kind != kind:
                kind, holding = one.kind, Holding(self._engine, self._scope.baseline, self._wanted.keys())
            if because := holding.held(one):
                self._done.kept.append((one, because))
                continue
            try:
                there = self._engine.remove(one.kind, one.id, alone=holding.hangs_on_baseline(one))
            except EngineRefused as refused:
                self._refused[key(one)] = refused
                continue
            if there or one not in self._done.removed:
                self._done.removed = [gone for gone in self._done.removed if gone != one] + [one]
        self._done.declined = list(self._declined.values())
        return not self._refused and all(self._done.leaves(one) for one in self._look())

    def ended(self) -> Removal:
        """Return what was done; what the daemon would not let go, for a reason that it alone knows, is kept."""
        for where, refused in self._refused.items():
            if refused.status in IN_USE and where[0] != "containers":
                self._done.kept.append((self._wanted[where], refused.message.splitlines()[0]))
        return self._done
