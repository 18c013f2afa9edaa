"""What a learner does in an open lab: check, answer, hint, solve."""

import difflib
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from labrunner import ahead, runner, scratch, witness
from labrunner.catalog import LoadedLab
from labrunner.entering import connect, demand_whole, scripted
from labrunner.errors import UnknownStep, UsageError
from labrunner.lab import Step
from labrunner.operation import HandIn, Operation, acts, filled_act
from labrunner.outcome import Report
from labrunner.perform import Show, answer, perform
from labrunner.state.session import Session
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint.

    Attributes:
        step: the step that it is for.
        number, of: which one it is, counted from 1, and how many there are.
        text: Markdown.
    """

    step: str
    number: int
    of: int
    text: str


def check(found: Session, step: str = "", *, patient: bool = True, kept: Path | None = None) -> Report:
    """Look at the world, judge, and keep what passes.

    Args:
        found: the started lab.
        step: report on this step alone; on every step where empty.
        patient: False looks once, whatever moves.
        kept: a file that the evidence is written to, whatever came of it.

    Raises:
        UsageError: something else than evidence is in that file.
        DockerDown, ClusterDown: the world is not there, or not whole.
    """
    if kept is not None:
        from labrunner.world import evidence

        evidence.may_write(kept)
    if step and found.loaded.lab.find(step) is None:
        raise unknown_step(found.loaded, step)
    seen = ahead.taken(found)
    world = connect(found)
    whole = partial(demand_whole, found, world)  # what does not hold is only the learner's where the cluster is whole
    report, snapshot = runner.look(found, world, patient=patient, seen=seen, doubted=whole)
    report = replace(report, versions=witness.versions(found, world))
    before = deepcopy(found.progress.passes)
    runner.keep(found, report)
    if kept is not None:
        witness.write(kept, found, snapshot, report, before)
    if not step:
        return report
    return Report(report.lab, report.of(step), report.versions)


def hand_in(found: Session, step: str, value: str) -> Report:
    """Hand in an answer, and check its step.

    Args:
        found: the started lab.
        step: the step; the first one that takes an answer and is not done where empty.
        value: the answer; white space around it does not count.
    """
    takers = [one.id for one in found.loaded.lab.steps if any("answer" in c.parameters for c in one.checks)]
    if step and found.loaded.lab.find(step) is None:
        raise unknown_step(found.loaded, step)
    if not takers or (step and step not in takers):
        raise UsageError(
            say(en=f"no answer is asked for in {step or found.loaded.entry.slug}", zh=f"{step} 不需要提交答案"),
            hint="labrunner task",
        )
    passed = found.progress.passes
    open_ = [taker for taker in takers if not all(c.id in passed for c in found.loaded.lab.checks if c.step == taker)]
    chosen = step or (open_ or takers)[0]
    found.progress.answers[chosen] = value.strip()
    found.save()
    return check(found, chosen)


def hint(found: Session, step: str = "") -> Hint:
    """Return one more hint for a step, vaguest first; after the last one, the last one again."""
    chosen = step or open_step(found)
    if found.loaded.lab.find(chosen) is None:
        raise unknown_step(found.loaded, chosen)
    hints = found.loaded.text.steps[chosen].hints
    number = min(found.progress.hints.get(chosen, 0) + 1, len(hints))
    found.progress.hints[chosen] = number
    found.save()
    return Hint(chosen, number, len(hints), hints[number - 1])


def open_step(found: Session) -> str:
    """Return the first step of which not every check was seen to pass; the last one where all were."""
    passed = found.progress.passes
    for step in found.loaded.lab.steps:
        if not all(check.id in passed for check in step.checks):
            return step.id
    return found.loaded.lab.steps[-1].id


def solve(found: Session, step: str = "", *, all_steps: bool, show: Show) -> Report:
    """Do a step in the lab, each command shown as it is run; marked as assisted.

    Args:
        found: the started lab.
        step: which one; the first that is not done where empty.
        all_steps: every step that is not done, in order.
        show: sees commands, output and reports.
    """
    lab = found.loaded.lab
    if step and lab.find(step) is None:
        raise unknown_step(found.loaded, step)
    report = check(found, patient=False)
    chosen = list(lab.steps) if all_steps else [lab.find(step or report.current or open_step(found))]
    for one in chosen:
        if one is None or report.done(one.id):
            continue
        show.step(found.loaded.text.steps[one.id].title)
        if one.id not in found.progress.assisted:
            found.progress.assisted.append(one.id)
            found.save()
        do(found, one, show)
        report = check(found)
        show.report(Report(report.lab, report.of(one.id)))
        if not report.done(one.id):
            break
    return report


def do(found: Session, step: Step, show: Show) -> int:
    """Perform a step's solution in its lab; the exit code of its last command."""
    return act_out(found, step.id, step.solve, show)


def act_out(found: Session, step: str, operation: Operation, show: Show) -> int:
    """Perform an operation in a lab: commands and dialogues in its world, answers by its session."""
    env = scripted(found)
    code = 0
    with scratch.folder("script") as folder:
        for act in acts(operation):
            filled = filled_act(act, found.values)
            if isinstance(filled, HandIn):
                spaced = "$(" in filled.value or " " in filled.value.strip()
                quoted = f'"{filled.value}"' if spaced else filled.value
                show.command(f"labrunner answer {step} {quoted}")
                value, code = answer(filled, env, folder, show)
                if code != 0:
                    break
                found.progress.answers[step] = value
                found.save()
                continue
            if (code := perform(filled, env, folder, show)) != 0:
                break
    return code


def unknown_step(loaded: LoadedLab, step: str) -> UnknownStep:
    """Return the error for a step that the lab does not have; its hint suggests the nearest."""
    known = [one.id for one in loaded.lab.steps]
    near = difflib.get_close_matches(step, known, n=1, cutoff=0.4)
    return UnknownStep(
        say(en=f"{loaded.entry.slug} has no step {step!r}", zh=f"{loaded.entry.slug} 没有步骤 {step!r}"),
        hint=say(en=f"did you mean {near[0]}?", zh=f"是不是 {near[0]}？") if near else ", ".join(known),
    )
