"""A pytest plugin: `labrunner_check("docker-basics")` is one test a check, for teachers who live in pytest.

    from labrunner.pytest_plugin import labrunner_check

    test_basics = labrunner_check("docker-basics")

Each test looks at the lab that is open, once a session and lab: what is wrong fails, what is broken is an error and no
failure. It only looks, so that several workers (`-n`) may do so at once. Nothing heavy is imported before a test runs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from labrunner.outcome import Report, Verdict

Reports = Callable[[str], "Report"]
"""Looks at the open lab of a name, once a session."""


def labrunner_check(lab: str, *, step: str = "") -> Callable[..., None]:
    """Return a test function with one item for each check of a lab.

    Args:
        lab: the lab's name.
        step: the one step whose checks are wanted; every step where empty.

    Raises:
        UnknownLab, UnknownStep: there is none of this name.
    """
    from labrunner import catalog
    from labrunner.errors import UnknownStep

    loaded = catalog.load(lab)
    if step and loaded.lab.find(step) is None:
        raise UnknownStep(f"{lab} has no step {step!r}")
    checks = [check for check in loaded.lab.checks if step in ("", check.step)]

    @pytest.mark.parametrize("labrunner_verdict", [(lab, one.id) for one in checks],
                             ids=[f"{one.step}-{one.id}" for one in checks], indirect=True)  # fmt: skip
    def test(labrunner_verdict: "Verdict") -> None:
        judged(labrunner_verdict)

    return test


def judged(verdict: "Verdict") -> None:
    """Fail the test of a claim that is not true, with what was expected, what is there, and the line that shows it."""
    if verdict.passed:
        return
    found = [f"{verdict.outcome}: {verdict.claim}"]
    if verdict.expected is not None or verdict.found is not None:
        found.append(f"expected {verdict.expected!r}, found {verdict.found!r}")
    found += [line for line in (verdict.why, f"see: {verdict.see}" if verdict.see else "") if line]
    pytest.fail("\n".join(found), pytrace=False)


@pytest.fixture(scope="session")
def labrunner_reports() -> Reports:
    """What the open lab comes to: looked at when the first test wants it, and kept for the others."""
    kept: dict[str, Report] = {}

    def look(lab: str) -> "Report":
        if lab not in kept:
            from labrunner import lifecycle
            from labrunner.errors import NoLabStarted
            from labrunner.narrate import Quiet

            session = lifecycle.current(Quiet())
            if (other := session.loaded.entry.slug) != lab:
                raise NoLabStarted(f"the lab that is open is {other}", hint=f"labrunner start {lab}")
            kept[lab] = lifecycle.check(session)
        return kept[lab]

    return look


@pytest.fixture
def labrunner_verdict(request: pytest.FixtureRequest, labrunner_reports: Reports) -> Any:
    """One verdict; what is broken is raised here, so that pytest calls it an error and no failure."""
    from labrunner.outcome import Outcome

    lab, check = request.param
    verdict = next((one for one in labrunner_reports(lab).verdicts if one.check == check), None)
    if verdict is None:
        pytest.skip(f"{check} is of a step that cannot be done on this machine")
    if verdict.outcome is Outcome.ERROR:
        raise BrokenCheck(verdict.why or verdict.claim)
    return verdict


class BrokenCheck(Exception):
    """The world or the check is broken: nobody's answer is wrong."""
