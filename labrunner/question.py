"""A question for others: the step at hand, what does not hold and why, versions, and the object; nothing private."""

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from labrunner import runner, witness
from labrunner.asking import broken
from labrunner.discretion import foreign, private
from labrunner.entering import connect
from labrunner.outcome import Report, Verdict
from labrunner.state.session import Session
from labrunner.world import excerpt
from labrunner.world.privacy import Private
from labrunner.world.snapshot import Snapshot

SCHEMA = 1
"""Version of the question's JSON."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody who helps has to know.

    Attributes:
        lab: its slug.
        step, title: the first step that is not done, and what it is called; empty where all are.
        number, of: which step that is, from 1, and how many there are.
        verdicts: of that step, those that are no pass.
        versions: of what is involved, by name.
        subject: the object that the first of them is about, as "kind/name".
        object: what is known of it, trimmed.
    """

    lab: str
    step: str = ""
    title: str = ""
    number: int = 0
    of: int = 0
    verdicts: tuple[Verdict, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    subject: str = ""
    object: dict[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA

    def record(self) -> dict[str, Any]:
        """Return the question as JSON-able values."""
        return asdict(self)


def ask(found: Session) -> Question:
    """Look at an open lab once, and put the question that its first step which is not done raises.

    Raises:
        DockerDown, ClusterDown: the world is not there.
    """
    world = connect(found)
    report, snapshot = runner.look(found, world, patient=False)
    hidden = private(found, snapshot, foreign(found, world.engine, snapshot))
    return put(found, report, snapshot, hidden, witness.versions(found, world))


def put(
    found: Session, report: Report, snapshot: Snapshot, hidden: Private, versions: Mapping[str, str] | None = None
) -> Question:
    """Return the question that a report raises, without what is private.

    Args:
        found: the lab.
        report: what was seen.
        snapshot: what the report was made of.
        hidden: what must not be in it.
        versions: of what it was seen with, as far as they were asked for.
    """
    step = report.current
    verdicts = broken(report).verdicts
    steps = [one.id for one in found.loaded.lab.steps]
    subject, seen = _object(verdicts, snapshot)
    asked = Question(
        lab=found.loaded.entry.slug,
        step=step,
        title=found.loaded.text.steps[step].title if step else "",
        number=steps.index(step) + 1 if step else 0,
        of=len(steps),
        verdicts=verdicts,
        versions={**(versions or {"python": platform.python_version()}), "os": _system()},
        subject=subject,
        object=seen,
    )
    return hidden.without(asked)


def _object(verdicts: tuple[Verdict, ...], snapshot: Snapshot) -> tuple[str, dict[str, Any]]:
    """Return the object that the first verdict is about: its broken link, where the snapshot holds it."""
    for verdict in verdicts:
        for subject in (*(cause.subject for cause in verdict.causes), verdict.subject):
            if subject and (seen := excerpt.of(snapshot, subject)):
                return subject, seen
    return "", {}


def _system() -> str:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    kernel = platform.release().partition("-")[0]  # what a builder appends may name him
    return f"{name or platform.system()} ({platform.system()} {kernel}, {platform.machine()})"
