"""Puts the class together from its results, by the course's rules; looks at no file and at no world."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from labrunner.grading.course import Attempts
from labrunner.grading.gradebook import (
    CheckStanding,
    Gradebook,
    LabStanding,
    Rules,
    Standing,
    StudentStanding,
)
from labrunner.grading.overrides import Override
from labrunner.grading.result import FULL, CheckResult, LabResult, Result, Trust
from labrunner.grading.roster import Student, same
from labrunner.grading.summing import summaries
from labrunner.outcome import Outcome
from labrunner.words import say

Run = tuple[Result, LabResult]
"""One run of one lab, and the result that it is part of."""
TRUST = (Trust.LOCAL, Trust.CI_STUDENT, Trust.CI_TEACHER)
"""From the least to the most that a run is worth."""


def assemble(results: Iterable[Result], rules: Rules) -> Gradebook:
    """Return the class.

    Args:
        results: of all students, each run once.
        rules: the course's.
    """
    kept = sorted(results, key=lambda one: (_moment(one.started), _moment(one.ended), one.run))
    weights, left_out = _labs(kept, rules)
    book = _Book(rules, weights)
    for result in kept:
        book.add(result)
    students = book.students()
    there = {same(one.student) for one in students}
    return Gradebook(
        course=next((one.course for one in reversed(kept) if one.course), ""),
        attempts=rules.attempts,
        labs=weights,
        left_out=left_out,
        students=students,
        checks=summaries(kept, students, tuple(weights)),
        results=len(kept),
        stray=tuple(
            one for one in rules.overrides if same(one.student) not in there or (one.lab and one.lab not in weights)
        ),
        remarks=_remarks(kept),
        rostered=rules.roster is not None,
    )


class _Book:
    """The results by student and lab.

    Args:
        rules: the course's.
        weights: lab → its part in the mark.
    """

    def __init__(self, rules: Rules, weights: Mapping[str, float]) -> None:
        self.rules, self.weights = rules, weights
        self.results: dict[str, list[Result]] = defaultdict(list)
        self.runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
        self.words = {(same(one.student), one.lab): one for one in rules.overrides}

    def add(self, result: Result) -> None:
        """Put in the next result, the oldest first."""
        who = same(result.student)
        self.results[who].append(result)
        for lab in result.labs:
            self.runs[who, lab.lab].append((result, lab))

    def students(self) -> tuple[StudentStanding, ...]:
        """Return every student: those of the roster in its order, then the others."""
        listed = list(self.rules.roster or ())
        others = self.results.keys() - {same(one.number) for one in listed}
        unlisted = sorted((self.results[key][-1].student for key in others), key=_natural)
        return tuple(self._student(one, known=True) for one in listed) + tuple(
            self._student(Student(number), known=self.rules.roster is None) for number in unlisted
        )

    def _student(self, who: Student, *, known: bool) -> StudentStanding:
        key = same(who.number)
        labs = tuple(self._lab(key, lab) for lab in self.weights)
        standing, mark = _mark(labs, self.weights)
        if word := self.words.get((key, "")):
            standing, mark = Standing.GRADED, round(word.mark, 1)
        results = self.results.get(key, [])
        return StudentStanding(
            student=who.number,
            name=who.name or next((one.name for one in reversed(results) if one.name), ""),
            email=who.email,
            standing=standing,
            mark=mark,
            known=known,
            labs=labs,
            override=_reason(word),
            flags=tuple(dict.fromkeys(flag for one in results for flag in one.flags)),
        )

    def _lab(self, key: str, name: str) -> LabStanding:
        return _lab(name, self.runs.get((key, name), []), self.words.get((key, name)), self.rules)


def _labs(results: Sequence[Result], rules: Rules) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the labs of the mark with their weights, the newest result's where no course says them; and the others."""
    weights, out = dict(rules.labs or {}), dict[str, None]()
    for result in results:
        for lab in result.labs:
            if not lab.counts:
                out[lab.lab] = None
            elif rules.labs is None:
                weights[lab.lab] = lab.weight
    return weights, tuple(name for name in out if name not in weights)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Order names as people count: s2 before s10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]


def _mark(labs: Sequence[LabStanding], weights: Mapping[str, float]) -> tuple[Standing, float | None]:
    """Return where a student stands: one lab without any gradable run, and there is no mark."""
    if not any(one.attempts or one.ungradable or one.override for one in labs):
        return Standing.NOTHING, None
    if any(one.mark is None and one.ungradable for one in labs):
        return Standing.NOT_GRADABLE, None
    whole = sum(weights.values())
    if not whole:
        return Standing.NOT_GRADABLE, None
    return Standing.GRADED, round(sum((one.mark or 0.0) * weights[one.lab] for one in labs) / whole, 1)


def _lab(name: str, runs: Sequence[Run], word: Override | None, rules: Rules) -> LabStanding:
    gradable = [run for run in runs if run[1].settled and run[1].worth]
    best = max((TRUST.index(result.trust) for result, _ in gradable), default=0)
    counting = [run for run in gradable if TRUST.index(run[0].trust) == best]
    bad = [lab for _, lab in runs if not (lab.settled and lab.worth)]
    mark = word.mark if word else None
    if not counting:
        return LabStanding(
            name, mark, ungradable=len(bad), trouble=_trouble(bad[-1]) if bad else "", override=_reason(word)
        )
    chosen = counting[-1] if rules.attempts is Attempts.LAST else max(counting, key=lambda run: _fraction(run[1]))
    result, lab = chosen
    return LabStanding(
        lab=name,
        mark=round(FULL * _fraction(lab), 1) if mark is None else mark,
        attempts=len(counting),
        ungradable=len(bad),
        run=result.run,
        trust=result.trust.value,
        late=lab.late,
        override=_reason(word),
        checks=tuple(_check(lab, one, counting) for one in lab.checks),
    )


def _fraction(lab: LabResult) -> float:
    return min(1.0, lab.earned / lab.worth)


def _reason(word: Override | None) -> str:
    return (word.reason or say(en="the teacher's", zh="教师给定")) if word else ""


def _trouble(lab: LabResult) -> str:
    if lab.trouble or not lab.checks:
        return lab.trouble or say(en="nothing was looked at", zh="没有检查任何内容")
    broken = [f"{one.step}/{one.check}" for one in lab.checks if one.outcome is Outcome.ERROR]
    return say(en="no verdict: ", zh="无法判断：") + ", ".join(broken)


def _check(lab: LabResult, one: CheckResult, runs: Sequence[Run]) -> CheckStanding:
    name = (one.step, one.check)
    passing = [
        number
        for number, (_, run) in enumerate(runs)
        if any((each.step, each.check) == name and each.outcome is Outcome.PASS for each in run.checks)
    ]
    first = passing[0] if passing else None
    return CheckStanding(
        lab=lab.lab,
        step=one.step,
        check=one.check,
        passed=one.outcome is Outcome.PASS,
        outcome=one.outcome,
        attempts=len(runs) if first is None else first + 1,
        hints=lab.hints.get(one.step),
        seconds=None if first is None else _between(runs[0][0].started, runs[first][0].ended),
    )


def _between(begin: str, end: str) -> float | None:
    if not begin or not end:
        return None
    return max(0.0, _moment(end) - _moment(begin))


def _moment(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp() if iso else 0.0


def _remarks(results: Sequence[Result]) -> tuple[str, ...]:
    courses = Counter(one.course_hash for one in results if one.course_hash)
    names = sorted({one.course for one in results if one.course})
    remarks = []
    if len(courses) > 1:
        number = len(courses)
        remarks.append(
            say(
                en=f"the results were graded with {number} versions of the course",
                zh=f"这些成绩是用 {number} 个版本的课程评出的",
            )
        )
    if len(names) > 1:
        remarks.append(say(en="the results are of several courses: ", zh="成绩来自几门课程：") + ", ".join(names))
    return tuple(remarks)
