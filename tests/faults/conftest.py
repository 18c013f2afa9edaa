"""A learner's machine whose engine may break, shared by the tests; each leaves it as it found it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.environment.registry import Registry
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation
from tests.machine import Machine
from tests.real.conftest import chosen, course_registry, endpoint, home, narrator, own

__all__ = ["chosen", "course_registry", "endpoint", "home", "narrator", "own"]


@pytest.fixture(scope="session")
def machine(
    endpoint: Endpoint,
    course_registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machine]:
    with Machine(endpoint, course_registry, tmp_path_factory.mktemp("learner")) as found:
        yield found


@pytest.fixture
def learner(machine: Machine) -> Iterator[Installation]:
    """The learner at that machine; whatever a test did, `stop` leaves nothing that was not there before."""
    found = machine.installation
    before = found.inventory()
    yield found
    now = machine.installation  # the engine may be another process by now
    ended = now.run("--yes", "stop", "--all")
    assert ended.code == 0, ended.stderr
    assert now.inventory() == before
    assert not list((now.home / "state/labs").glob("*/*.json"))


@pytest.fixture
def alone(tmp_path: Path) -> Installation:
    """An installation that is never to reach a daemon."""
    return Installation(tmp_path / "alone")
