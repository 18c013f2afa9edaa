"""Objects that are well where they are there: nothing is to be walked behind them."""

from collections.abc import Callable
from functools import partial

from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Scene
from labrunner.world.snapshot import Snapshot

KINDS = ("ConfigMap", "Secret", "ServiceAccount", "ResourceQuota", "LimitRange", "StorageClass", "IngressClass")


def walks() -> dict[str, Callable[[Snapshot, str], Diagnosis]]:
    """Return the walk of each of these kinds."""
    return {kind: partial(_walk, kind) for kind in KINDS}


def _walk(kind: str, snapshot: Snapshot, name: str) -> Diagnosis:
    scene = Scene(snapshot)
    if scene.find(kind, name) is None:
        return absent(scene, kind, name)
    return Diagnosis(f"{kind}/{name}", healthy=True)
