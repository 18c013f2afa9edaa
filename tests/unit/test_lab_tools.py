"""What a lab's scripts find: labrunner itself, and docker compose where the machine has none."""

import subprocess
import sys
from pathlib import Path

import pytest

from labrunner.environment import build, lab_tools
from labrunner.errors import SourceMissing
from labrunner.narrate import Quiet


def docker(folder: Path, code: int) -> dict[str, str]:
    folder.mkdir()
    (folder / "docker").write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    (folder / "docker").chmod(0o700)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_a_script_finds_this_very_program(tmp_path: Path) -> None:
    env = lab_tools.with_labrunner({"PATH": "/usr/bin:/bin"}, tmp_path / "bin", client="localhost:1/client:1", port=1)
    assert (env["LABRUNNER_PORT"], env[lab_tools.CLIENT]) == ("1", "localhost:1/client:1")
    assert sys.executable in (tmp_path / "bin" / "labrunner").read_text(encoding="utf-8")
    said = subprocess.run(["labrunner", "--help"], env=env, capture_output=True, text=True, check=True, timeout=60)
    assert "check" in said.stdout


def test_a_lab_that_asks_with_no_client_names_none(tmp_path: Path) -> None:
    assert lab_tools.CLIENT not in lab_tools.with_labrunner({}, tmp_path, client="", port=1)


def test_a_machine_that_has_compose_keeps_its_own(tmp_path: Path) -> None:
    assert lab_tools.compose(docker(tmp_path / "bin", 0), tmp_path / "config", Quiet()) == {}


def test_where_there_is_no_compose_ours_is_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "built" / "bin").mkdir(parents=True)
    (tmp_path / "built" / "bin" / "docker-compose").touch()
    monkeypatch.setattr(build, "built", lambda *_: tmp_path / "built")
    found = lab_tools.compose(docker(tmp_path / "bin", 1), tmp_path / "config", Quiet())
    assert found == {"DOCKER_CONFIG": str(tmp_path / "config")}
    assert (tmp_path / "config" / "cli-plugins" / "docker-compose").exists()


def test_a_compose_that_cannot_be_had_is_said_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> Path:
        raise SourceMissing("no source has it")

    heard: list[str] = []
    narrator = Quiet()
    monkeypatch.setattr(narrator, "say", heard.append)
    monkeypatch.setattr(build, "built", missing)
    assert lab_tools.compose(docker(tmp_path / "bin", 1), tmp_path / "config", narrator) == {}
    assert heard == ["docker compose is not to be had: no source has it"]
