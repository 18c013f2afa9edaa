"""What a shell is offered when it completes a word; nothing is asked of a daemon."""

import os
from pathlib import Path

from labrunner import catalog, places
from labrunner.errors import LabrunnerError
from labrunner.lab import Lab


def lab_names(incomplete: str) -> list[str]:
    """Return the labs that begin so."""
    try:
        return [entry.slug for entry in catalog.entries(_further()) if entry.slug.startswith(incomplete)]
    except LabrunnerError:
        return []


def step_names(incomplete: str) -> list[str]:
    """Return the steps, of the lab that was started last, that begin so."""
    lab = _started()
    return [step.id for step in lab.steps if step.id.startswith(incomplete)] if lab else []


def _started() -> Lab | None:
    """Return the lab that was started last; None where none is, or it cannot be read."""
    started = sorted((places.state_dir() / "labs").glob("*/lab.json"), key=_age)
    if not started:
        return None
    try:
        return catalog.load(started[-1].parent.name, _further()).lab
    except LabrunnerError:
        return None


def objects(incomplete: str) -> list[str]:
    """Return the kinds that begin so, and after `KIND/` what the open lab's words name; a name is the lab's own."""
    from labrunner.why import kinds

    kind, slash, _ = incomplete.partition("/")
    if not slash:
        return [f"{known}/" for known in sorted(kinds.names()) if known.startswith(incomplete.lower())]
    if kinds.names().get(kind.lower()) not in kinds.DOCKER:
        return []
    lab = _started()
    return [f"{kind}/{name}" for name in lab.names if f"{kind}/{name}".startswith(incomplete)] if lab else []


def _further() -> Path | None:
    """Return the folder of further labs that the environment names: a line that is being completed is not parsed."""
    named = os.environ.get("LABRUNNER_LABS")
    return Path(named) if named else None


def _age(file: Path) -> float:
    return file.stat().st_mtime
