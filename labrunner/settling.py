"""Verdicts in, a report out: what stands on what was seen before, and what an earlier step holds up; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from labrunner.catalog import LoadedLab
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.words import say

Passes = Mapping[str, Mapping[str, Any]]
"""check → what is kept of the pass that was seen: "at" (UTC) and, where a later step took it away, "stands"."""


def settled(
    loaded: LoadedLab,
    passes: Passes,
    verdicts: Sequence[Verdict],
    versions: Mapping[str, str] | None = None,
    *,
    outage: bool = False,
) -> Report:
    """Let passes stand that a later step takes away, and call blocked what an earlier step holds up.

    Args:
        loaded: the lab.
        passes: what was seen to pass before.
        verdicts: what was seen now, every check in order.
        versions: of what it was seen with.
        outage: True while the lab itself has stopped a component: what was seen to pass before cannot be seen now, and
            stands.
    """
    if outage:
        verdicts = [v if v.passed or v.check not in passes else _latched(v, passes[v.check]) for v in verdicts]
    steps = loaded.lab.steps
    live = {step.id: all(v.passed for v in verdicts if v.step == step.id) for step in steps}
    standing = _standing(loaded, passes, live)
    done: list[Verdict] = []
    blocked_by = ""
    for step in steps:
        own = [v for v in verdicts if v.step == step.id]
        if step.id in standing and not live[step.id]:
            own = [_latched(verdict, passes[verdict.check]) for verdict in own]
        elif blocked_by:
            own = [_blocked(verdict, blocked_by) for verdict in own]
        done += own
        if not all(verdict.passed for verdict in own):
            blocked_by = blocked_by or step.id
    return Report(loaded.entry.slug, tuple(done), dict(versions or {}))


def _standing(loaded: LoadedLab, passes: Passes, live: Mapping[str, bool]) -> set[str]:
    """Return the steps whose passes stand, whatever became of their objects.

    A later step takes away what they made, and the learner has arrived there: now, or once before (see `runner.keep`).
    """
    steps = loaded.lab.steps
    kept = {step.id for step in steps if all(check.id in passes for check in step.checks)}
    stood = {step.id for step in steps if all(passes.get(check.id, {}).get("stands") for check in step.checks)}
    for number in reversed(range(len(steps))):
        taken = {id_ for step in steps[: number + 1] for id_ in step.undoes} & kept
        if all(live[before.id] or before.id in stood | taken for before in steps[:number]):
            return stood | taken
    return stood


def _latched(verdict: Verdict, seen: Mapping[str, Any]) -> Verdict:
    return replace(
        verdict, outcome=Outcome.PASS, expected=None, found=None, why="", causes=(), see="", passed_at=str(seen["at"])
    )


def _blocked(verdict: Verdict, step: str) -> Verdict:
    if verdict.outcome not in (Outcome.FAIL, Outcome.WAITING):
        return verdict
    why = say(en=f"step {step} is not done yet", zh=f"步骤 {step} 还没有完成")
    return replace(verdict, outcome=Outcome.BLOCKED, why=why)
