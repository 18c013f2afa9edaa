"""Classroom 50's result.json: whole points, and who is graded from what its runner sets in the environment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from labrunner.grading.result import Audience, Result
from labrunner.outcome import Outcome
from labrunner.render.results.inert import json_text, said
from labrunner.render.results.view import LabView, hidden_words, view
from labrunner.words import say

SCHEMA = "classroom50/result/v1"
SCALES = (1, 10, 100, 1000)
"""By how much points are multiplied to be whole ones; the last is taken where none does it."""
NEAR = 1e-6


def form(result: Result, audience: Audience, environ: Mapping[str, str] | None = None) -> str:
    """Return the result as Classroom 50 collects it; empty where the run is no grade, and must be run again.

    Args:
        result: the result.
        audience: who sees it; what Classroom 50 collects, students see.
        environ: the variables that its runner sets; the result's own words stand in for what is missing.
    """
    seen = view(result, audience)
    if not seen.gradable:
        return ""
    given, about = environ or {}, seen.about
    scale = _scale(seen.counted)
    tests = [test for lab in seen.counted for test in _tests(lab, scale)]
    commit = given.get("COMMIT_URL") or about.commit or about.digest or "-"
    found = {
        "schema": SCHEMA,
        "classroom": given.get("CLASSROOM") or about.course or "-",
        "assignment": given.get("ASSIGNMENT") or about.submission or "-",
        "submission": given.get("SUBMISSION_TAG") or f"submit/{about.run or about.digest or '-'}",
        "commit": commit,
        "release": given.get("RELEASE_URL") or commit,
        "review": given.get("REVIEW_URL") or commit,
        "datetime": _moment(about.ended or about.started),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json_text(found, indent=2) + "\n"


def _tests(lab: LabView, scale: int) -> list[dict[str, Any]]:
    tests = []
    for one in lab.checks:
        worth = round(one.worth * lab.part * scale)
        test = {
            "test-name": f"{lab.lab}/{one.step}/{one.check}",
            "passed": one.outcome is Outcome.PASS,
            "score": min(worth, round(one.earned * lab.factor * lab.part * scale)),
            "max-score": worth,
            "message": one.claim,
        }
        if one.outcome is not Outcome.PASS:
            test["outcome"] = one.outcome.value
            test |= {name: text for name, text in (("why", one.why), ("see", one.see)) if text}
            if one.found is not None:
                test["found"] = said(one.found)
        tests.append(test)
    if lab.hidden.checks:
        worth = round(lab.hidden.worth * lab.part * scale)
        tests.append(
            {
                "test-name": f"{lab.lab}/" + say(en="hidden checks", zh="隐藏检查"),
                "passed": lab.hidden.passed == lab.hidden.checks,
                "score": min(worth, round(lab.hidden.earned * lab.factor * lab.part * scale)),
                "max-score": worth,
                "message": hidden_words(lab.hidden),
            }
        )
    return tests


def _scale(labs: tuple[LabView, ...]) -> int:
    """Return by how much all points are multiplied to be whole."""
    points = [
        number * lab.part for lab in labs for one in lab.checks for number in (one.worth, one.earned * lab.factor)
    ]
    points += [n * lab.part for lab in labs for n in (lab.hidden.worth, lab.hidden.earned * lab.factor)]
    for scale in SCALES:
        if all(abs(one * scale - round(one * scale)) < NEAR for one in points):
            return scale
    return SCALES[-1]


def _moment(iso: str) -> str:
    try:
        then = datetime.fromisoformat(iso).astimezone(UTC)
    except ValueError:
        then = datetime.fromtimestamp(0, UTC)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")
