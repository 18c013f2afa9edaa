"""A lab made in a test, begun on an engine in memory."""

from pathlib import Path
from typing import Any

from labrunner.catalog import Entry, LoadedLab
from labrunner.lab import Lab, Step
from labrunner.state import journal, log
from labrunner.state.session import Session
from labrunner.text import LabText, StepText
from labrunner.world.endpoint import Endpoint
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import World


def tiny(folder: Path) -> Lab:
    """Return an empty lab called tiny."""
    return Lab(str(folder / "tiny" / "lab.py"))


def step(lab: Lab, id_: str, check: Any, *, undoes: tuple[Step, ...] = (), within: float = 0) -> Step:
    """Add a step with one check."""
    made = lab.step(id_, solve=f"docker run --name lr-{id_} x", undoes=undoes)
    made.check(wrong={"other": "docker run x"}, within=within)(check)
    return made


def loaded(lab: Lab) -> LoadedLab:
    """Give a lab words."""
    steps = {
        one.id: StepText(one.id, 1, "do it", {c.id: f"claim of {c.id}" for c in one.checks}, ["hint"], "why")
        for one in lab.steps
    }
    words = LabText(lab.folder / "lab.en.md", "Tiny", "", steps)
    return LoadedLab(Entry(lab.slug, "§1", lab.folder), lab, {"en": words, "zh": words})


def begun(lab: Lab, folder: Path, engine: FakeEngine) -> tuple[Session, World]:
    """Begin a lab: its session in a folder, with a log that has no gap."""
    endpoint = Endpoint("unix:///nowhere")
    found = Session(loaded(lab), folder, endpoint, "mine", "me", 5777, baseline=engine.inventory(), detached=False)
    found.progress.done = True
    journal.append(folder / log.FILE, {"recorder": "begin", "continuous": True})
    found.begin_log()
    found.save()
    return found, World(engine, None)
