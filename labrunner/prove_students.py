"""The proof with further students' values: everything passes for each of them, and nothing that is another's does."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from labrunner import runner, wait, working
from labrunner.errors import LabrunnerError
from labrunner.lab import Step
from labrunner.operation import HandIn, Operation, acts, filled, filled_act
from labrunner.perform import Unseen
from labrunner.proof import LabProof
from labrunner.side_by_side import Tell, side_by_side
from labrunner.staging import Stage
from labrunner.state.session import Session

Opened = Callable[[str], AbstractContextManager[Stage]]
"""Begins the lab in a fresh world with a student's values."""
SIDE_BY_SIDE = 2
"""Students whose worlds are open at once."""


def extended(proof: LabProof, others: Sequence[str], first: str, opened: Opened, tell: Tell) -> LabProof:
    """Return a proof that was made with the first student's values, extended by that of others'.

    Args:
        proof: the first student's.
        others: the further students' names.
        first: the student whose answers must not pass for them.
        opened: begins the lab for one of them.
        tell: shows how far it is, and each complaint as it comes.
    """
    began = wait.now()
    found = each(others, first, opened, tell)
    return replace(
        proof,
        complaints=(*proof.complaints, *(complaint for one in found for complaint in one)),
        seconds=round(proof.seconds + wait.now() - began, 1),
        students=1 + len(others),
        students_passed=int(not proof.complaints) + sum(not one for one in found),
    )


def each(others: Sequence[str], first: str, opened: Opened, tell: Tell) -> list[list[str]]:
    """Return what does not hold of each student's world, in their order; see `extended`."""

    def one(student: str, tell: Tell) -> list[str]:
        found = list[str]()
        try:
            with opened(student) as stage:
                for complaint in _complaints(stage, first, tell):
                    found.append(f"{student}: {complaint}")
                    tell(complaint, None)
        except LabrunnerError as broken:
            found.append(f"{student}: the world broke: {broken.message}")
            tell(broken.message, None)
        return found

    return side_by_side(others, one, tell, at_once=SIDE_BY_SIDE)


def _complaints(stage: Stage, first: str, tell: Tell) -> Iterator[str]:
    """Do every step as the student who has this world, and hand in what the first one would."""
    session = stage.session
    for step in session.loaded.lab.steps:
        tell(step.id, None)
        code = working.do(session, step, Unseen())
        report, _ = runner.look(session, stage.world)
        runner.keep(session, report)
        for verdict in report.of(step.id):
            if not verdict.passed:
                yield f"{step.id}/{verdict.check}: solved (exit {code}), it is {verdict.outcome} {verdict.why}"
        for answer in answers(session, step, first):
            if _passes(stage, step, answer):
                yield f"{step.id}: the answer of {first} passes"
    last, _ = runner.look(session, stage.world)
    yield from (f"{v.step}/{v.check}: at the end it is {v.outcome}" for v in last.verdicts if not v.passed)


def _passes(stage: Stage, step: Step, answer: str) -> bool:
    """Tell whether a step that was just solved is done with another answer as well; the right one is put back."""
    given = stage.session.progress.answers
    own = given.get(step.id)
    given[step.id] = answer
    report, _ = runner.look(stage.session, stage.world, patient=False)
    given.pop(step.id)
    if own is not None:
        given[step.id] = own
    return report.done(step.id)


def answers(session: Session, step: Step, other: str) -> list[str]:
    """Return what another student would hand in for a step, by any right way, where it is not what this one would."""
    theirs = replace(session, student=other).values
    found = dict[str, None]()
    for operation in (step.solve, *step.also.values()):
        for act in acts(operation):
            if isinstance(act, HandIn) and (said := filled(act.value, theirs)) != filled(act.value, session.values):
                found[said] = None
    return list(found)


def copied(session: Session, step: Step, other: str) -> Operation | None:
    """Return a step's solution as another student does it; None where that is just what this one does."""
    theirs = replace(session, student=other).values
    mine = tuple(filled_act(act, session.values) for act in acts(step.solve))
    other_way = tuple(filled_act(act, theirs) for act in acts(step.solve))
    return other_way if other_way != mine else None
