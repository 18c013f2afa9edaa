"""Interrupted anywhere: at whatever touch of the world, the next command tells the truth, and puts it right."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment.registry import Registry
from labrunner.world.endpoint import Endpoint
from tests.faults.ground import owner, planted
from tests.faults.looking_on import LookingOn
from tests.faults.striking import Case, every, quick
from tests.faults.tally import Tally
from tests.faults.walk import ORDER, Walk
from tests.gate.tally import SAID
from tests.installation import Installation
from tests.machine import Machine

WHOLE = os.environ.get("LABRUNNER_FAULTS") == "whole"
MINUTES = float(os.environ.get("LABRUNNER_FAULTS_MINUTES") or (120 if WHOLE else 5.5))
"""After so many nothing more is interrupted."""
LANES = 1 if (os.cpu_count() or 1) < 4 else 2
"""Machines that are worked on side by side."""
pytestmark = [pytest.mark.docker, pytest.mark.timeout(MINUTES * 60 + 600, func_only=True)]
Chosen = dict[tuple[str, ...], list[Case]]


@pytest.fixture
def walks(endpoint: Endpoint, course_registry: Registry, tmp_path: Path) -> Iterator[list[Walk]]:
    """Machines of learners who have things of their own, before anything is interrupted there."""
    machines = [Machine(endpoint, course_registry, tmp_path / f"m{number}") for number in range(LANES)]

    def made(machine: Machine) -> Walk:
        machine.__enter__()
        learner = owner(machine.installation, machine.home.with_name(f"{machine.home.name}-user"))
        planted(learner, course_registry.port)
        return Walk(learner, Tally())

    try:
        with ThreadPoolExecutor(LANES) as pool:
            yield list(pool.map(made, machines))
    finally:
        for machine in machines:
            machine.sandbox.close()
            machine.__exit__(None, None, None)


def test_whatever_is_interrupted_the_next_command_puts_right(
    walks: list[Walk], endpoint: Endpoint, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ends = wait.now() + MINUTES * 60
    looking_on = LookingOn(owner(Installation(tmp_path / "onlooker"), tmp_path / "onlooker-user"), endpoint, Tally())

    def over() -> bool:
        return wait.now() > ends

    with ThreadPoolExecutor(LANES + 1) as pool:
        beside = pool.submit(looking_on.go, _chosen, over)
        chosen = {words: _chosen(words, walks[0].points(words)) for words in ORDER}
        for one in [pool.submit(walk.go, _share(chosen, at), over) for at, walk in enumerate(walks)]:
            one.result()
        for walk in walks:
            walk.end()
        beside.result()
    tally = Tally.of([looking_on.tally, *(walk.tally for walk in walks)])
    request.config.stash.setdefault(SAID, []).extend(tally.lines())
    assert not tally.problems, "\n".join(tally.told())
    assert not tally.left
    assert not tally.missed or len(tally.missed) < len(tally.met) / 4, tally.missed
    assert {case.partition(":")[0] for case in tally.met} == set(tally.points), "every command was interrupted"


def _chosen(words: tuple[str, ...], labels: tuple[str, ...]) -> list[Case]:
    return list(every(words, labels)) if WHOLE else quick(words, labels)


def _share(chosen: Chosen, lane: int) -> Chosen:
    return {words: cases[lane::LANES] for words, cases in chosen.items()}
