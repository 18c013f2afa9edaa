"""What a walk came to: causes in the order of the chain, or health, or what was seen and not understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from labrunner.outcome import Cause


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a walk from an object came to.

    Attributes:
        subject: the object that was asked about, as "kind/name".
        causes: the broken links, the first of the chain first; several where several things are broken.
        healthy: True where everything that was walked is as it should be.
        moving: what is still on its way, as a phrase; then neither healthy nor broken.
        saw: what was looked at, a phrase each; what a person is told where nothing is known.
    """

    subject: str
    causes: tuple[Cause, ...] = ()
    healthy: bool = False
    moving: str = ""
    saw: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Tell whether the walk came to something: a cause, health, or a movement."""
        return bool(self.causes) or self.healthy or bool(self.moving)


def in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the causes as they came, each broken link once: three Pods that fail alike are one cause."""
    found: dict[tuple[str, str], Cause] = {}
    for cause in causes:
        kind = cause.subject.partition("/")[0]
        found.setdefault((cause.code, cause.sentence if kind not in ("Pod", "ReplicaSet") else kind), cause)
    return tuple(found.values())
