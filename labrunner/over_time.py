"""Claims about the past: the same function applied to every recorded moment, and what follows from that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from labrunner.outcome import Outcome, Verdict
from labrunner.when import Claim, When, parameters
from labrunner.words import say
from labrunner.world.gaps import clock, gap_after, in_gap
from labrunner.world.moments import NANO, Moments, utc
from labrunner.world.snapshot import Snapshot

Holds = Callable[[Claim, Snapshot], bool | None]
"""Whether a claim is true of a snapshot; None where that cannot be known."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a claim about the past is judged by.

    Attributes:
        when: what the check says about time.
        claim: the check's function.
        moments: the recorded moments, the present one last.
        holds: applies a claim to a snapshot.
        present: the verdict on the present alone.
    """

    when: When
    claim: Claim
    moments: Moments
    holds: Holds
    present: Verdict

    @property
    def sides(self) -> set[str]:
        """Which parts of the log the claims read: "docker", "cluster"."""
        asked = {name for claim in (self.claim, *self.when.earlier) for name in parameters(claim)}
        return asked & {"docker", "cluster"}


def judged(seen: Seen) -> Verdict:
    """Return the verdict on a claim that says `ever`, `sequence` or `stable`.

    Where something was not recorded that could turn it, the verdict is an error that says "cannot know".
    """
    if seen.when.mode == "stable":
        return _stable(seen)
    return _in_order(seen, [*seen.when.earlier, seen.claim])


def _in_order(seen: Seen, claims: list[Claim]) -> Verdict:
    moments, number, unknown = seen.moments, 0, False
    times: list[str] = []
    for claim in claims:
        found = None
        while number < len(moments) and found is None:
            held = _held(seen, claim, number)
            unknown = unknown or held is None
            found = number if held else None
            number += 1
        if found is None:
            return _never(seen, claim, claims, times, unknown=unknown)
        times.append(clock(moments.at(found)))
    said = say(en=f"true at {times[-1]}", zh=f"在 {times[-1]} 成立")
    if len(times) > 1:
        said = say(en=f"true one after the other at {', '.join(times)}", zh=f"先后在 {'、'.join(times)} 成立")
    recorded = say(en="recorded at", zh="记录于")
    return _passed(seen.present, source=f"{recorded} {utc(moments.at(found or 0))}", why=said)


def _held(seen: Seen, claim: Claim, number: int) -> bool | None:
    if claim is seen.claim and number == len(seen.moments) - 1:
        return None if seen.present.outcome is Outcome.ERROR else seen.present.passed
    return seen.holds(claim, seen.moments.snapshot(number))


def _never(seen: Seen, claim: Claim, claims: list[Claim], times: list[str], *, unknown: bool) -> Verdict:
    present = seen.present
    if present.outcome is Outcome.ERROR:
        return present
    if gap := gap_after(seen.moments.present, seen.sides, 0):
        return _cannot_know(present, in_gap(*gap))
    if seen.moments.forgotten:
        return _cannot_know(present, _forgotten())
    if unknown:
        return _cannot_know(present, _not_kept())
    if claim is seen.claim and not times:
        why = say(en="it was not true at any moment since start", zh="开始以来的任何时刻都不成立")
        why = f"{present.why} ({why})" if present.why else why
        return replace(present, why=why)
    name = claim.__name__.replace("_", " ")
    if not times:
        why = say(en=f"“{name}” was never true since start", zh=f"开始以来“{name}”从未成立")
    else:
        last = claims[len(times) - 1].__name__.replace("_", " ")
        why = say(
            en=f"“{name}” was not true after “{last}” was",
            zh=f"在“{last}”成立之后，“{name}”没有成立过",
        )
    found = say(en=f"{len(times)} of {len(claims)} in order", zh=f"按顺序成立了 {len(times)} 个，共 {len(claims)} 个")
    names = [one.__name__.replace("_", " ") for one in claims]
    return replace(present, outcome=Outcome.FAIL, expected=names, found=found, why=why, absent=False)


def _stable(seen: Seen) -> Verdict:
    present, moments, seconds = seen.present, seen.moments, seen.when.seconds
    if not present.passed:
        return present
    until, since = moments.until, moments.until
    for number in reversed(range(len(moments) - 1)):
        held = seen.holds(seen.claim, moments.snapshot(number))
        if not held:
            break
        since = moments.at(number)
        if until - since >= seconds * NANO:
            break
    before = ""
    if gap := gap_after(moments.present, seen.sides, max(since, until - int(seconds * NANO))):
        if not gap[1]:
            return _cannot_know(present, in_gap(*gap))
        since, before = max(since, gap[1]), in_gap(*gap, wait=True)
    lasted = (until - since) / NANO
    if lasted >= seconds:
        said = say(en=f"true since {clock(since)}", zh=f"从 {clock(since)} 起一直成立")
        return _passed(present, source=say(en="recorded since", zh="记录自") + f" {utc(since)}", why=said)
    why = say(en=f"true for {lasted:.0f} of {seconds:g} s", zh=f"已成立 {lasted:.0f} 秒，需要 {seconds:g} 秒")
    return replace(
        present, outcome=Outcome.WAITING, why=why + say(en=f"; {before}", zh=f"；{before}") if before else why
    )


def _passed(present: Verdict, *, source: str, why: str) -> Verdict:
    shown: dict[str, Any] = {"expected": None, "found": None, "subject": "", "absent": False, "see": "", "causes": ()}
    return replace(present, outcome=Outcome.PASS, source=source, why=why, **shown)


def _cannot_know(present: Verdict, why: str) -> Verdict:
    said = say(en=f"cannot know: {why}", zh=f"无法判断：{why}")
    return replace(present, outcome=Outcome.ERROR, why=said, causes=())


def _forgotten() -> str:
    return say(
        en="so much has happened that the first changes are forgotten; do this step once more",
        zh="发生的变化太多，最早的已经不再保存；请把这一步再做一遍",
    )


def _not_kept() -> str:
    return say(
        en="what it reads is not recorded at every moment; do this step once more and check at once",
        zh="它要读取的内容并非每个时刻都有记录；请把这一步再做一遍并立刻检查",
    )
