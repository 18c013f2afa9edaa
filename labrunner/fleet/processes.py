"""How many processes a Pod may have at once: its node's kubelet bounds them, and no manifest can ask for more."""

from collections.abc import Iterable
from threading import Event, Thread

from labrunner.errors import EnvironmentNotReady
from labrunner.lab import Lab
from labrunner.words import say

WITH_CLUSTER = 2048
"""Of an engine with a cluster in it: with 512 its programs failed, and a right answer was found wrong."""
ALONE = 384
"""Of any other: the 256 that a submission's scripts may have, and the engines'."""


def needed(labs: Iterable[Lab]) -> int:
    """Return how many a Pod must be able to have in which some labs are graded."""
    return WITH_CLUSTER if any(lab.uses_cluster for lab in labs) else ALONE


def demand(least: int) -> None:
    """Tell whether so many processes can be there at once, by having them for a moment.

    They are threads, which cost little and are counted alike:
    https://docs.kernel.org/admin-guide/cgroup-v1/pids.html

    Args:
        least: how many.

    Raises:
        EnvironmentNotReady: they cannot.
    """
    over, begun = Event(), 0
    try:
        while begun < least:
            Thread(target=over.wait, daemon=True).start()
            begun += 1
    except RuntimeError as full:
        raise EnvironmentNotReady(
            say(
                en=f"a Pod of this cluster may have some {begun} processes, and needs {least}",
                zh=f"这个集群的 Pod 只能有约 {begun} 个进程，而需要 {least} 个",
            ),
            hint=say(en="podPidsLimit of its nodes' kubelets", zh="调高节点 kubelet 的 podPidsLimit"),
        ) from full
    finally:
        over.set()
