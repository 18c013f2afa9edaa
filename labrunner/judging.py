"""Who judges: a lab of this package is judged in process, a stranger's in a process of its own."""

from collections.abc import Mapping, Sequence

from labrunner.catalog import LoadedLab
from labrunner.judge import judge
from labrunner.lab import Check
from labrunner.outcome import Verdict
from labrunner.world.asked import SIDES, note
from labrunner.world.snapshot import Snapshot


def judged(
    loaded: LoadedLab, checks: Sequence[Check], snapshot: Snapshot, values: Mapping[str, str], client: str = ""
) -> list[Verdict]:
    """Apply checks to a snapshot; see `judge.judge`.

    Args:
        loaded: the lab.
        checks: some of its checks; their verdicts come in this order.
        snapshot: what was read.
        values: what stands for every declared name, secrets included.
        client: the reference of the image that asks where a probe names none.
    """
    if not loaded.entry.origin:
        return [judge(loaded, check, snapshot, values, client) for check in checks]
    from labrunner import apart

    for part in SIDES:
        note(f"@{part}")  # what a process of its own reads is not seen from here
    return apart.judged(loaded, checks, snapshot, values, client)
