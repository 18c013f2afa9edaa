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
    after, written = now.inventory(), list((now.home / "state/labs").glob("*/*.json"))
    wiped(now, before, after)  # so that a test that fails fails alone
    for file in written:
        file.unlink()
    assert ended.code == 0, ended.stderr
    assert after == before
    assert not written


@pytest.fixture
def alone(tmp_path: Path) -> Installation:
    """An installation that is never to reach a daemon."""
    return Installation(tmp_path / "alone")


def wiped(machine: Installation, before: dict[str, set[str]], after: dict[str, set[str]]) -> None:
    """Remove whatever is there that was not; the engine is one that tests may break."""
    for kind, *words in (
        ("containers", "rm", "-f", "-v"),
        ("networks", "network", "rm"),
        ("volumes", "volume", "rm", "-f"),
        ("images", "rmi", "-f"),
    ):
        for one in after[kind] - before[kind]:
            name, _, identity = one.partition(" ")
            reference = name.partition("@")[0]
            machine.docker(*words, identity if "<none>" in reference else reference)
