"""A real engine, with a home of our own on it; nothing of ours is left behind, and that is looked at."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from labrunner import places
from labrunner.environment import docker_cli, engine, kind, ports, registry, sandbox_journal, settings
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Engine
from labrunner.environment.settings import Settings
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint
from tests import leftovers
from tests.installation import Installation, stopped_after
from tests.machine import Machine

FLEET = ("test_fleet.py", "test_fleet_troubles.py", "test_fleet_cluster.py")
collect_ignore = list({"class": FLEET[1:], "whole": ()}.get(os.environ.get("LABRUNNER_FLEET", ""), FLEET))
"""What takes minutes, and is a phase of its own: a class of two on a cluster; with "whole" also one of twelve to which
everything happens at once, and a Pod with a cluster in it."""
KINDS = ("containers", "networks", "volumes")
LOOK = (
    *("test_why_cluster.py", "test_outages.py", "test_cluster_damage.py"),
    *("test_limits.py", "test_rights.py", "test_cell.py", "test_addons.py"),
)
"""What needs the session's cluster whole, in this order: first what takes it as it was made, last what adds to it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what only looks at the session's cluster come before the tests that break and remove it: one is enough."""
    breaks = [item for item in items if item.path.name == "test_cluster.py"]
    looks = [item for name in LOOK for item in items if item.path.name == name]
    if breaks and looks:
        rest = [item for item in items if item not in looks]
        at = rest.index(breaks[0])
        items[:] = [*rest[:at], *looks, *rest[at:]]
    again = [item for item in items if item.name.startswith("test_a_long_nap")]
    late = [item for item in items if item.name.startswith("test_a_place_that_the_api_server_forgot")]
    if again and late:  # what it needs is a cluster that was started again
        items.remove(late[0])
        items.insert(items.index(again[0]) + 1, late[0])


@pytest.fixture(scope="session")
def narrator() -> Quiet:
    return Quiet(yes=os.environ.get("CI") == "true")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation of its own, which shares what is built."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABRUNNER_CACHE", str(places.cache_dir()))
        patch.setenv("LABRUNNER_HOME", str(folder))
        patch.setenv("LABRUNNER_PORT", str(ports.any_free()))
        with leftovers.alive(folder.parent):
            yield folder


@pytest.fixture(scope="session")
def chosen(home: Path) -> Settings:
    assert home.is_dir()
    return settings.load()


@pytest.fixture(scope="session")
def endpoint(narrator: Quiet, chosen: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The host's engine; what a run or a worker that was killed has left on it is taken away before and after."""
    found, runs = engine.ensure(narrator), tmp_path_factory.getbasetemp().parent
    leftovers.sweep(found, runs)
    yield found
    leftovers.sweep(found, runs)
    sandbox_journal.sweep(found, chosen.install)
    registry.down(found, chosen.install)
    left = {what: docker_cli.labelled(found, what, chosen.install) for what in KINDS}
    assert not any(left.values()), left


@pytest.fixture(scope="session")
def course_registry(endpoint: Endpoint, chosen: Settings, narrator: Quiet) -> Registry:
    return registry.up(endpoint, chosen.port, ["debian:bookworm-slim", "client:1"], narrator, chosen.install)


@pytest.fixture(scope="session")
def cluster(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> Iterator[KindCluster]:
    yield kind.up(endpoint, course_registry, narrator)
    kind.delete(endpoint, course_registry.install, narrator)


@pytest.fixture
def own(tmp_path: Path, endpoint: Endpoint) -> Iterator[Installation]:
    """An installation on the host's engine; everything of it is taken away at the end."""
    assert endpoint.daemon_id
    with stopped_after(Installation(tmp_path / "own")) as installation:
        yield installation


@pytest.fixture
def machine(endpoint: Endpoint, course_registry: Registry, tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    """A maker of machines with an engine that the test may break."""
    with ExitStack() as stack:

        def make(engine: Engine = "20.10") -> Machine:
            return stack.enter_context(Machine(endpoint, course_registry, tmp_path / "machine", engine))

        yield make
