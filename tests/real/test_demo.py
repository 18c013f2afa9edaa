"""A demonstration is the real thing, beside the user's own work, and gone afterwards."""

from collections.abc import Callable

import pytest

from labrunner.environment import docker_cli
from labrunner.environment.sandbox import Engine
from labrunner.world.endpoint import Endpoint
from tests.installation import LAB, Installation, processes
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(500, func_only=True)]


def test_a_demonstration_on_this_machine(own: Installation, endpoint: Endpoint) -> None:
    done = own.run("demo", LAB, limit=400)
    assert done.code == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "docker run -d --name lr-web" in done.stdout
    assert "docker rm lr-window" in done.stdout, "every step, to the end"
    for kind in ("containers", "networks", "volumes"):
        assert not docker_cli.labelled(endpoint, kind, own.install), kind
    assert not list((own.home / "state/labs").glob("*"))
    assert not processes(own.home)


@pytest.mark.parametrize("engine", ["20.10"])
def test_a_demonstration_beside_an_open_lab(machine: Callable[..., Machine], engine: Engine) -> None:
    learner = machine(engine).installation
    empty = learner.inventory()
    assert learner.run("start", LAB).code == 0
    assert learner.run("solve", "run-missing").code in (0, 1)
    before, kept = learner.inventory(), learner.state_of()
    done = learner.run("demo", LAB, limit=400)
    assert done.code == 0, done.stdout[-3000:] + done.stderr[-2000:]
    after = learner.inventory()
    assert {kind: found for kind, found in after.items() if kind != "images"} == {
        kind: found for kind, found in before.items() if kind != "images"
    }
    assert learner.state_of() == kept
    assert learner.run("check", "run-missing").code == 0
    assert learner.run("--yes", "stop").code == 0
    assert learner.inventory() == empty
