"""No registry, or one that never answers, and no network at all: given up soon, said once, nothing left half-made."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import catalogue, sources
from labrunner.environment.workbench import Workbench
from labrunner.narrate import Quiet
from tests.faults.test_taken import listening
from tests.installation import LAB, Installation, sentence

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


def test_one_that_is_not_there_is_said_once(learner: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_MIRROR", f"127.0.0.1:{PORT}/")
    monkeypatch.setattr(sources, "_silent", set())
    narrator = Quiet()
    with Workbench(learner.env()) as bench:
        for image in [one for one in catalogue.images().values() if one.official]:
            assert sources.official(image, bench, narrator) is None
    assert len(narrator.lines) == 1


def test_nothing_built_and_no_network(learner: Installation, tmp_path: Path) -> None:
    offline = replace(learner, before=("unshare", "--net", "--"))
    offline.environ = {**learner.environ, "LABRUNNER_CACHE": str(tmp_path / "cache")}
    done = offline.run("--yes", "start", LAB, limit=150, LABRUNNER_MIRROR=f"127.0.0.1:{PORT}/")
    assert done.code == 3, done.stderr
    assert sentence(done)
    assert done.stderr.count("gives no images here") == 1
    kept = list((tmp_path / "cache").rglob("*.tar"))
    assert not kept, "nothing half-made counts as built"
    assert learner.run("start", LAB).code == 0, "with what it needs, the same command works"


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
