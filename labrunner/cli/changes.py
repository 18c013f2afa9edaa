"""Which claims changed since the last look: what the lab's shell prints after a command."""

from typing import Any

from labrunner import atomic
from labrunner.cli.calling import Calling
from labrunner.errors import LabrunnerError
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import report as reports

FILE = "seen.json"
QUIET = (Outcome.BLOCKED, Outcome.ERROR)
"""Outcomes that say nothing about what was just typed."""


def show(calling: Calling) -> int:
    """Look, and print the claims that became true, or stopped being so, since the last look; else nothing.

    It runs unasked behind a prompt, so it is silent where there is no lab, no daemon, or another look under way.
    """
    from filelock import FileLock, Timeout

    try:
        session = calling.session()
        with FileLock(str(session.directory / f"{FILE}.lock"), timeout=0):
            report = calling.doors.lifecycle().check(session, "", patient=False)
            changed = differing(_seen(session), report)
            remember(session, report)
    except (LabrunnerError, Timeout, OSError):
        return 0
    reports.claims(calling.screen, changed)
    return 0


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


def remember(session: Any, report: Report) -> None:
    """Keep what was seen, for the next look to compare with; a disk that is full costs only that."""
    seen = _seen(session) | {verdict.check: verdict.outcome.value for verdict in report.verdicts}
    try:
        atomic.write_json(session.directory / FILE, seen)
    except (LabrunnerError, OSError):
        return


def _seen(session: Any) -> dict[str, Any]:
    return atomic.read_json(session.directory / FILE)
