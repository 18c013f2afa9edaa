"""One lab of one submission in a fresh world: each step's script, and its checks right after it."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from labrunner import runner, wait, witness
from labrunner.catalog import LoadedLab
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import LabrunnerError
from labrunner.grading.hands import IMAGE, LIMIT, Hands
from labrunner.grading.result import CheckResult, LabResult, Shown, StepRun
from labrunner.lab import Step
from labrunner.narrate import Narrator
from labrunner.outcome import Outcome, Verdict
from labrunner.staging import Stage, Terms, staged

EVIDENCE = ".json.gz"


@dataclass(frozen=True, slots=True)
class Work:
    """A lab's part of a submission, as it lies in a folder of ours.

    Attributes:
        folder: what is copied into the sandbox.
        scripts: step → the script's path below it.
        solve: the one script for all steps; empty where there is one a step.
        answers: step → what was handed in beside the scripts.
    """

    folder: Path
    scripts: Mapping[str, str] = field(default_factory=dict)
    solve: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """How a lab is to be graded.

    Attributes:
        student: whose values the submission was written with.
        port: the registry's port that it was written for; 0 where that is this machine's.
        planted: what the answers of this run are drawn from.
        weight: the lab's part in the mark.
        points: check → what it is worth; 1 where nothing is said.
        limit: seconds that a step's script gets.
        evidence: the folder that what was read is kept in, a file a step; None where it is not kept.
    """

    student: str
    planted: str
    port: int = 0
    weight: float = 1.0
    points: Mapping[str, float] = field(default_factory=dict)
    limit: float = LIMIT
    evidence: Path | None = None


def grade_lab(loaded: LoadedLab, work: Work, order: Order, around: Surroundings, narrator: Narrator) -> LabResult:
    """Grade a lab of a submission; what breaks is told in the result and never costs points.

    Args:
        loaded: the lab, from the installed course.
        work: the submission's part.
        order: whose it is, and what it is worth.
        around: what the lab stands on.
        narrator: shows how far it is.
    """
    began = wait.now()
    how = loaded.lab.grading
    told = LabResult(loaded.entry.slug, order.weight, how.way)
    if how.way == "local-only":
        return told
    loaded = loaded.without_steps({step: why for step, why in how.without.items() if loaded.lab.find(step)})
    terms = Terms(order.student, order.port, order.planted, IMAGE, closed=True)
    checks: list[CheckResult] = []
    runs: list[StepRun] = []
    trouble = ""
    try:
        with ExitStack() as stack:
            stage = stack.enter_context(staged(loaded, around, narrator, terms=terms))
            trial = _Trial(stage, work, order, narrator)
            for step in loaded.lab.steps:
                trial.grade(step, checks, runs)
    except LabrunnerError as broken:
        trouble = broken.message
    if not trouble:
        trouble = next((one.why or one.check for one in checks if one.outcome is Outcome.ERROR), "")
    return replace(
        told,
        checks=tuple(checks),
        runs=tuple(runs),
        trouble=trouble,
        seconds=round(wait.now() - began, 3),
        own_seconds=round(sum(run.seconds for run in runs), 3),
        evidence=order.evidence.name if order.evidence else "",
    )


class _Trial:
    """A submission at work in its world."""

    def __init__(self, stage: Stage, work: Work, order: Order, narrator: Narrator) -> None:
        if stage.sandbox is None:
            raise LabrunnerError(f"{stage.session.loaded.entry.slug} has no sandbox to be graded in")
        self._stage, self._work, self._order, self._narrator = stage, work, order, narrator
        self._hands = Hands(stage.sandbox, stage.session.client)
        self._hands.place(work.folder)
        if work.solve:
            self._solved = self._hands.run("solve", work.solve, order.limit * len(stage.session.loaded.lab.steps))

    def grade(self, step: Step, checks: list[CheckResult], runs: list[StepRun]) -> None:
        """Run a step's script and look at the step's checks; what came of it is added to both lists."""
        if self._work.solve:
            run = replace(self._solved, step=step.id, seconds=0.0) if runs else replace(self._solved, step=step.id)
        elif script := self._work.scripts.get(step.id):
            self._narrator.say(step.id)
            run = self._hands.run(step.id, script, self._order.limit)
        else:
            run = StepRun(step.id, None)
        runs.append(run)
        self._hand_in(step, run)
        checks += [self._told(verdict) for verdict in self._looked(step)]

    def _hand_in(self, step: Step, run: StepRun) -> None:
        if any("answer" in check.parameters for check in step.checks):
            found = self._work.answers.get(step.id, "") or self._hands.answer(step.id, run.output)
            if found:
                self._stage.session.progress.answers[step.id] = found
                self._stage.session.save()

    def _looked(self, step: Step) -> tuple[Verdict, ...]:
        """Look at one step alone: what went wrong before it has cost its points already."""
        session, kept = self._stage.session, self._order.evidence
        report, snapshot = runner.look(session, self._stage.world, only=step.id)
        if kept is not None:
            kept.mkdir(mode=0o700, parents=True, exist_ok=True)
            told = replace(report, versions=witness.versions(session, self._stage.world))
            witness.write(kept / f"{step.id}{EVIDENCE}", session, snapshot, told, {})
        return report.verdicts

    def _told(self, verdict: Verdict) -> CheckResult:
        worth = float(self._order.points.get(verdict.check, 1.0))
        return CheckResult(
            verdict.step, verdict.check, verdict.claim, verdict.outcome, worth if verdict.passed else 0.0, worth,
            Shown.WHOLE, verdict.expected, verdict.found, verdict.see, verdict.why, verdict.notes, verdict.seconds,
        )  # fmt: skip
