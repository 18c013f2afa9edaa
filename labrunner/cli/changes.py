"""Which claims changed since the last look: what the lab's shell prints after a command."""

from collections.abc import Sequence
from typing import Any

from labrunner import atomic
from labrunner.cli.calling import Calling
from labrunner.cli.moved import Moved
from labrunner.errors import LabrunnerError
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import report as reports
from labrunner.words import say

FILE = "seen.json"
"""In the lab's folder: the outcomes of the last look, and the steps whose lesson was printed."""
QUIET = (Outcome.BLOCKED, Outcome.ERROR)
"""Outcomes that say nothing about what was just typed."""


def show(calling: Calling) -> int:
    """Look, and print the claims that became true, or stopped being so, since the last look; else nothing.

    It runs unasked behind a prompt, so it is silent where there is no lab, no daemon, or nothing new in the lab. A look
    under way looks once more for the one that it keeps waiting.
    """
    from filelock import FileLock, Timeout

    try:
        session = calling.session()
        moved = Moved(session.directory)
        try:
            with FileLock(str(session.directory / f"{FILE}.lock"), timeout=0, mode=0o600):
                while moved.since_last_look():
                    _look(calling, session, moved)
                    if not moved.wants_another():
                        break
        except Timeout:
            moved.want_another()
    except (LabrunnerError, OSError):
        return 0
    return 0


def _look(calling: Calling, session: Any, moved: Moved) -> None:
    with moved.looking():
        report = calling.doors.lifecycle().check(session, "", patient=False)
    before = _seen(session)["outcomes"]
    changed = differing(before, report)
    remember(session, report)
    reports.claims(calling.screen, changed)
    if done := _newly_done(before, changed, report):
        titles = ", ".join(session.loaded.text.steps[step].title for step in done)
        said = say(
            en=f"done: {titles}    what it means, and what is next: lr check",
            zh=f"完成：{titles}    说明与下一步：lr check",
        )
        calling.screen.line((said, "good"))


def differing(seen: dict[str, Any], report: Report) -> tuple[Verdict, ...]:
    """Return the verdicts that pass now and did not before, or the other way round.

    Args:
        seen: check → outcome of the last look.
        report: this look.
    """
    return tuple(
        verdict
        for verdict in report.verdicts
        if verdict.outcome not in QUIET and verdict.passed != (seen.get(verdict.check) == Outcome.PASS.value)
    )


def untaught(session: Any, report: Report) -> list[str]:
    """Return the steps that are done and whose lesson was not printed yet, in order."""
    taught = _seen(session)["taught"]
    return [step.id for step in session.loaded.lab.steps if report.done(step.id) and step.id not in taught]


def remember(session: Any, report: Report, *, taught: Sequence[str] = ()) -> None:
    """Keep what was seen, for the next look to compare with; a disk that is full costs only that.

    Args:
        session: the started lab.
        report: this look.
        taught: the steps whose lesson is printed now.
    """
    seen = _seen(session)
    seen["outcomes"] |= {verdict.check: verdict.outcome.value for verdict in report.verdicts}
    seen["taught"] += taught
    try:
        atomic.write_json(session.directory / FILE, seen)
    except (LabrunnerError, OSError):
        return


def _newly_done(seen: dict[str, Any], changed: tuple[Verdict, ...], report: Report) -> list[str]:
    steps = dict.fromkeys(verdict.step for verdict in changed if verdict.passed)
    return [step for step in steps if report.done(step) and any(seen.get(v.check) != "pass" for v in report.of(step))]


def _seen(session: Any) -> dict[str, Any]:
    kept = atomic.read_json(session.directory / FILE)
    outcomes, taught = kept.get("outcomes"), kept.get("taught")
    return {
        "outcomes": outcomes if isinstance(outcomes, dict) else {},
        "taught": taught if isinstance(taught, list) else [],
    }
