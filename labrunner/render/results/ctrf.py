"""CTRF, the Common Test Report Format: JSON that many reporters read."""

from datetime import datetime
from typing import Any

from labrunner.grading.result import Audience, CheckResult, Result
from labrunner.outcome import Outcome
from labrunner.render.results.inert import json_text, said
from labrunner.render.results.view import LabView, View, hidden_words, view
from labrunner.words import say

VERSION = "1.0.0"
"""Of the format."""
STATUS = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.WAITING: "failed",
    Outcome.BLOCKED: "skipped",
    Outcome.ERROR: "other",
}
STATUSES = ("passed", "failed", "skipped", "pending", "other")


def form(result: Result, audience: Audience) -> str:
    """Return the result as CTRF."""
    seen = view(result, audience)
    about = seen.about
    tests = [test for lab in seen.labs for test in _tests(lab)]
    counts = {status: sum(test["status"] == status for test in tests) for status in STATUSES}
    begin, end = _milliseconds(about.started), _milliseconds(about.ended)
    tool = {"name": "labrunner", **({"version": version} if (version := about.versions.get("labrunner")) else {})}
    summary = {"tests": len(tests), **counts, "suites": len(seen.labs), "start": begin, "stop": max(begin, end)}
    results = {"tool": tool, "summary": summary, "tests": tests, "extra": _extra(seen)}
    return (
        json_text(
            {"reportFormat": "CTRF", "specVersion": VERSION, "generatedBy": "labrunner", "results": results}, indent=2
        )
        + "\n"
    )


def _tests(lab: LabView) -> list[dict[str, Any]]:
    tests = [_test(lab, one) for one in lab.checks]
    if lab.trouble:
        name = say(en="grading", zh="评分")
        tests.insert(0, _row(lab, name, "other") | {"message": lab.trouble, "rawStatus": "error"})
    if lab.hidden.checks:
        left = lab.hidden.checks - lab.hidden.passed - lab.hidden.errors
        status = "other" if lab.hidden.errors else "failed" if left else "passed"
        tests.append(_row(lab, say(en="hidden checks", zh="隐藏检查"), status) | {"message": hidden_words(lab.hidden)})
    return tests


def _test(lab: LabView, one: CheckResult) -> dict[str, Any]:
    test = _row(lab, f"{one.step}/{one.check}", STATUS[one.outcome], one.seconds)
    test["rawStatus"] = one.outcome.value
    test["extra"] = {"claim": one.claim, "earned": one.earned, "worth": one.worth}
    if one.outcome is not Outcome.PASS:
        test["message"] = f"{one.claim}: {one.why}" if one.why else one.claim
        if one.expected is not None or one.found is not None:
            test["extra"] |= {"expected": said(one.expected), "found": said(one.found)}
        test["extra"] |= {name: text for name, text in (("see", one.see), ("notes", one.notes)) if text}
    return test


def _row(lab: LabView, name: str, status: str, seconds: float = 0.0) -> dict[str, Any]:
    return {"name": name, "status": status, "duration": round(seconds * 1000), "suite": [lab.lab]}


def _extra(seen: View) -> dict[str, Any]:
    about = seen.about
    named = ("student", "course", "course_hash", "submission", "digest", "commit", "run", "nonce")
    return {
        **{name: getattr(about, name) for name in named},
        "trust": about.trust.value,
        "isolation": about.isolation.value,
        "versions": about.versions,
        "gradable": seen.gradable,
        "mark": seen.mark,
    }


def _milliseconds(iso: str) -> int:
    try:
        return max(0, round(datetime.fromisoformat(iso).timestamp() * 1000))
    except ValueError:
        return 0
