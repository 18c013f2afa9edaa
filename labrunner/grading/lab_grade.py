"""One lab of one submission in a fresh world: each step's script, and its checks right after it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from labrunner import runner, wait
from labrunner.catalog import LoadedLab
from labrunner.entering import demand_whole
from labrunner.environment.cell import IMAGE, cell
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import Fault, LabrunnerError
from labrunner.grading.hands import LIMIT, Hands
from labrunner.grading.kept import Kept, keeping
from labrunner.grading.result import CheckResult, LabResult, Shown, StepRun
from labrunner.grading.submission import LabWork
from labrunner.lab import Step
from labrunner.narrate import Narrator
from labrunner.outcome import Outcome, Verdict
from labrunner.side_by_side import Interrupted
from labrunner.staging import Stage, Terms, staged
from labrunner.words import say

EVIDENCE = ".json.gz"
SLOW = 4.0
"""How much longer a probe waits: the machine has many to grade, and what is answered too late would be wrong."""
LATE = 20.0
"""Seconds more that a check waits which would wait anyhow, for the same reason."""
LATER = ".later.json.gz"
"""What a check that is judged elsewhere would have waited for, where it did not hold at first."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a lab is to be graded.

    Attributes:
        student: whose values the submission was written with.
        port: the registry's port that it was written for; 0 where that is this machine's.
        planted: what the answers of this run are drawn from.
        weight: the lab's part in the mark.
        worth: what a check of a step is worth, by both ids.
        hidden: the ids of checks that students are not shown before; shown: how much they are told of them afterwards.
        limit: seconds that a step's script gets.
        settle: step → seconds after which the world is read once more, for checks that are judged elsewhere.
        evidence: the folder that what was read is kept in, a file a step; None where it is not kept.
        stopped: set by whoever wants no script to go on.
        turn: held while scripts run and are looked at, and not while the world for them is made or goes away.
    """

    student: str
    planted: str
    port: int = 0
    weight: float = 1.0
    worth: Callable[[str, str], float] = lambda _step, _check: 1.0
    hidden: frozenset[str] = frozenset()
    shown: Shown = Shown.COUNT
    limit: float = LIMIT
    settle: Mapping[str, float] = field(default_factory=dict)
    evidence: Path | None = None
    stopped: Event = field(default_factory=Event)
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)

    def told(self, verdict: Verdict) -> CheckResult:
        """Return what a verdict comes to in points."""
        worth = self.worth(verdict.step, verdict.check)
        shown = self.shown if verdict.check in self.hidden else Shown.WHOLE
        return CheckResult.of(verdict, worth, shown)


def grade_lab(loaded: LoadedLab, work: LabWork, order: Order, around: Surroundings, narrator: Narrator) -> LabResult:
    """Grade a lab of a submission; what breaks is told in the result and never costs points.

    Args:
        loaded: the lab, from the installed course.
        work: the submission's part.
        order: whose it is, and what it is worth.
        around: what the lab stands on.
        narrator: shows how far it is.
    """
    began, waited = wait.now(), 0.0
    how = loaded.lab.grading
    told = LabResult(loaded.entry.slug, order.weight, how.way, hints=work.hints)
    if how.way == "local-only":
        return told
    loaded = patient(graded_part(loaded))
    terms = Terms(order.student, order.port, order.planted, IMAGE, closed=True)
    checks: list[CheckResult] = []
    runs: list[StepRun] = []
    trouble = lacking(loaded, around)
    if trouble:
        return replace(told, trouble=trouble)
    try:
        with ExitStack() as stack:
            stage = stack.enter_context(staged(loaded, around, narrator, terms=terms))
            hands, reaches = _hands(stage, work, order, around, stack, narrator)
            kept = stack.enter_context(keeping(stage, order.evidence))
            ready = wait.now()
            with order.turn:
                waited = wait.now() - ready
                if order.stopped.is_set():
                    raise Interrupted
                trial = _Trial(stage, hands, reaches, work, order, kept, narrator)
                for step in loaded.lab.steps:
                    trial.grade(step, checks, runs)
            kept.whole()
    except LabrunnerError as broken:
        trouble = broken.message
    return replace(
        told,
        checks=tuple(checks),
        runs=tuple(runs),
        trouble=trouble or unjudged(checks),
        seconds=round(wait.now() - began - waited, 3),
        own_seconds=round(sum(run.seconds for run in runs), 3),
        evidence=order.evidence.name if order.evidence else "",
    )


def graded_part(loaded: LoadedLab) -> LoadedLab:
    """Return a lab without the steps that it says cannot be graded."""
    out = loaded.lab.grading.without
    return loaded.without_steps({step: why for step, why in out.items() if loaded.lab.find(step)})


def patient(loaded: LoadedLab) -> LoadedLab:
    """Return a lab whose probes and checks wait longer than a learner would, see `SLOW` and `LATE`.

    A check without `within` is true at once after the right move, on a slow machine as well, and waits no longer.
    """
    lab = copy(loaded.lab)
    lab.steps = [
        replace(
            step,
            probes=[replace(probe, limit=probe.limit * SLOW) for probe in step.probes],
            checks=[replace(check, within=check.within + LATE) if check.within else check for check in step.checks],
        )
        for step in lab.steps
    ]
    return replace(loaded, lab=lab)


def lacking(loaded: LoadedLab, around: Surroundings) -> str:
    """Return what this machine lacks that a step cannot do without; empty where it lacks nothing.

    A learner's own lab is begun without such steps. A mark is not made without them: elsewhere they would count.
    """
    for step in loaded.lab.steps:
        for need in step.needs:
            if need in around.missing:
                return f"{step.id}: {around.missing[need]}"
    return ""


def unjudged(checks: Iterable[CheckResult]) -> str:
    """Return why a check has no verdict, one sentence; empty where each has one.

    Students read it: of a check that they are not shown it says no word.
    """
    found = next((one for one in checks if one.outcome is Outcome.ERROR), None)
    if found is None or found.shown is Shown.WHOLE:
        return (found.why or found.check) if found else ""
    return say(en="a hidden check could not be judged", zh="有一项隐藏检查无法判断")


def nothing(loaded: LoadedLab, order: Order) -> LabResult:
    """Return the result of who handed in nothing for a lab: no world is made for it."""
    why = say(en="nothing was handed in", zh="没有提交")
    how = loaded.lab.grading
    steps = [step for step in loaded.lab.steps if step.id not in how.without] if how.way != "local-only" else []
    checks = [
        order.told(Verdict(loaded.entry.slug, step.id, check.id, loaded.text.steps[step.id].claims[check.id],
                           Outcome.FAIL, why=why))
        for step in steps
        for check in step.checks
    ]  # fmt: skip
    return LabResult(loaded.entry.slug, order.weight, how.way, tuple(checks))


def _hands(  # noqa: PLR0913, PLR0917 - what a submission's hands stand on
    stage: Stage, work: LabWork, order: Order, around: Surroundings, stack: ExitStack, narrator: Narrator
) -> tuple[Hands, Callable[[], None]]:
    """Return the hands of a submission, in the sandbox of its engine or in a cell before its namespace.

    Beside them, what makes sure that they reach what the lab gives them; raises EnvironmentNotReady, ClusterDown.
    """
    session = stage.session
    if stage.sandbox is not None:
        hands = Hands(stage.sandbox.outer, stage.sandbox.container, session.client, stopped=order.stopped)
        hands.place(work.folder)
        return hands, stage.sandbox.demand
    if around.cluster is None:
        raise Fault(f"{session.loaded.entry.slug} has no world of its own to be graded in")
    made = stack.enter_context(cell(around.endpoint, around.cluster, around.registry, session.namespace, narrator))
    hands = Hands(made.outer, made.container, stopped=order.stopped)
    hands.place(work.folder, made.kubeconfig)
    return hands, made.demand


@dataclass(slots=True)
class _Trial:
    """A submission at work in its world."""

    _stage: Stage
    _hands: Hands
    _reaches: Callable[[], None]
    _work: LabWork
    _order: Order
    _kept: Kept
    _narrator: Narrator
    _solved: StepRun = field(init=False)

    def __post_init__(self) -> None:
        if self._work.solve:
            whole = self._order.limit * len(self._stage.session.loaded.lab.steps)
            self._solved = self._hands.run("solve", self._path(self._work.solve), whole)

    def grade(self, step: Step, checks: list[CheckResult], runs: list[StepRun]) -> None:
        """Run a step's script and look at the step's checks; what came of it is added to both lists."""
        if self._work.solve:
            run = replace(self._solved, step=step.id, seconds=0.0) if runs else replace(self._solved, step=step.id)
        elif script := self._work.scripts.get(step.id):
            self._narrator.say(step.id)
            run = self._hands.run(step.id, self._path(script), self._order.limit)
        else:
            run = StepRun(step.id, None)
        runs.append(run)
        self._hand_in(step, run)
        checks += [self._order.told(verdict) for verdict in self._looked(step, patient=run.code is not None)]

    def _path(self, script: Path) -> str:
        return script.relative_to(self._work.folder).as_posix()

    def _hand_in(self, step: Step, run: StepRun) -> None:
        if any("answer" in check.parameters for check in step.checks):
            found = self._work.answers.get(step.id, "") or self._hands.answer(step.id, run.output)
            if found:
                self._stage.session.progress.answers[step.id] = found
                self._stage.session.save()

    def _looked(self, step: Step, *, patient: bool) -> tuple[Verdict, ...]:
        """Look at one step alone: what went wrong before it has cost its points already."""
        session = self._stage.session
        report, snapshot = runner.look(session, self._stage.world, only=step.id, patient=patient, doubted=self._doubted)
        self._kept.put(f"{step.id}{EVIDENCE}", report, snapshot)
        if patient and self._order.evidence and (more := self._order.settle.get(step.id, 0.0)):
            wait.pause(more)
            _, later = runner.look(session, self._stage.world, only=step.id, patient=False, doubted=self._doubted)
            self._kept.put(f"{step.id}{LATER}", report, later)
        return report.verdicts

    def _doubted(self) -> None:
        """Make sure that the world is whole, else what does not hold is not the student's; raises as `demand_whole`."""
        demand_whole(self._stage.session, self._stage.world)
        self._reaches()
