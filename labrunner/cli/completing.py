"""What a shell is offered when it completes a word; nothing is asked of a daemon."""

import os
from pathlib import Path

from labrunner import catalog, places
from labrunner.errors import LabrunnerError


def lab_names(incomplete: str) -> list[str]:
    """Return the labs that begin so."""
    try:
        return [entry.slug for entry in catalog.entries(_further()) if entry.slug.startswith(incomplete)]
    except LabrunnerError:
        return []


def step_names(incomplete: str) -> list[str]:
    """Return the steps, of the lab that was started last, that begin so."""
    started = sorted((places.state_dir() / "labs").glob("*/lab.json"), key=_age)
    if not started:
        return []
    try:
        lab = catalog.load(started[-1].parent.name, _further()).lab
    except LabrunnerError:
        return []
    return [step.id for step in lab.steps if step.id.startswith(incomplete)]


def _further() -> Path | None:
    """Return the folder of further labs that the environment names: a line that is being completed is not parsed."""
    named = os.environ.get("LABRUNNER_LABS")
    return Path(named) if named else None


def _age(file: Path) -> float:
    return file.stat().st_mtime
