"""A registry that accepts and never answers: given up after five seconds, said once, and packages take its place."""

import json
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import catalogue, sources
from labrunner.environment.workbench import Workbench
from labrunner.narrate import Quiet
from tests.faults.test_taken import listening
from tests.installation import Installation

pytestmark = [pytest.mark.docker, pytest.mark.timeout(200, func_only=True)]
PORT = 5901


def test_given_up_and_said_once(learner: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon is the one that calls the registry, so the listener is beside the daemon."""
    monkeypatch.setenv("LABRUNNER_MIRROR", f"127.0.0.1:{PORT}/")
    monkeypatch.setattr(sources, "_silent", set())
    narrator = Quiet()
    before = learner.inventory()
    with listening(learner, PORT), Workbench(learner.env()) as bench:
        began = wait.now()
        for image in [one for one in catalogue.images().values() if one.official]:
            assert sources.official(image, bench, narrator) is None
        spent = wait.now() - began
    assert [line for line in narrator.lines if f"127.0.0.1:{PORT}" in line] == narrator.lines
    assert len(narrator.lines) == 1
    assert spent < sources.ANSWER + 10, "once for all images, not once an image"
    assert learner.inventory() == before


def test_the_doctor_gives_up_too(learner: Installation, tmp_path: Path) -> None:
    assert tmp_path
    with listening(learner, PORT):
        began = wait.now()
        done = learner.run("doctor", "--json", LABRUNNER_MIRROR=f"127.0.0.1:{PORT}/")
        spent = wait.now() - began
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)
    assert done.stdout.count(f"127.0.0.1:{PORT}") >= 1
    assert spent < 60
