"""Which steps are done, as far as it was written down: read from the started lab's file, no daemon asked."""

from collections.abc import Iterable
from typing import Any

from labrunner import atomic, places
from labrunner.lab import Lab


def kept(slug: str) -> dict[str, Any]:
    """Return what is written of a lab's progress; empty where it is not started."""
    file = places.state_dir() / "labs" / slug / "lab.json"
    if not file.is_file():
        return {}
    progress = atomic.read_json(file).get("progress")
    return progress if isinstance(progress, dict) else {}


def done(lab: Lab, passes: Iterable[str]) -> list[str]:
    """Return the steps of which every check has passed.

    Args:
        lab: the lab.
        passes: ids of the checks that were seen to pass.
    """
    seen = set(passes)
    return [step.id for step in lab.steps if step.checks and all(check.id in seen for check in step.checks)]


def current(lab: Lab, passes: Iterable[str]) -> str:
    """Return the first step that is not done; empty where all are."""
    finished = set(done(lab, passes))
    return next((step.id for step in lab.steps if step.id not in finished), "")
