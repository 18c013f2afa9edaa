"""Engines of our own in containers."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import sandbox_journal
from labrunner.environment.docker_cli import docker, inspect, labelled
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Engine, Sandbox, sweep
from labrunner.environment.settings import Settings
from labrunner.errors import DockerDown
from labrunner.narrate import Quiet
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("engine", ["20.10", "29"])
def test_a_sandbox_is_an_engine_and_leaves_nothing(
    endpoint: Endpoint, course_registry: Registry, narrator: Quiet, engine: Engine
) -> None:
    with Sandbox(endpoint, course_registry, engine, narrator=narrator) as sandbox:
        inner = sandbox.endpoint
        assert inner.daemon_id
        assert inner.daemon_id != endpoint.daemon_id
        assert inner.engine.startswith(engine) or engine == "29"
        reference = f"localhost:{course_registry.port}/client:1"
        assert docker(inner, "run", "--rm", reference, "echo", "hello").stdout == "hello\n"
        assert docker(inner, "version", "--format", "{{.Client.Version}}").ok
        assert docker(inner, "run", "-d", "--name", "frozen", "-p", "127.0.0.1::80", reference, "sleep", "60").ok
        assert docker(inner, "pause", "frozen").ok, "no signal ends it, and it must not keep the engine there"
        name = sandbox.name
        how = inspect(endpoint, "containers", name)["HostConfig"]
        assert (how["Memory"], how["PidsLimit"], how["CpuShares"]) == (3 << 30, 4096, 512)
        assert how["LogConfig"] == {"Type": "json-file", "Config": {"max-file": "2", "max-size": "2m"}}
    assert not inspect(endpoint, "containers", name)
    assert not inspect(endpoint, "volumes", name)
    assert not Path(inner.socket).parent.exists()
    sandbox.close()


def test_two_side_by_side_have_the_same_names(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> None:
    with (
        Sandbox(endpoint, course_registry, narrator=narrator) as one,
        Sandbox(endpoint, course_registry, narrator=narrator) as two,
    ):
        for sandbox in (one, two):
            docker(sandbox.endpoint, "network", "create", "lr-shop")


def test_an_engine_that_freezes_and_one_that_dies(
    endpoint: Endpoint, course_registry: Registry, narrator: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(endpoint, course_registry, narrator=narrator) as sandbox:
        sandbox.pause()
        with monkeypatch.context() as patch:
            patch.setattr(endpoints, "PATIENCE", 1.0)
            with pytest.raises(DockerDown, match="answers nothing"):
                endpoints.reach(sandbox.endpoint.url)
        sandbox.unpause()
        before = endpoints.reach(sandbox.endpoint.url)
        sandbox.kill()
        with pytest.raises(DockerDown):
            endpoints.reach(sandbox.endpoint.url)
        sandbox.start()
        assert sandbox.endpoint.daemon_id == before.daemon_id
        sandbox.stop()


MAKER = """
import sys
from labrunner.environment import registry, settings
from labrunner.environment.sandbox import Sandbox
from labrunner.narrate import Quiet
from labrunner.world import endpoint
outer, chosen = endpoint.reach(sys.argv[1]), settings.load()
course = registry.up(outer, chosen.port, [], Quiet(), chosen.install)
with Sandbox(outer, course, narrator=Quiet()) as sandbox:
    print(sandbox.name, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_maker_that_is_ended(
    endpoint: Endpoint, course_registry: Registry, chosen: Settings, sign: signal.Signals
) -> None:
    maker = subprocess.Popen(
        [sys.executable, "-c", MAKER, endpoint.url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert maker.stdout is not None
    name = maker.stdout.readline().strip()
    assert name.startswith(f"labrunner-sandbox-{course_registry.install[:6]}")
    assert name not in sweep(endpoint, chosen.install), "its maker lives"
    maker.send_signal(sign)
    maker.communicate(timeout=30)
    swept = sweep(endpoint, chosen.install)
    assert swept == ([] if sign == signal.SIGINT else [name])
    assert not inspect(endpoint, "containers", name)
    assert not sandbox_journal.socket_folder(name).exists()


def test_a_start_that_is_interrupted_leaves_nothing(
    endpoint: Endpoint, course_registry: Registry, chosen: Settings
) -> None:
    assert course_registry
    for after in (0.35, 0.6, 0.9):
        maker = subprocess.Popen(
            [sys.executable, "-c", MAKER, endpoint.url],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait.pause(after)
        maker.send_signal(signal.SIGINT)
        maker.communicate(timeout=30)
        sweep(endpoint, chosen.install)
        assert not labelled(endpoint, "containers", chosen.install, "sandbox")
        assert not labelled(endpoint, "volumes", chosen.install, "sandbox")
