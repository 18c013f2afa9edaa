"""The Linux under Docker, and a client outside the cluster."""

import platform
from collections.abc import Callable

import pytest

from labrunner.environment import host
from labrunner.environment.docker_cli import labelled
from labrunner.environment.images import environment_image
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Sandbox
from labrunner.narrate import Quiet
from labrunner.process import TIMED_OUT, Completed
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker
BOUND = (
    'group() { sed -n "s/^[0-9]*:$1://p" /proc/self/cgroup; }; cd /sys/fs/cgroup;'
    ' cat "memory$(group memory)/memory.limit_in_bytes" memory/memory.limit_in_bytes ".$(group)/memory.max"'
    " memory.max 2>/dev/null | head -n 1"
)
"""How much memory the process itself may use: its group says so, wherever its namespaces are; cgroup v1 or v2."""


@pytest.fixture(scope="module")
def client(endpoint: Endpoint, narrator: Quiet) -> str:
    return environment_image("client", narrator, endpoint.environ())


def test_the_host_is_where_the_daemon_is(endpoint: Endpoint, course_registry: Registry, client: str) -> None:
    done = host.run_on_host(endpoint, ["cat", "/proc/sys/kernel/hostname"], client, install=course_registry.install)
    assert done.stdout.strip() == platform.node()


def test_in_a_sandbox_the_host_is_the_sandbox(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> None:
    with Sandbox(endpoint, course_registry, narrator=narrator) as sandbox:
        image = f"localhost:{course_registry.port}/client:1"
        done = host.run_on_host(sandbox.endpoint, ["hostname"], image, install=course_registry.install, limit=60)
        assert done.stdout.strip() == "sandbox"


def test_outside_is_on_our_network(endpoint: Endpoint, course_registry: Registry, client: str) -> None:
    url = f"http://{course_registry.name}:5000/v2/_catalog"
    done = host.run_outside(endpoint, ["curl", "-sS", "-m", "5", url], client, install=course_registry.install)
    assert "client" in done.stdout


@pytest.mark.parametrize("where", [host.run_on_host, host.run_outside])
def test_a_helper_is_bounded_by_the_kernel_also_on_the_host(
    endpoint: Endpoint, course_registry: Registry, client: str, where: Callable[..., Completed]
) -> None:
    done = where(endpoint, ["sh", "-c", BOUND], client, install=course_registry.install)
    assert done.stdout.strip() == str(512 << 20)


def test_a_probes_client_is_bounded_too(endpoint: Endpoint, client: str) -> None:
    engine = DockerEngine(endpoint.url)
    try:
        answer = engine.ask(image=client, command=BOUND, network="", limit=20, labels={})
    finally:
        engine.close()
    assert answer["stdout"].strip() == str(512 << 20)


def test_exit_codes_and_input_pass_through(endpoint: Endpoint, course_registry: Registry, client: str) -> None:
    install = course_registry.install
    assert host.run_on_host(endpoint, ["sh", "-c", "exit 7"], client, install=install).code == 7
    assert host.run_outside(endpoint, ["cat"], client, install=install, stdin="hello").stdout == "hello"
    assert host.attach_outside(endpoint, ["sh", "-c", "exit 3"], client, install=install, terminal=False) == 3


def test_a_helper_that_runs_too_long_is_ended_and_gone(
    endpoint: Endpoint, course_registry: Registry, client: str
) -> None:
    install = course_registry.install
    done = host.run_outside(endpoint, ["sleep", "60"], client, install=install, limit=2)
    assert done.code == TIMED_OUT
    assert not labelled(endpoint, "containers", install, "outside")
