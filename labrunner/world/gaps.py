"""Gaps of the recorder's log: when nobody recorded, and what a learner is told to do about it."""

from collections.abc import Iterable

from labrunner.words import say
from labrunner.world.moments import utc
from labrunner.world.snapshot import Snapshot


def gap_after(snapshot: Snapshot, sides: Iterable[str], since: int) -> tuple[int, int] | None:
    """Return the last gap of these sides ("docker", "cluster") that ends after a time, as its begin and its end.

    An end of 0 is a gap that is still open; so is one of a log that only says that it is not complete.
    """
    wanted = set(sides)
    found = [(int(gap["since"]), int(gap["until"])) for gap in snapshot.gaps if gap["of"] in wanted]
    if not snapshot.complete and "docker" in wanted and not any(gap["of"] == "docker" for gap in snapshot.gaps):
        found.append((snapshot.since, 0))
    late = [(begin, end) for begin, end in found if not end or end > since]
    return max(late, key=lambda gap: gap[1] or 1 << 63, default=None)


def in_gap(since: int, until: int, *, wait: bool = False) -> str:
    """Return the sentence that says when nobody recorded, and what to do now.

    Args:
        since: when the gap began, in nanoseconds.
        until: when it ended; 0 where it is still open.
        wait: True where nothing is to be done but to go on.
    """
    span = f"{clock(since)} – {clock(until)}" if until else f"{clock(since)} –"
    if wait:
        return say(
            en=f"what was before cannot be known (not recorded: {span})",
            zh=f"此前的情况无法得知（未记录：{span}）",
        )
    if not until:
        return say(
            en=f"nobody records since {clock(since)}; labrunner start begins the recorder again",
            zh=f"从 {clock(since)} 起没有记录；运行 labrunner start 重新开始记录",
        )
    return say(
        en=f"nothing was recorded at {span}; do this step once more now that it is, or: labrunner reset",
        zh=f"{span} 没有记录；现在已恢复记录，请把这一步再做一遍，或 labrunner reset",
    )


def unknown(snapshot: Snapshot, side: str, since: int = 0) -> str:
    """Return why what is not in the log cannot be known, as a sentence; empty where the log has no gap.

    Args:
        snapshot: what was read.
        side: "docker" or "cluster".
        since: gaps that ended by then do not matter, in nanoseconds.
    """
    gap = gap_after(snapshot, [side], since)
    return in_gap(*gap) if gap is not None else ""


def clock(nano: int) -> str:
    """Return a time of day for a person, to the second: "14:02:11 UTC"."""
    return f"{utc(nano)[11:19]} UTC"
