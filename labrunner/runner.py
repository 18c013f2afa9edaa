"""A started lab and its world in, a report out: looks, waits while the world moves, keeps what was seen to pass."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any

from labrunner import settling, values, wait
from labrunner.judging import judged
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.state.session import Session, utc_now
from labrunner.why.lasting import lasts
from labrunner.world import Snapshot, loops
from labrunner.world.motion import WORKLOADS
from labrunner.world.motion import of as motion_of
from labrunner.world.outage import is_open
from labrunner.world.reader import World
from labrunner.world.redact import redacted

EVERY = 0.4
"""Seconds between two looks while something moves."""
GRACE = 2.0
"""Seconds that an object that does not say it is moving is waited for: controllers are about to notice."""
LAG = 1.0
"""Seconds that the recorder may be behind the daemon: what was just done is looked for in its log that long."""
IN_DOUBT = (Outcome.FAIL, Outcome.WAITING, Outcome.ERROR)
EVERY_POD = "Pod/*"
MAKERS = ("Pod", "Job", "CronJob", *WORKLOADS)
PAST = "past/"
"""How the subject of what was read from the log begins."""


def look(  # noqa: PLR0913 - how a look is taken, each by name
    session: Session,
    world: World,
    *,
    patient: bool = True,
    seen: tuple[Snapshot, dict[str, str]] | None = None,
    only: str = "",
    doubted: Callable[[], None] = lambda: None,
) -> tuple[Report, Snapshot]:
    """Take a snapshot and judge every check; while a check may still come true, look again.

    Args:
        session: the started lab.
        world: its daemon and cluster.
        patient: False looks once, whatever moves.
        seen: the world's part of the first snapshot, where it was taken already, with the fresh values of its probes.
        only: the one step that is looked at, as if every other were done; every step where empty.
        doubted: called where something does not hold, before it is waited for and in the end; raises where the world
            itself is to blame.

    Returns:
        the report, passes that stand on what was seen before included, and the last snapshot.
    """
    began, looks = wait.now(), 0
    first, fresh = seen or (None, values.fresh(session.loaded.lab))
    kept: dict[str, Any] = {}
    while True:
        snapshot = _taken(session, world, fresh, first, kept, only)
        first = None
        verdicts = _judged(session, snapshot, world, only)
        goes_on = patient and _may_come(session, verdicts, snapshot, wait.now() - began)
        if not looks or not goes_on:
            _doubt(session, verdicts, snapshot, doubted)
        looks += 1
        read = _read_by_current(session, verdicts, snapshot)
        if not goes_on and not kept.keys() & read:
            break
        # Only what is waited for is asked again and again; whoever comes next is judged by a fresh reply.
        kept = {name: reply for name, reply in snapshot.probes.items() if name not in read} if goes_on else {}
        if goes_on:
            wait.pause(EVERY)
    spent = wait.now() - began
    told = [replace(v, seconds=round(spent, 3)) for v in verdicts]
    return settled(session, told, outage=is_open(snapshot)), snapshot


def _doubt(session: Session, verdicts: list[Verdict], snapshot: Snapshot, doubted: Callable[[], None]) -> None:
    report = settled(session, verdicts, outage=is_open(snapshot))
    if any(verdict.outcome in IN_DOUBT for verdict in report.verdicts):
        doubted()


def keep(session: Session, report: Report) -> None:
    """Write down what was seen to pass, and forget a pass whose objects vanished though no step takes them away.

    Where the learner has arrived at a step that takes things away, the passes that it undoes stand from now on.
    """
    passes = session.progress.passes
    before = deepcopy(passes)
    for verdict in report.verdicts:
        if verdict.passed and not verdict.passed_at:
            passes.setdefault(verdict.check, {**asdict(verdict), "at": utc_now()})
        elif verdict.outcome is Outcome.FAIL and not passes.get(verdict.check, {}).get("stands"):
            passes.pop(verdict.check, None)
    steps = session.loaded.lab.steps
    for number, step in enumerate(steps):
        if step.undoes and all(report.done(earlier.id) for earlier in steps[:number]):
            taken = {check.id for other in steps if other.id in step.undoes for check in other.checks}
            for check in taken & passes.keys():
                passes[check]["stands"] = True
    if passes != before:
        session.save()


def _taken(  # noqa: PLR0913, PLR0917 - what a snapshot is made of
    session: Session, world: World, fresh: dict[str, str], first: Snapshot | None, replies: Mapping[str, Any], only: str
) -> Snapshot:
    """Take a snapshot; what is among the replies already is not asked again."""
    known = {**session.values, **fresh}
    lab = session.loaded.lab
    asked = [probe for probe in lab.probes if probe.name not in replies]
    if only:
        read = {name for check in lab.checks if check.step == only for name in check.parameters}
        asked = [probe for probe in asked if probe.name in read]
    taken = first or world.snapshot(session.scope, asked, known, Snapshot())
    seen = {name: getattr(taken, name) for name in ("docker", "cluster", "taken")}
    seen["probes"] = {**replies, **taken.probes}
    # The log is read last: by now the recorder has written down what the world was seen to have come to.
    return redacted(replace(session.rest(fresh), **seen), values.prescribed(lab, known))


def _judged(session: Session, snapshot: Snapshot, world: World, only: str) -> list[Verdict]:
    loaded, assisted = session.loaded, set(session.progress.assisted)
    checks = [check for check in loaded.lab.checks if only in ("", check.step)]
    found = judged(loaded, checks, snapshot, session.values, world.client)
    return [replace(verdict, assisted=verdict.step in assisted) for verdict in found]


def _read_by_current(session: Session, verdicts: list[Verdict], snapshot: Snapshot) -> set[str]:
    """Return the names that checks of the first step which is not done ask for."""
    current = settled(session, verdicts, outage=is_open(snapshot)).current
    return {name for check in session.loaded.lab.checks if check.step == current for name in check.parameters}


def _may_come(session: Session, verdicts: list[Verdict], snapshot: Snapshot, spent: float) -> bool:
    """Tell whether waiting may still turn a verdict: its time is not up, and nothing says that it never will.

    Only the first step that is not done is waited for: what comes after it has not been begun.
    """
    report = settled(session, verdicts, outage=is_open(snapshot))
    passing = {verdict.check for verdict in report.verdicts if verdict.passed}
    open_ = [verdict for verdict in verdicts if verdict.check not in passing]
    if not open_:
        return False
    current = [verdict for verdict in open_ if verdict.step == open_[0].step]
    checks = {check.id: check for check in session.loaded.lab.checks}
    for verdict in current:
        motion = motion_of(snapshot, verdict.subject)
        when = checks[verdict.check].when
        limit = checks[verdict.check].within + when.seconds
        if verdict.outcome is Outcome.WAITING and loops.of(snapshot, verdict.subject):
            limit = max(limit, loops.SETTLED)
        elif verdict.subject.startswith(PAST) or (when.historic and verdict.outcome is Outcome.FAIL):
            limit = max(LAG, min(limit, GRACE))
        elif verdict.subject and not motion.moving:
            limit = min(limit, GRACE)
        undecided = verdict.outcome in (Outcome.FAIL, Outcome.WAITING) and not lasts(verdict.causes)
        untouched = _untouched(verdict, snapshot) and not when.historic
        if undecided and not motion.stuck and spent < limit and not untouched:
            return True
    return False


def _untouched(verdict: Verdict, snapshot: Snapshot) -> bool:
    """Tell whether what the check reads is not there at all: then nothing was begun that could still come.

    What is not in the log yet may be on its way there. Of every object of a kind at once, nothing was begun where the
    namespace holds nothing that makes Pods.
    """
    if verdict.subject == EVERY_POD and snapshot.cluster is not None:
        return not any(one["kind"] in MAKERS for one in snapshot.cluster["objects"])
    absent = verdict.absent and bool(verdict.subject) and not verdict.subject.startswith(PAST)
    return verdict.outcome is Outcome.FAIL and absent


def settled(session: Session, verdicts: list[Verdict], *, outage: bool = False) -> Report:
    """Let passes stand that a later step takes away, and call blocked what an earlier step holds up.

    Args:
        session: the lab.
        verdicts: what was seen now.
        outage: True while the lab has a component of the cluster stopped.
    """
    return settling.settled(session.loaded, session.progress.passes, verdicts, outage=outage)
