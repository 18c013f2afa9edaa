"""What is kept of an installation, and how little can break it."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from labrunner import atomic, places
from labrunner.environment import settings
from labrunner.errors import DiskFull, UsageError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    for name in ("CACHE", "PORT", "MIRROR", "STUDENT", "LANG"):
        monkeypatch.delenv(f"LABRUNNER_{name}", raising=False)
    return tmp_path


def test_the_install_id_is_made_once() -> None:
    first = settings.load()
    assert len(first.install) == 12
    assert settings.load() == first
    assert first.name == f"labrunner-{first.install[:6]}"


def test_the_file_is_private(home: Path) -> None:
    settings.load()
    assert (home / "config" / "settings.json").stat().st_mode & 0o777 == 0o600
    assert (home / "config").stat().st_mode & 0o777 == 0o700


def test_what_is_chosen_is_kept_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(language="zh", port=6000)
    monkeypatch.setenv("LABRUNNER_PORT", "6001")
    monkeypatch.setenv("LABRUNNER_MIRROR", "m.example/")
    monkeypatch.setenv("LABRUNNER_STUDENT", "s1")
    found = settings.load()
    assert (found.language, found.port, found.mirror, found.student) == ("zh", 6001, "m.example/", "s1")
    settings.save(student="s2")
    monkeypatch.delenv("LABRUNNER_PORT")
    monkeypatch.delenv("LABRUNNER_STUDENT")
    assert (settings.load().port, settings.load().student) == (6000, "s2")


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "5777 "])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_PORT", port)
    with pytest.raises(UsageError) as wrong:
        settings.load()
    assert wrong.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00\x01"])
def test_a_corrupt_file_is_put_aside(text: str, home: Path) -> None:
    file = home / "config" / "settings.json"
    file.parent.mkdir()
    file.write_text(text)
    assert len(settings.load().install) == 12
    assert (home / "config" / "settings.json.corrupt-1").read_text() == text
    file.write_text(text)
    settings.load()
    assert (home / "config" / "settings.json.corrupt-2").exists()


@pytest.mark.parametrize(
    "wrong", [{"install": "zz"}, {"install": 7}, {"port": "5777"}, {"port": True}, {"port": 70000}, {"unknown": 1}]
)
def test_a_value_that_cannot_be_is_passed_over(wrong: dict[str, Any], home: Path) -> None:
    file = home / "config" / "settings.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"student": "s", **wrong}))
    found = settings.load()
    assert found.student == "s"
    assert found.port == settings.REGISTRY_PORT
    assert len(found.install) == 12


def test_a_full_disk_leaves_the_old_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings.load()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull) as said:
        settings.save(language="en")
    assert said.value.exit_code == 3
    monkeypatch.undo()
    monkeypatch.setenv("LABRUNNER_HOME", str(home))
    assert settings.load() == before
    assert [path.name for path in (home / "config").iterdir()] == ["settings.json"]


def test_the_cache_can_be_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.cache_dir() == home / "cache"
    monkeypatch.setenv("LABRUNNER_CACHE", "/big/disk")
    assert places.cache_dir() == Path("/big/disk")


def test_a_reader_sees_the_old_text_or_the_new(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a", "1")
    atomic.write(tmp_path / "a", "2")
    assert (tmp_path / "a").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
