"""What the class says of each check, and which checks should be looked at themselves."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from labrunner.grading.gradebook import CheckStanding, CheckSummary, StudentStanding, Suspicion, median
from labrunner.grading.result import Result
from labrunner.outcome import Outcome

FEW = 0.1
"""A part of the class that is almost nobody."""
CLASS = 5
"""Students, or runs, from which on a part of them says something."""
MANY = 0.1
"""A part of the runs without a verdict that is too much."""
DECIDED = (Outcome.PASS, Outcome.FAIL, Outcome.WAITING)
"""Outcomes of a check that was looked at."""
OWN = re.compile(r"([0-9a-f]{8}|…)")
"""A value of a student's in a claim, or what stands for it in a claim of several."""
Name = tuple[str, str, str]
"""Lab, step, check."""


def summaries(
    results: Sequence[Result], students: Sequence[StudentStanding], labs: Sequence[str]
) -> tuple[CheckSummary, ...]:
    """Return each check of the class, in the labs' order.

    Args:
        results: all that were read, the oldest first.
        students: where each stands.
        labs: those of the mark.
    """
    claims, looks = _looks(results)
    standing: dict[Name, list[CheckStanding]] = defaultdict(list)
    for student in students:
        for lab in student.labs:
            for check in lab.checks:
                standing[check.lab, check.step, check.check].append(check)
    differing = _differing(results)
    place = {lab: number for number, lab in enumerate(labs)}
    names = sorted((name for name in claims if name[0] in place), key=lambda name: place[name[0]])
    return tuple(_summary(name, claims[name], looks[name], standing[name], differing.get(name, 0)) for name in names)


def _looks(results: Sequence[Result]) -> tuple[dict[Name, str], dict[Name, list[Outcome]]]:
    """Return what each check claims of the class and what became of it in each run, as the newest results have it."""
    claims: dict[Name, str] = {}
    looks: dict[Name, list[Outcome]] = defaultdict(list)
    for result in reversed(results):
        for lab in result.labs:
            for one in lab.checks:
                name = (lab.lab, one.step, one.check)
                before = claims.setdefault(name, one.claim)
                if before != one.claim:
                    claims[name] = _of_all(before, one.claim)
                looks[name].append(one.outcome)
    return claims, looks


def _of_all(claim: str, other: str) -> str:
    """Return the claim of a class: where two students have values of their own, whoever reads it has none."""
    mine, theirs = OWN.split(claim), OWN.split(other)
    if mine[::2] != theirs[::2]:  # other words: the newest ones
        return claim
    return "".join(part if part == there else "…" for part, there in zip(mine, theirs, strict=True))


def _summary(
    name: Name, claim: str, looks: Sequence[Outcome], standing: Sequence[CheckStanding], differing: int
) -> CheckSummary:
    judged = [one for one in standing if one.outcome in DECIDED]
    passed = [one for one in judged if one.passed]
    errors = looks.count(Outcome.ERROR)
    found = []
    if len(judged) >= CLASS and len(passed) <= FEW * len(judged):
        found.append(Suspicion.NOBODY)
    if differing:
        found.append(Suspicion.DEPENDS)
    if len(looks) >= CLASS and errors > MANY * len(looks):
        found.append(Suspicion.ERRORS)
    lab, step, check = name
    return CheckSummary(
        lab=lab,
        step=step,
        check=check,
        claim=claim,
        judged=len(judged),
        passed=len(passed),
        errors=errors,
        runs=len(looks),
        attempts=median(one.attempts for one in passed),
        hints=median(one.hints for one in passed if one.hints is not None),
        seconds=median(one.seconds for one in passed if one.seconds is not None),
        differing=differing,
        suspicions=tuple(found),
    )


def _differing(results: Sequence[Result]) -> Mapping[Name, int]:
    """Return for how many submissions a check passed in one run and not in another.

    The same files of the same student, against the same course: values differ between students, checks between
    courses. A run in which the check was not reached, or had no verdict, says nothing.
    """
    seen: dict[tuple[str, str, str, Name], set[bool]] = defaultdict(set)
    for result in results:
        if not result.digest:
            continue
        for lab in result.labs:
            for one in lab.checks:
                if one.outcome in DECIDED:
                    name = (lab.lab, one.step, one.check)
                    seen[result.student, result.digest, result.course_hash, name].add(one.outcome is Outcome.PASS)
    found: dict[Name, int] = defaultdict(int)
    for (*_, name), outcomes in seen.items():
        found[name] += len(outcomes) > 1
    return {name: number for name, number in found.items() if number}
