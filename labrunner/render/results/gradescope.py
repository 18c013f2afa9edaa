"""Gradescope's results.json: shown to the student by Gradescope itself, which hides what is marked as hidden."""

from typing import Any

from labrunner.grading.result import Audience, CheckResult, Result, Shown
from labrunner.outcome import Outcome
from labrunner.render.results.inert import json_text, said
from labrunner.render.results.view import LabView, allowed, hidden_words, view
from labrunner.words import say


def form(result: Result, audience: Audience) -> str:
    """Return the result as Gradescope reads it; empty where the run is no grade: Gradescope then says that it failed.

    For the teacher, checks that are only counted are in it with the visibility `hidden`, and of those of which the
    verdict is told the rest goes into `extra_data`, which students do not see.
    """
    seen = view(result, audience)
    if not seen.gradable:
        return ""
    about = seen.about
    tests = [test for lab in seen.counted for test in _tests(lab, audience)]
    named = ("student", "course", "course_hash", "submission", "digest", "commit", "run", "nonce", "versions")
    found: dict[str, Any] = {
        "score": round(sum(lab.earned * lab.part for lab in seen.counted), 4),
        "execution_time": round(sum(lab.seconds for lab in seen.labs)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {name: getattr(about, name) for name in named}
        | {
            "trust": about.trust.value,
            "isolation": about.isolation.value,
            "mark": seen.mark,
            "flags": list(about.flags),
        },
        "tests": tests,
    }
    late = [f"{lab.lab}: {say(en='late', zh='迟交')}, × {lab.factor:g}" for lab in seen.counted if lab.factor < 1]
    out = [f"{lab.lab}: {say(en='not in the mark', zh='不计入成绩')}" for lab in seen.labs if not lab.counts]
    if late or out:
        found["output"] = "\n".join([*late, *out])
    return json_text(found, indent=2) + "\n"


def _tests(lab: LabView, audience: Audience) -> list[dict[str, Any]]:
    tests = [_test(lab, one, audience) for one in lab.checks]
    if lab.hidden.checks:
        passed = lab.hidden.passed == lab.hidden.checks
        name = f"{lab.lab} · {say(en='hidden checks', zh='隐藏检查')}"
        row = _row(lab, name, lab.hidden.earned, lab.hidden.worth, passed=passed)
        tests.append(row | {"output": hidden_words(lab.hidden)})
    return tests


def _test(lab: LabView, one: CheckResult, audience: Audience) -> dict[str, Any]:
    row = _row(lab, f"{lab.lab} · {one.claim or one.check}", one.earned, one.worth, passed=one.outcome is Outcome.PASS)
    row["number"] = f"{one.step}/{one.check}"
    told = allowed(one, Audience.STUDENT)
    if audience is Audience.TEACHER and told != one:
        row["extra_data"] = {"why": one.why, "see": one.see, "expected": said(one.expected), "found": said(one.found)}
    if told is None:
        return row | {"visibility": "hidden"}
    if one.outcome is not Outcome.PASS:
        row["output"] = _words(told)
    return row


def _row(lab: LabView, name: str, earned: float, worth: float, *, passed: bool) -> dict[str, Any]:
    return {
        "name": name,
        "name_format": "text",
        "output_format": "text",
        "score": round(earned * lab.factor * lab.part, 4),
        "max_score": round(worth * lab.part, 4),
        "status": "passed" if passed else "failed",
        "visibility": "visible",
    }


def _words(one: CheckResult) -> str:
    lines = [one.why] if one.why else []
    if one.shown is Shown.WHOLE and (one.expected is not None or one.found is not None):
        lines += [
            say(en="expected: ", zh="应为：") + said(one.expected),
            say(en="found: ", zh="实际：") + said(one.found),
        ]
    lines += [say(en="see it yourself: ", zh="自己看：") + one.see] if one.see else []
    return "\n".join([one.outcome.value, *lines])
