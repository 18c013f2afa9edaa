"""A started lab and its world in, a report out: looks, waits while the world moves, keeps what was seen to pass."""

from dataclasses import asdict, replace

from labrunner import values, wait
from labrunner.judge import judge
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.state.session import Session, utc_now
from labrunner.words import say
from labrunner.world import Snapshot
from labrunner.world.motion import of as motion_of
from labrunner.world.reader import World

EVERY = 0.4
"""Seconds between two looks while something moves."""
GRACE = 2.0
"""Seconds that an object that does not say it is moving is waited for: controllers are about to notice."""


def look(session: Session, world: World, *, patient: bool = True) -> tuple[Report, Snapshot]:
    """Take a snapshot and judge every check; while a check may still come true, look again.

    Args:
        session: the started lab.
        world: its daemon and cluster.
        patient: False looks once, whatever moves.

    Returns:
        the report, passes that stand on what was seen before included, and the last snapshot.
    """
    began = wait.now()
    fresh = values.fresh(session.loaded.lab)
    while True:
        snapshot = _taken(session, world, fresh)
        verdicts = _judged(session, snapshot, world)
        if not patient or not _may_come(session, verdicts, snapshot, wait.now() - began):
            break
        wait.pause(EVERY)
    spent = wait.now() - began
    report = _settled(session, [replace(v, seconds=round(spent, 3)) for v in verdicts])
    return report, snapshot


def keep(session: Session, report: Report) -> None:
    """Write down what was seen to pass, and forget a pass whose objects vanished though no step takes them away."""
    passes = session.progress.passes
    before = dict(passes)
    for verdict in report.verdicts:
        if verdict.passed and not verdict.passed_at:
            passes.setdefault(verdict.check, {**asdict(verdict), "at": utc_now()})
        elif verdict.outcome is Outcome.FAIL:
            passes.pop(verdict.check, None)
    if passes != before:
        session.save()


def _taken(session: Session, world: World, fresh: dict[str, str]) -> Snapshot:
    known = {**session.values, **fresh}
    return world.snapshot(session.scope, session.loaded.lab.probes, known, session.rest(fresh))


def _judged(session: Session, snapshot: Snapshot, world: World) -> list[Verdict]:
    loaded, assisted = session.loaded, set(session.progress.assisted)
    found = [judge(loaded, check, snapshot, session.values, world.client) for check in loaded.lab.checks]
    return [replace(verdict, assisted=verdict.step in assisted) for verdict in found]


def _may_come(session: Session, verdicts: list[Verdict], snapshot: Snapshot, spent: float) -> bool:
    """Tell whether waiting may still turn a verdict: its time is not up, and nothing says that it never will.

    Only the first step that is not done is waited for: what comes after it has not been begun.
    """
    settled = {verdict.check for verdict in _settled(session, verdicts).verdicts if verdict.passed}
    open_ = [verdict for verdict in verdicts if verdict.check not in settled]
    if not open_:
        return False
    current = [verdict for verdict in open_ if verdict.step == open_[0].step]
    limits = {check.id: check.within for check in session.loaded.lab.checks}
    for verdict in current:
        motion = motion_of(snapshot, verdict.subject)
        limit = limits[verdict.check]
        if verdict.subject and not motion.moving:
            limit = min(limit, GRACE)
        undecided = verdict.outcome in (Outcome.FAIL, Outcome.WAITING)
        if undecided and not motion.stuck and spent < limit and not _untouched(verdict):
            return True
    return False


def _untouched(verdict: Verdict) -> bool:
    """Tell whether what the check reads is not there at all: then nothing was begun that could still come."""
    return verdict.outcome is Outcome.FAIL and verdict.absent and bool(verdict.subject)


def _settled(session: Session, verdicts: list[Verdict]) -> Report:
    """Let passes stand that a later step takes away, and call blocked what an earlier step holds up."""
    steps = session.loaded.lab.steps
    passes = session.progress.passes
    live = {step.id: all(v.passed for v in verdicts if v.step == step.id) for step in steps}
    kept = {step.id: all(check.id in passes for check in step.checks) for step in steps}
    undone: set[str] = set()
    for number, step in enumerate(steps):
        if all(kept[before.id] or live[before.id] for before in steps[:number]):
            undone.update(step.undoes)
    done: list[Verdict] = []
    blocked_by = ""
    for step in steps:
        own = [v for v in verdicts if v.step == step.id]
        if step.id in undone and not live[step.id] and kept[step.id]:
            own = [_latched(verdict, passes[verdict.check]) for verdict in own]
        elif blocked_by:
            own = [_blocked(verdict, blocked_by) for verdict in own]
        done += own
        if not all(verdict.passed for verdict in own):
            blocked_by = blocked_by or step.id
    return Report(session.loaded.entry.slug, tuple(done))


def _latched(verdict: Verdict, seen: dict[str, object]) -> Verdict:
    return replace(verdict, outcome=Outcome.PASS, expected=None, found=None, why="", see="", passed_at=str(seen["at"]))


def _blocked(verdict: Verdict, step: str) -> Verdict:
    if verdict.outcome not in (Outcome.FAIL, Outcome.WAITING):
        return verdict
    why = say(en=f"step {step} is not done yet", zh=f"步骤 {step} 还没有完成")
    return replace(verdict, outcome=Outcome.BLOCKED, why=why)
