"""When an engine is started, and above all when it is not."""

import os
import shutil
from pathlib import Path

import pytest

from labrunner.environment import consent, dockerd, engine
from labrunner.errors import Declined, DockerDown, EnvironmentNotReady
from labrunner.narrate import Quiet
from labrunner.world import endpoint
from labrunner.world.endpoint import Endpoint


def down(url: str) -> Endpoint:
    raise DockerDown(f"no Docker daemon answers at {url}", hint="start it")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    monkeypatch.setattr(endpoint, "reach", down)
    monkeypatch.setattr(engine.os, "geteuid", lambda: 0)
    monkeypatch.setattr(dockerd, "installed", lambda: False)
    monkeypatch.setattr(consent, "can_install", lambda: True)
    monkeypatch.setattr(dockerd, "start", lambda: pytest.fail("started"))
    return monkeypatch


def test_a_named_daemon_that_is_dead_stays_dead(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("DOCKER_HOST", "unix:///dead.sock")
    with pytest.raises(DockerDown, match=r"dead\.sock"):
        engine.ensure(Quiet(yes=True))


def test_who_is_not_root_is_told_and_nothing_is_started(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(engine.os, "geteuid", lambda: 1000)
    with pytest.raises(DockerDown):
        engine.ensure(Quiet(yes=True))


def test_nothing_is_installed_before_the_owner_said_yes(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(consent.process, "run", lambda *_a, **_k: pytest.fail("installed"))
    narrator = Quiet()
    with pytest.raises(Declined) as said:
        engine.ensure(narrator)
    assert said.value.exit_code == 3
    assert any("apt-get install" in line and "docker.io" in line for line in narrator.lines)
    assert "--yes" in said.value.hint


def test_an_installed_engine_is_only_started(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(dockerd, "installed", lambda: True)
    bare.setattr(dockerd, "start", lambda: Endpoint(endpoint.DEFAULT, "/bin/docker", "ID", "20.10.24"))
    bare.setattr(consent, "install", lambda *_a, **_k: pytest.fail("installed"))
    assert engine.ensure(Quiet(yes=True)).daemon_id == "ID"


def test_an_engine_that_is_there_is_used_as_it_is(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(endpoint, "reach", lambda url: Endpoint(url, "/bin/docker", "ID", "29.1.0"))
    narrator = Quiet()
    assert engine.ensure(narrator).engine == "29.1.0"
    assert narrator.lines == []


@pytest.mark.parametrize(("version", "cli"), [("19.03.5", "/bin/docker"), ("20.10.1", "")])
def test_an_engine_that_is_too_old_or_has_no_program(bare: pytest.MonkeyPatch, version: str, cli: str) -> None:
    bare.setattr(endpoint, "reach", lambda url: Endpoint(url, cli, "ID", version))
    with pytest.raises(EnvironmentNotReady) as said:
        engine.ensure(Quiet())
    assert said.value.exit_code == 3


def test_the_wrapper_is_only_used_where_the_capability_is_missing(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(dockerd, "by_systemd", lambda: False)
    bare.setattr(dockerd, "bounded", lambda: False)
    assert "--default-runtime" not in dockerd.command()
    bare.setattr(dockerd, "bounded", lambda: True)
    assert "--default-runtime" in dockerd.command()
    bare.setattr(dockerd, "by_systemd", lambda: True)
    assert dockerd.command() == ["systemctl", "start", "docker"]


def test_a_running_engine_keeps_its_runtime_when_its_installation_and_the_cache_are_gone(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare.setattr(dockerd, "by_systemd", lambda: False)
    bare.setattr(dockerd, "bounded", lambda: True)
    bare.setattr(dockerd, "KEPT", tmp_path / "machine")
    home = tmp_path / "home"
    bare.setenv("LABRUNNER_HOME", str(home))
    dockerd.keep_wrapper()
    runtime = Path(next(word for word in dockerd.command() if word.startswith("bounded=")).removeprefix("bounded="))
    shutil.rmtree(home, ignore_errors=True)
    assert runtime.is_relative_to(tmp_path / "machine")
    assert os.access(runtime, os.X_OK)
    bare.setenv("LABRUNNER_HOME", str(tmp_path / "another"))
    assert str(runtime) in " ".join(dockerd.command()), "every installation of a release means the same file"
    bare.setattr(dockerd.shipped, "text", lambda _name: "#!/bin/sh\n# of the next release\n")
    assert dockerd.keep_wrapper() != runtime, "what a running engine uses is not changed under it"


def test_a_stale_pid_file_does_not_keep_an_engine_from_starting(tmp_path: Path) -> None:
    mine = Path("/proc/self/comm").read_text().strip()
    for text, program, stays in (
        (f"{os.getpid()}", mine, True),
        (f"{os.getpid()}", "dockerd", False),
        ("4194399", "x", False),
    ):
        file = tmp_path / "docker.pid"
        file.write_text(text)
        dockerd._drop_stale(file, program)
        assert file.exists() is stays
    dockerd._drop_stale(tmp_path / "none", "dockerd")
