"""The doctor on a real engine."""

import time

import pytest

from labrunner.environment import doctor
from labrunner.environment.docker_cli import inspect
from labrunner.environment.images import environment_image
from labrunner.environment.registry import Registry
from labrunner.narrate import Quiet
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker


def test_this_machine_is_fit_and_looking_changes_nothing(
    endpoint: Endpoint, course_registry: Registry, narrator: Quiet
) -> None:
    environment_image("client", narrator, endpoint.environ())
    before = _seen(endpoint)
    began = time.monotonic()
    found = {finding.id: finding for finding in doctor.examine()}
    assert time.monotonic() - began < 10
    assert doctor.lacking(list(found.values())) == []
    assert found["engine"].ok
    assert found["clock"].ok
    assert found["registry-port"].ok
    assert found["host-helper"].detail in ("full", "user-namespace")
    assert _seen(endpoint) == before
    assert inspect(endpoint, "containers", course_registry.name)["State"]["Running"]


def _seen(endpoint: Endpoint) -> list[list[str]]:
    paths = ("/containers/json?all=1", "/images/json?all=1")
    return [sorted(one["Id"] for one in endpoints.look(endpoint.url, path)[1]) for path in paths]
