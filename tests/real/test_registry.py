"""The course's registry on a real engine."""

import socket
import time

import pytest

from labrunner.environment import registry, registry_data
from labrunner.environment.docker_cli import docker, inspect
from labrunner.environment.registry import Registry
from labrunner.environment.settings import Settings
from labrunner.errors import PortTaken
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker


def up(endpoint: Endpoint, chosen: Settings, narrator: Quiet, *names: str, port: int | None = None) -> Registry:
    return registry.up(endpoint, port or chosen.port, names, narrator, chosen.install)


def test_twice_is_the_same_and_fast(
    endpoint: Endpoint, chosen: Settings, narrator: Quiet, course_registry: Registry
) -> None:
    began = time.monotonic()
    assert up(endpoint, chosen, narrator, "debian:bookworm-slim") == course_registry
    assert time.monotonic() - began < 1


def test_a_pull_is_a_real_pull(endpoint: Endpoint, course_registry: Registry) -> None:
    reference = f"localhost:{course_registry.port}/client:1"
    docker(endpoint, "pull", "--quiet", reference)
    digests = inspect(endpoint, "images", reference)["RepoDigests"]
    docker(endpoint, "rmi", reference)
    assert any(digest.startswith(f"localhost:{course_registry.port}/client@sha256:") for digest in digests)


def test_a_running_registry_serves_what_is_added(
    endpoint: Endpoint, chosen: Settings, narrator: Quiet, course_registry: Registry
) -> None:
    assert up(endpoint, chosen, narrator, "busybox:1.35").container_id == course_registry.container_id
    reference = f"localhost:{course_registry.port}/busybox:1.35"
    docker(endpoint, "pull", "--quiet", reference)
    docker(endpoint, "rmi", reference)


def test_it_is_published_on_loopback_only_and_is_ours(endpoint: Endpoint, course_registry: Registry) -> None:
    found = inspect(endpoint, "containers", course_registry.container_id)
    assert found["HostConfig"]["PortBindings"]["5000/tcp"][0]["HostIp"] == "127.0.0.1"
    assert found["Config"]["Labels"]["labrunner"] == course_registry.install
    how = found["HostConfig"]
    assert (how["Memory"], how["PidsLimit"], how["CpuQuota"]) == (512 << 20, 256, 100_000)
    assert how["LogConfig"]["Config"]["max-size"] == "2m", "a line a request, for as long as a lab is open"


def test_a_stopped_one_is_started(
    endpoint: Endpoint, chosen: Settings, narrator: Quiet, course_registry: Registry
) -> None:
    docker(endpoint, "stop", "-t", "1", course_registry.container_id)
    assert up(endpoint, chosen, narrator).container_id == course_registry.container_id
    assert registry.answers(course_registry.port)


def test_a_taken_port_names_its_holder_and_leaves_nothing(
    endpoint: Endpoint, narrator: Quiet, course_registry: Registry
) -> None:
    assert course_registry
    other = "f" * 12
    try:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(PortTaken, match=str(port)) as refused:
                registry.up(endpoint, port, [], narrator, other)
        assert "pid" in refused.value.message
        assert "LABRUNNER_PORT=" in refused.value.hint
        assert not inspect(endpoint, "containers", f"labrunner-registry-{other[:6]}")
        assert not inspect(endpoint, "networks", f"labrunner-{other[:6]}"), "nothing is half made"
    finally:
        registry.down(endpoint, other)


def test_a_port_held_by_a_container_names_the_container(
    endpoint: Endpoint, narrator: Quiet, course_registry: Registry
) -> None:
    other = "e" * 12
    try:
        with pytest.raises(PortTaken, match=course_registry.name):
            registry.up(endpoint, course_registry.port, [], narrator, other)
    finally:
        registry.down(endpoint, other)


def test_down_is_right_twice_and_up_comes_back(endpoint: Endpoint, narrator: Quiet, course_registry: Registry) -> None:
    from labrunner.environment import ports

    assert course_registry
    other, port = "d" * 12, ports.any_free()
    registry.up(endpoint, port, ["busybox:1.35"], narrator, other)
    for _ in range(2):
        registry.down(endpoint, other)
    assert not registry_data.folder(other).exists()
    assert not inspect(endpoint, "networks", f"labrunner-{other[:6]}")
    registry.up(endpoint, port, [], narrator, other)
    registry.down(endpoint, other)
