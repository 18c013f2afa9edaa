"""Images built on a real engine, which is left as it was found: after a build, and after a builder that was killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import cache, images, sources, target
from labrunner.environment.build import built
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Engine, Sandbox
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint

pytestmark = pytest.mark.docker
STARTED = 60.0
"""Seconds until a builder has begun a container."""


def listed(engine: Endpoint) -> list[str]:
    found = docker(engine, "images", "--all", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}").stdout
    return sorted([*found.split("\n"), *docker(engine, "ps", "--all", "--quiet").stdout.split()])


@pytest.fixture
def half_full(
    tmp_path: Path, endpoint: Endpoint, narrator: Quiet, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Path]:
    """Changes to a cache that has what trees begin from and are packed with, and nothing else."""
    env = endpoint.environ()
    made = [built(target.IMAGE + name, narrator, env) for name in ("debian", "registry")]

    def change() -> Path:
        monkeypatch.setenv("LABRUNNER_CACHE", str(tmp_path / "cache"))
        for artefact in made:
            place = cache.root() / artefact.parent.name / artefact.name
            place.parent.mkdir(parents=True)
            place.symlink_to(artefact)
        return cache.root()

    return change


@pytest.mark.parametrize("version", ["20.10", "29"])
def test_a_course_image_becomes_a_tree_and_the_engine_is_as_before(
    endpoint: Endpoint, course_registry: Registry, narrator: Quiet, half_full: Callable[[], Path], version: Engine
) -> None:
    with Sandbox(endpoint, course_registry, version, narrator=narrator) as sandbox:
        before = listed(sandbox.endpoint)
        folder = half_full()
        (tree,) = images.course_store(["till:1"], narrator, sandbox.endpoint.environ())
        assert listed(sandbox.endpoint) == before
    inside = tree / "docker/registry/v2"
    assert (inside / "repositories/till/_manifests/tags/1/current/link").read_text().startswith("sha256:")
    assert any(blob.stat().st_size > 1 << 20 for blob in (inside / "blobs").rglob("data"))
    assert list((folder / "unfinished").iterdir()) == []


def test_what_a_killed_builder_left_on_the_engine_goes_with_the_next_build(
    endpoint: Endpoint, course_registry: Registry, narrator: Quiet, half_full: Callable[[], Path]
) -> None:
    with Sandbox(endpoint, course_registry, "20.10", narrator=narrator) as sandbox:
        before = listed(sandbox.endpoint)
        half_full()
        env = sandbox.endpoint.environ()
        code = "import os; from labrunner.environment import images; from labrunner.narrate import Quiet\n"
        code += "images.course_store(['redis:7.0'], Quiet(), dict(os.environ))"
        builder = subprocess.Popen([sys.executable, "-c", code], env=env, start_new_session=True)
        try:
            assert wait.until(lambda: docker(sandbox.endpoint, "ps", "--quiet").stdout, within=STARTED)
        finally:
            os.killpg(builder.pid, signal.SIGKILL)
            builder.wait()
        assert listed(sandbox.endpoint) != before
        images.course_store(["till:1"], narrator, env)
        assert listed(sandbox.endpoint) == before


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that cannot be reached, without waiting for it."""
    monkeypatch.setattr(sources, "_pulled", lambda *_given: False)
