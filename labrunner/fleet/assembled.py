"""What a Pod has seen becomes a result of the class: priced, late or not, its hidden checks judged here."""

from dataclasses import replace
from pathlib import Path

from labrunner import atomic
from labrunner.catalog import LoadedLab
from labrunner.errors import LabrunnerError
from labrunner.grading import reading
from labrunner.grading.class_run import RESULT
from labrunner.grading.grade import Class, graded
from labrunner.grading.lab_grade import Order, unjudged
from labrunner.grading.regrade import judged
from labrunner.grading.result import CheckResult, LabResult, Result
from labrunner.grading.submission import LabWork, Submission
from labrunner.outcome import Outcome
from labrunner.words import say


def result(handed: Submission, of: Class, files: dict[str, bytes], kept: Path) -> Result:
    """Return the result of a submission that a Pod has graded; its evidence is written.

    Args:
        handed: the submission, in a folder of ours.
        of: the class.
        files: what the Pod gave: its own result, and evidence.
        kept: the folder for the evidence.

    Raises:
        ResultBroken: the Pod's result is none.
    """
    seen = reading.parsed(files[RESULT], handed.name)
    by_slug = {lab.lab: lab for lab in seen.labs}
    for name, data in files.items():
        if name.startswith("evidence/"):
            atomic.write_bytes(kept / name.removeprefix("evidence/"), data)

    def looked(loaded: LoadedLab, _work: LabWork, order: Order) -> LabResult:
        slug = loaded.entry.slug
        if slug in by_slug:
            return _priced(loaded, by_slug[slug], order)
        return LabResult(slug, order.weight, loaded.lab.grading.way)  # local only: no Pod was asked

    found = graded(handed, of, kept, looked)
    return replace(
        found, nonce=seen.nonce, started=seen.started, ended=seen.ended, versions={**found.versions, **seen.versions}
    )


def lost(handed: Submission, of: Class, why: str) -> Result:
    """Return the result of a submission that no Pod has graded: why, or empty where none of its labs asks for one."""

    def looked(loaded: LoadedLab, _work: LabWork, order: Order) -> LabResult:
        way = loaded.lab.grading.way
        return LabResult(loaded.entry.slug, order.weight, way, trouble="" if way == "local-only" else why)

    return graded(handed, of, Path(), looked)


def _priced(loaded: LoadedLab, seen: LabResult, order: Order) -> LabResult:
    """Return a lab's result with what its checks are worth in this class, and with the hidden ones."""
    known = {(one.step, one.check): one for one in seen.checks}
    trouble = seen.trouble
    checks: list[CheckResult] = []
    for step in loaded.lab.steps if not trouble else ():
        if step.id in loaded.lab.grading.without:
            continue
        secret = {}
        if order.hidden & {check.id for check in step.checks}:
            try:
                secret = _judged(loaded, step.id, order)
            except LabrunnerError as broken:
                trouble = trouble or broken.message
        for check in step.checks:
            if one := known.get((step.id, check.id)):
                worth = order.worth(step.id, check.id)
                checks.append(replace(one, worth=worth, earned=worth if one.outcome is Outcome.PASS else 0.0))
            elif check.id in secret:
                checks.append(secret[check.id])
            else:
                trouble = trouble or say(
                    en=f"the check {check.id} was not looked at in the Pod", zh=f"Pod 中没有检查 {check.id}"
                )
    trouble = trouble or unjudged(checks)
    return replace(seen, weight=order.weight, checks=tuple(checks) or seen.checks, trouble=trouble)


def _judged(loaded: LoadedLab, step: str, order: Order) -> dict[str, CheckResult]:
    """Judge a step's hidden checks over what the Pod has read."""
    if order.evidence is None:
        return {}
    found: dict[str, CheckResult] = {}
    for verdict in judged(order.evidence, step, loaded, order.hidden):
        if verdict.check in order.hidden:
            found[verdict.check] = order.told(verdict)
    return found
