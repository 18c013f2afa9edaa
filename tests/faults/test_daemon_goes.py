"""A daemon that dies or falls silent in the middle: one sentence and exit 3, and the next command finds everything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from labrunner import wait
from tests.faults.relay import Relay
from tests.installation import LAB, Installation, processes, sentence
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
BOUND = 60.0
"""Seconds in which a silent daemon must be given up, on a machine that does other things as well."""


@pytest.fixture
def relayed(learner: Installation, machine: Machine, tmp_path: Path) -> Iterator[tuple[Installation, Relay]]:
    front = tmp_path / "d.sock"
    with Relay(front, machine.sandbox.endpoint.socket) as relay:
        through = replace(learner, environ={**learner.environ, "DOCKER_HOST": f"unix://{front}"})
        assert through.run("start", LAB).code == 0
        yield through, relay
        relay.works()
        assert through.run("--yes", "stop").code == 0
        assert wait.until(lambda: not processes(through.home), within=15) is True


def test_a_daemon_that_dies_in_the_middle_of_check(relayed: tuple[Installation, Relay]) -> None:
    installation, relay = relayed
    seen: list[int] = []
    for after in (0, 1, 2, 4, 8, 16):
        relay.fails(after, "dies")
        done = installation.run("check")
        seen.append(done.code)
        if relay.accepted > after:
            assert done.code == 3, f"after {after} connections: {done.stdout}{done.stderr}"
            assert sentence(done)
        relay.works()
        again = installation.run("check")
        assert again.code == 1, f"the next command works: {again.stdout}{again.stderr}"
    assert seen.count(3) >= 3, seen


def test_a_daemon_that_falls_silent_in_the_middle_of_check(relayed: tuple[Installation, Relay]) -> None:
    installation, relay = relayed
    for after in (0, 2, 5):
        relay.fails(after, "hangs")
        began = wait.now()
        done = installation.run("check", limit=BOUND * 2)
        assert done.code == 3, f"after {after} connections: {done.stdout}{done.stderr}"
        assert sentence(done)
        assert wait.now() - began < BOUND
        relay.works()
        assert installation.run("check").code == 1


def test_a_daemon_that_dies_in_the_middle_of_start(learner: Installation, machine: Machine, tmp_path: Path) -> None:
    with Relay(tmp_path / "d.sock", machine.sandbox.endpoint.socket) as relay:
        through = replace(learner, environ={**learner.environ, "DOCKER_HOST": f"unix://{tmp_path}/d.sock"})
        for after in (3, 12, 8):  # a start that has images already takes fewer
            relay.fails(after, "dies")
            done = through.run("start", LAB)
            assert done.code == 3, f"after {after} connections: {done.stdout}{done.stderr}"
            assert sentence(done)
            relay.works()
        assert through.run("start", LAB).code == 0
        assert through.run("--yes", "stop").code == 0


def test_an_engine_that_is_killed_and_started_again(learner: Installation, machine: Machine) -> None:
    assert learner.run("start", LAB).code == 0
    machine.sandbox.kill()
    dead = learner_without_network(learner).run("check")
    assert dead.code == 3
    assert sentence(dead)
    machine.sandbox.start()
    back = machine.installation
    assert back.run("check").code in (1, 4), "what was recorded may have a gap"
    assert back.run("start", LAB).code == 0


def learner_without_network(learner: Installation) -> Installation:
    """The namespace of a dead sandbox is gone; its socket's path is not."""
    return replace(learner, before=())


def test_an_engine_that_is_frozen(learner: Installation, machine: Machine) -> None:
    machine.sandbox.pause()
    try:
        began = wait.now()
        done = learner.run("start", LAB)
        assert done.code == 3
        assert sentence(done)
        assert wait.now() - began < BOUND
    finally:
        machine.sandbox.unpause()
