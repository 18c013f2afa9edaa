"""What a learner made beside what was asked for: listed, asked about, kept or removed; nothing of theirs touched."""

import json
from collections.abc import Callable

import pytest

from tests.installation import LAB, Installation
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]


@pytest.fixture
def learner(machine: Callable[..., Machine]) -> Installation:
    return machine().installation


def made(learner: Installation, *words: str) -> str:
    done = learner.docker(*words)
    assert done.ok, done.stderr
    return done.stdout.strip()


def test_what_derives_from_the_lab_is_asked_about(learner: Installation) -> None:
    own_volume = made(learner, "volume", "create", "work-of-months")
    before = learner.inventory()
    assert learner.run("start", LAB).code == 0
    port = learner.port
    beside = made(learner, "run", "-d", "--name", "of-mine", "-v", f"{own_volume}:/data", f"localhost:{port}/web:1")
    nameless = made(learner, "run", "-d", "-v", "/scratch", f"localhost:{port}/redis:7.0")
    asked = learner.run("stop", "--json")
    assert asked.code == 0, asked.stderr
    declined = {one["name"] for one in json.loads(asked.stdout)["declined"]}
    assert "of-mine" in declined, "nobody was there to say yes"
    kept = {one["name"]: because for one, because in json.loads(asked.stdout)["kept"]}
    assert kept.get(f"localhost:{port}/web:1", "").count("of-mine") == 1, "an image in use stays, and says whose it is"
    left = " ".join(learner.inventory()["containers"])
    assert beside in left
    assert nameless in left
    assert " lr-" not in left, "what the lab prescribes is gone without asking"
    assert learner.run("start", LAB).code == 0
    ended = learner.run("--yes", "stop", "--json")
    assert ended.code == 0, ended.stderr
    now = learner.inventory()
    assert {one for one in now["containers"] if beside in one or nameless in one}, "now they were there before"
    images = {one.partition("@")[0] for one in now["images"] - before["images"]}
    assert images == {f"localhost:{port}/{name}" for name in ("web:1", "redis:7.0")}, "what they need, and no more"
    made(learner, "rm", "-f", "-v", beside, nameless)
    for image in ("web:1", "redis:7.0"):
        learner.docker("rmi", f"localhost:{port}/{image}")
    assert learner.inventory() == before


def test_yes_removes_it_and_no_volume_of_the_users(learner: Installation) -> None:
    own_volume = made(learner, "volume", "create", "work-of-months")
    before = learner.inventory()
    assert learner.run("start", LAB).code == 0
    image = f"localhost:{learner.port}/web:1"
    made(learner, "run", "-d", "--name", "of-mine", "-v", f"{own_volume}:/data", image)
    made(learner, "tag", image, "lr-web-of-mine:1")
    assert learner.run("--yes", "stop").code == 0
    assert learner.inventory() == before


def test_an_image_that_is_in_use_stays_and_is_named(learner: Installation) -> None:
    assert learner.run("start", LAB).code == 0
    image = f"localhost:{learner.port}/web:1"
    made(learner, "pull", "-q", image)
    made(learner, "tag", image, "mine:1")
    assert learner.run("--yes", "stop").code == 0
    images = " ".join(learner.inventory()["images"])
    assert "mine:1" in images, "a name that the user gave is the user's"
    assert image not in images


def test_reset_begins_anew(learner: Installation) -> None:
    assert learner.run("start", LAB).code == 0
    assert learner.run("solve", "run-missing").code == 0 or learner.run("check", "run-missing").code == 0
    before = {one.split()[0] for one in learner.inventory()["containers"]}
    done = learner.run("--yes", "reset")
    assert done.code == 0, done.stderr
    after = learner.inventory()["containers"]
    assert not any(" lr-web" in one for one in after)
    assert not {one.split()[0] for one in after if " lr-" in one} & before, "new ones"
    assert learner.run("check").code == 1
