"""JUnit XML, as GitLab and most CI systems read it: a suite a lab, a case a check."""

from collections.abc import Iterator
from datetime import UTC, datetime

from labrunner.grading.result import Audience, CheckResult, Result
from labrunner.outcome import Outcome
from labrunner.render.results.inert import in_xml, said
from labrunner.render.results.view import LabView, View, hidden_words, view
from labrunner.words import say

CASE = {Outcome.FAIL: "failure", Outcome.WAITING: "failure", Outcome.BLOCKED: "skipped", Outcome.ERROR: "error"}
"""What became of a check, as the element that says so."""


def form(result: Result, audience: Audience) -> str:
    """Return the result as JUnit XML.

    A check that was not reached is skipped, one without a verdict an error: neither is a failure of the student's.
    """
    seen = view(result, audience)
    suites = [_suite(lab, seen) for lab in seen.labs]
    counts = {name: sum(suite[1][name] for suite in suites) for name in ("tests", "failures", "errors", "skipped")}
    head = (
        f'<testsuites name="labrunner" {_attributes(counts)} time="{_seconds(sum(lab.seconds for lab in seen.labs))}">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *(one for one, _ in suites), "</testsuites>", ""])


def _suite(lab: LabView, seen: View) -> tuple[str, dict[str, int]]:
    cases = [*_cases(lab)]
    kinds = [kind for kind, _ in cases]
    counts = {
        "tests": len(cases),
        "failures": kinds.count("failure"),
        "errors": kinds.count("error"),
        "skipped": kinds.count("skipped"),
    }
    named = f'name="{in_xml(lab.lab)}" {_attributes(counts)} time="{_seconds(lab.seconds)}"{_when(seen.about.started)}'
    return "\n".join(
        [f"  <testsuite {named}>", *_properties(lab, seen), *(one for _, one in cases), "  </testsuite>"]
    ), counts


def _cases(lab: LabView) -> Iterator[tuple[str, str]]:
    """Yield for each case its kind, empty where it passed, and the element."""
    if lab.trouble:
        yield "error", _case(lab.lab, say(en="grading", zh="评分"), 0.0, "error", lab.trouble, "")
    for one in lab.checks:
        kind = CASE.get(one.outcome, "")
        yield kind, _case(lab.lab, f"{one.step}/{one.check}", one.seconds, kind, _short(one), _long(one))
    if counted := lab.hidden:
        left = counted.checks - counted.passed - counted.errors
        kind = "error" if counted.errors else "failure" if left else ""
        if counted.checks:
            yield kind, _case(lab.lab, say(en="hidden checks", zh="隐藏检查"), 0.0, kind, hidden_words(counted), "")


def _case(suite: str, name: str, seconds: float, kind: str, short: str, long: str) -> str:  # noqa: PLR0913, PLR0917 - in the element's order
    opened = f'    <testcase classname="{in_xml(suite)}" name="{in_xml(name)}" time="{_seconds(seconds)}"'
    if not kind:
        return opened + "/>"
    typed = "" if kind == "skipped" else f' type="{kind}"'
    inner = f'<{kind} message="{in_xml(short)}"{typed}>{in_xml(long)}</{kind}>'
    return f"{opened}>\n      {inner}\n    </testcase>"


def _short(one: CheckResult) -> str:
    return f"{one.claim}: {one.why}" if one.why else one.claim


def _long(one: CheckResult) -> str:
    lines = [one.claim]
    if one.expected is not None or one.found is not None:
        lines += [
            say(en="expected: ", zh="应为：") + said(one.expected),
            say(en="found: ", zh="实际：") + said(one.found),
        ]
    lines += [one.why] if one.why else []
    lines += [say(en="see it yourself: ", zh="自己看：") + one.see] if one.see else []
    lines += [say(en="in the notes: ", zh="笔记：") + one.notes] if one.notes else []
    return "\n".join(lines)


def _properties(lab: LabView, seen: View) -> list[str]:
    about = seen.about
    named = {
        "student": about.student,
        "course": about.course,
        "course-hash": about.course_hash,
        "trust": about.trust.value,
        "isolation": about.isolation.value,
        "commit": about.commit,
        "digest": about.digest,
        "run": about.run,
        "nonce": about.nonce,
        "points": f"{lab.earned:g}/{lab.worth:g}",
        "mark": "" if seen.mark is None else f"{seen.mark:g}",
        **{f"version-{name}": version for name, version in about.versions.items()},
    }
    lines = [
        f'      <property name="{in_xml(name)}" value="{in_xml(value)}"/>' for name, value in named.items() if value
    ]
    return ["    <properties>", *lines, "    </properties>"]


def _attributes(counts: dict[str, int]) -> str:
    return " ".join(f'{name}="{number}"' for name, number in counts.items())


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _when(started: str) -> str:
    """Return the attribute that says when, as the format has it: without an offset, so in UTC."""
    try:
        then = datetime.fromisoformat(started).astimezone(UTC)
    except ValueError:
        return ""
    return f' timestamp="{then.strftime("%Y-%m-%dT%H:%M:%S")}"'
