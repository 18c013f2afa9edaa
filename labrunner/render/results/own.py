"""labrunner's own JSON: for the teacher everything, for the student what may be told; see docs/results.md."""

from dataclasses import asdict
from typing import Any

from labrunner.grading.result import Audience, LabResult, Result
from labrunner.render.results.inert import json_text
from labrunner.render.results.view import allowed, hidden


def form(result: Result, audience: Audience) -> str:
    """Return the result as JSON."""
    return json_text(record(result, audience), indent=2) + "\n"


def record(result: Result, audience: Audience) -> dict[str, Any]:
    """Return the result as JSON-able values."""
    whole = result.record()
    if audience is Audience.TEACHER:
        return whole
    labs = [_student(one, lab, audience) for one, lab in zip(whole["labs"], result.labs, strict=True)]
    return {**whole, "audience": audience, "labs": labs, "flags": []}


def _student(one: dict[str, Any], lab: LabResult, audience: Audience) -> dict[str, Any]:
    told = [asdict(check) for check in (allowed(each, audience) for each in lab.checks) if check is not None]
    return {**one, "checks": told, "evidence": "", "hidden": asdict(hidden(lab, audience))}
