"""One object further along a chain: what is behind it, with the way there kept; and several walks made one."""

from collections.abc import Iterable
from dataclasses import replace

from labrunner.why.diagnosis import Diagnosis, in_order
from labrunner.why.explain import explain
from labrunner.world.snapshot import Snapshot

Way = tuple[str, ...]
"""The objects walked so far, each as "kind/name"."""


def behind(snapshot: Snapshot, way: Way, subject: str) -> Diagnosis:
    """Walk from the next object of a chain.

    Args:
        snapshot: what was read.
        way: the objects before it.
        subject: the object, as "kind/name".

    Returns:
        what its own walk came to, with the whole way in the path of each cause.
    """
    if subject in way:
        return Diagnosis(subject)
    found = explain(snapshot, subject)
    causes = tuple(replace(cause, path=(*way, *(cause.path or (subject,)))) for cause in found.causes)
    return replace(found, causes=causes)


def together(subject: str, walked: Iterable[Diagnosis]) -> Diagnosis:
    """Return several walks as one: broken where one is, else moving where one is, healthy where all are."""
    parts = list(walked)
    return Diagnosis(
        subject,
        causes=in_order(cause for part in parts for cause in part.causes),
        healthy=bool(parts) and all(part.healthy for part in parts),
        moving=next((part.moving for part in parts if part.moving), ""),
        saw=tuple(dict.fromkeys(phrase for part in parts for phrase in part.saw)),
    )
