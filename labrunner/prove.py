"""The proof: untouched no check passes, each mutant is rejected, every right way is accepted, nothing is left."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from labrunner import prove_students, runner, wait, working
from labrunner.catalog import LoadedLab
from labrunner.difference import CannotUndo, Moment, moment, touched, undo
from labrunner.ending import references_of, with_recorded
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import LabrunnerError
from labrunner.lab import Check, Step
from labrunner.narrate import Narrator, stage
from labrunner.operation import Mutant, Operation
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.perform import Unseen
from labrunner.proof import LabProof, Proof
from labrunner.side_by_side import Tell, side_by_side
from labrunner.staging import Engine, Stage, Terms, staged, surrounded, unheard
from labrunner.state import outages, removal
from labrunner.understudy import Understudy
from labrunner.words import say


def prove(
    labs: list[LoadedLab],
    narrator: Narrator,
    *,
    engines: tuple[Engine, ...] = ("20.10", "29"),
    only: frozenset[str] = frozenset(),
    students: int = 1,
) -> Proof:
    """Prove labs, each on every engine; a lab of the cluster alone once.

    Args:
        labs: the labs.
        narrator: shows how far it is, and asks before a change of the machine.
        engines: the versions that Docker labs are proved on.
        only: the steps that are tried, by id, for an author at work; the others are solved. All where empty.
        students: with how many students' values; more than one are proved as `prove_students` says.
    """
    others = [f"student-{number}" for number in range(2, students + 1)]
    found: list[LabProof] = []
    for loaded in labs:
        chosen = engines if loaded.lab.uses_docker else engines[:1]
        where = ", ".join(chosen) if loaded.lab.uses_docker else "kind"
        label = say(en=f"proving {loaded.entry.slug} on {where}", zh=f"在 {where} 上证明 {loaded.entry.slug}")
        with surrounded(loaded, narrator) as around, stage(narrator, label) as tell:
            here = loaded.without(around.missing)

            def run(engine: Engine, tell: Tell, here: LoadedLab = here, around: Surroundings = around) -> LabProof:
                proving = _Proving(here, around, engine, tell, only, others=others)
                return proving.run(engine if here.lab.uses_docker else "kind")

            if len(chosen) > 1:
                found += side_by_side(chosen, run, tell, at_once=len(chosen))
            else:
                found.append(run(chosen[0], tell))
    return Proof(tuple(found))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Something done instead of a step: its exit code, whether the world changed, and what the checks said."""

    code: int
    changed: bool
    report: Report


class _Proving:
    """One lab, one engine."""

    def __init__(  # noqa: PLR0913 - what a proof is made with
        self,
        loaded: LoadedLab,
        around: Surroundings,
        engine: Engine,
        tell: Tell,
        only: frozenset[str] = frozenset(),
        *,
        others: Sequence[str] = (),
    ) -> None:
        self.loaded, self.around, self.engine, self.tell, self.others = loaded, around, engine, tell, others
        self._tried_steps = [step for step in loaded.lab.steps if not only or step.id in only]
        self.complaints: list[str] = []
        self.failed: set[str] = set()
        self.passed: set[str] = set()
        self.killed = self.accepted = self.replays = 0
        self._dirty = -1
        self._stack = ExitStack()
        # An outage is one at a time, and while the API is silent no namespace goes away.
        self._alone = bool(loaded.lab.outages)
        self._understudy = Understudy(self._made_ready, beside=not self._alone)
        self.stage: Stage = None  # type: ignore[assignment] # opened before its first use, and replaced by a replay

    def run(self, where: str) -> LabProof:
        began = wait.now()
        lab, tried = self.loaded.lab, self._tried_steps
        checks = [check for step in tried for check in step.checks]
        try:
            self._stack, self.stage = self._understudy.take(0)
            for number, step in enumerate(lab.steps):
                self.tell(step.id, number / len(lab.steps))
                if step in tried:
                    self._try(step, number)
                self._solve(step)
            self._finish()
        except LabrunnerError as broken:
            self._say(f"the world broke: {broken.message}")
        finally:
            self._understudy.sweep(self._stack)
            self._understudy.close()
        proof = LabProof(
            self.loaded.entry.slug,
            where,
            len(checks),
            len(self.failed & self.passed),
            sum(len(check.wrong) for check in checks),
            self.killed,
            sum(len(step.also) for step in tried),
            self.accepted,
            self.replays,
            tuple(self.complaints),
            round(wait.now() - began, 1),
            dict(self.loaded.left_out),
        )
        if not self.others:
            return proof
        settings = self.around.settings
        first = settings.student or settings.install
        return prove_students.extended(proof, self.others, first, self._opened, self.tell)

    def _opened(self, student: str = "") -> AbstractContextManager[Stage]:
        """Begin the lab in a fresh world, with the values of a student; the first one's where empty."""
        return staged(self.loaded, self.around, unheard(), self.engine, Terms(student=student))

    def _made_ready(self, number: int) -> tuple[ExitStack, Stage]:
        """Open a fresh world and solve the steps before; called in a thread of the understudy's.

        The solutions alone are performed: that their checks pass is looked at where the world is taken over.
        """
        with ExitStack() as stack:
            stage = stack.enter_context(self._opened())
            for step in self.loaded.lab.steps[:number]:
                working.do(stage.session, step, Unseen())
            return stack.pop_all(), stage

    def _try(self, step: Step, number: int) -> None:
        """Look at the untouched world, make every mistake, and go every other way."""
        untouched = self._look(number, patient=False)
        for verdict in untouched.of(step.id):
            if verdict.outcome is not Outcome.FAIL:
                self._complain(verdict, f"untouched, it is {verdict.outcome} instead of fail: {verdict.why}")
        tried: dict[str, _Trial] = {}
        for check in step.checks:
            before = next(v for v in untouched.of(step.id) if v.check == check.id)
            for name, mutant in check.wrong.items():
                self.tell(f"{step.id}: {name}", None)
                same = repr(mutant.operation)  # one mistake may be named by two checks: it is made once
                tried[same] = tried.get(same) or self._tried(step, number, mutant.operation)
                self._mutant(check, name, mutant, before, tried[same])
        for name, operation in step.also.items():
            self.tell(f"{step.id}: {name}", None)
            self._alternative(step, name, self._tried(step, number, operation))
        for student in self.others[:1]:
            if (copied := prove_students.copied(self.stage.session, step, student)) is not None:
                self.tell(f"{step.id}: {student}", None)
                self._copied(step, student, self._tried(step, number, copied))

    def _solve(self, step: Step) -> None:
        self.tell(f"{step.id}", None)
        code = working.do(self.stage.session, step, Unseen())
        report = self._look(self.loaded.lab.steps.index(step))
        runner.keep(self.stage.session, report)
        for verdict in report.of(step.id):
            if verdict.passed:
                self.passed.add(verdict.check)
            else:
                self._complain(
                    verdict, f"solved (exit {code}), it is {verdict.outcome}: {verdict.found!r} {verdict.why}"
                )

    def _tried(self, step: Step, number: int, operation: Operation) -> "_Trial":
        """Do something else instead of the step, look, and put the world back."""
        # Where the last trial of this step could not be undone, most likely this one will not be either.
        if self._dirty == number and not self._alone:
            self._understudy.prepare(number)
        session = self.stage.session
        kept = deepcopy(session.progress)
        before = moment(self.stage)
        code = working.act_out(session, step.id, operation, Unseen())
        changed = session.progress.answers != kept.answers or self._changed(before)
        trial = _Trial(code, changed, self._look(number))
        session.progress = kept
        session.save()
        try:
            planted = undo(self.stage, before)
            if planted.scripts:
                self._demand(number)
        except CannotUndo as why:
            self._replay(number, str(why))
        return trial

    def _demand(self, number: int) -> None:
        """Raise CannotUndo where a step before passes no more, in a world in which something was planted anew."""
        report = self._look(number - 1)
        for step in self.loaded.lab.steps[:number]:
            if not report.done(step.id):
                raise CannotUndo(step.id)

    def _changed(self, before: Moment) -> bool:
        stopped = any(window["since"] > before.at for window in outages.read(self.stage.session.directory))
        return stopped or bool(touched(self.stage, before)) or not moment(self.stage).same(before)

    def _replay(self, number: int, why: str) -> None:
        """Take a fresh world in which the steps before are solved; only where an earlier object was changed."""
        self.tell(say(en=f"replayed, because {why}", zh=f"重放，因为 {why}"), None)
        self.replays += 1
        self._dirty = number
        before = self.loaded.lab.steps[:number]
        seen = deepcopy(self.stage.session.progress.passes)
        self._understudy.sweep(self._stack)
        self._stack, self.stage = self._understudy.take(number)
        # What a later step of these takes away again was seen to pass the first time; one look tells the rest.
        self.stage.session.progress.passes = {c.id: seen[c.id] for s in before for c in s.checks if c.id in seen}
        report = self._look(number - 1)
        runner.keep(self.stage.session, report)
        for step in before:
            if not report.done(step.id):
                self._say(f"{step.id}: replayed, its checks do not all pass")

    def _mutant(self, check: Check, name: str, mutant: Mutant, before: Verdict, trial: "_Trial") -> None:
        verdict = next(v for v in trial.report.verdicts if v.check == check.id)
        place = f"{check.step}/{check.id}[{name}]"
        if trial.code != mutant.expect_exit:
            self._say(f"{place}: invalid mutant: it exits {trial.code}, not {mutant.expect_exit}")
        elif not trial.changed:
            self._say(f"{place}: invalid mutant: it changes nothing")
        elif verdict.outcome is not Outcome.FAIL:
            self._say(f"{place}: survived: the check is {verdict.outcome} {verdict.why}")
        elif _said(verdict) == _said(before):
            self._say(f"{place}: invalid mutant: the verdict is that of the untouched world: {verdict.found!r}")
        else:
            self.killed += 1
            self.failed.add(check.id)

    def _alternative(self, step: Step, name: str, trial: "_Trial") -> None:
        report = trial.report
        if trial.code == 0 and report.done(step.id):
            self.accepted += 1
            return
        wrong = next((v for v in report.of(step.id) if not v.passed), None)
        said = f"{wrong.check} is {wrong.outcome}: {wrong.found!r} {wrong.why}" if wrong else f"it exits {trial.code}"
        self._say(f"{step.id}[{name}]: another right way is rejected: {said}")

    def _copied(self, step: Step, student: str, trial: "_Trial") -> None:
        if trial.report.done(step.id):
            self._say(f"{step.id}: done with the values of {student}, it passes all the same")

    def _finish(self) -> None:
        first, second = self._look(), self._look()
        if [_plain(v) for v in first.verdicts] != [_plain(v) for v in second.verdicts]:
            self._say("checked twice, the answers differ")
        self.complaints += [f"{v.step}/{v.check}: at the end it is {v.outcome}" for v in first.verdicts if not v.passed]
        found, engine = self.stage.session, self.stage.engine
        if self.stage.sandbox is None:
            return
        removal.remove(engine, with_recorded(found), self.loaded.lab.names, lambda _: True, references_of(found))
        now, then = engine.inventory(), found.baseline
        for kind in ("containers", "networks", "volumes", "images"):
            mine, theirs = getattr(now, kind), getattr(then, kind)
            self.complaints += [f"left behind: {kind[:-1]} {mine[id_]}" for id_ in mine if mine[id_] != theirs.get(id_)]

    def _look(self, number: int | None = None, *, patient: bool = True) -> Report:
        """Look at the steps up to one of this number, at all where None: what has not been begun tells nothing new."""
        session = self.stage.session
        later = {} if number is None else {step.id: "" for step in session.loaded.lab.steps[number + 1 :]}
        seen = replace(session, loaded=session.loaded.without_steps(later))
        report, _ = runner.look(seen, self.stage.world, patient=patient)
        return report

    def _say(self, complaint: str) -> None:
        """Keep a complaint, and show it as it comes."""
        self.complaints.append(complaint)
        self.tell(complaint, None)

    def _complain(self, verdict: Verdict, sentence: str) -> None:
        self._say(f"{verdict.step}/{verdict.check}: {sentence}")


def _said(verdict: Verdict) -> tuple[Any, ...]:
    return (verdict.outcome, repr(verdict.expected), repr(verdict.found), verdict.why)


def _plain(verdict: Verdict) -> Verdict:
    return replace(verdict, seconds=0.0)
