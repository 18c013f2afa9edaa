"""What `start` planted for the steps of a lab: which of it belongs together, and what of it a trial has touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labrunner.lab import TAGGED, Lab, names_in
from labrunner.operation import filled


@dataclass(frozen=True, slots=True)
class Scenery:
    """What one preparation plants, or several that share a name.

    Attributes:
        scripts: the preparations, in order.
        names: of containers, networks and volumes.
        references: of images.
    """

    scripts: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()

    def __add__(self, other: "Scenery") -> "Scenery":
        """Return both as one."""
        return Scenery(self.scripts + other.scripts, self.names | other.names, self.references | other.references)

    def meets(self, other: "Scenery") -> bool:
        """Tell whether both plant or use something of one name."""
        return bool(self.names & other.names)


def sceneries(lab: Lab, values: Mapping[str, str]) -> list[Scenery]:
    """Return what a lab plants, each name in one of them alone.

    Args:
        lab: the lab.
        values: what stands for the names in its preparations.
    """
    found: list[Scenery] = []
    for script in lab.prepared:
        references = {filled(reference, values) for reference in TAGGED.findall(script)}
        one = Scenery((script,), frozenset(names_in(script)), frozenset(references))
        joined = [other for other in found if other.meets(one)]
        found = [other for other in found if other not in joined]
        found.append(sum(joined, Scenery()) + one)
    return found


def behind(lab: Lab, values: Mapping[str, str], touched: Iterable[str]) -> Scenery | None:
    """Return what has to be planted anew where these names and references were touched; None where one was not."""
    wanted, every = Scenery(), sceneries(lab, values)
    for name in touched:
        one = next((one for one in every if name in one.names or name in one.references), None)
        if one is None:
            return None
        if not set(one.scripts) <= set(wanted.scripts):
            wanted += one
    order = {script: number for number, script in enumerate(lab.prepared)}
    return Scenery(tuple(sorted(wanted.scripts, key=order.__getitem__)), wanted.names, wanted.references)
