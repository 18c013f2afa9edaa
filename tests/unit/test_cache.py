"""The cache: whole artefacts only, one builder at a time, nothing half-made that stays."""

import os
from pathlib import Path

import pytest

from labrunner.environment import cache
from labrunner.narrate import Quiet


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    return tmp_path


def test_the_cache_is_below_the_home_that_was_chosen(home: Path) -> None:
    assert cache.root() == home / "cache"


def begin_and_be_interrupted() -> None:
    with cache.unfinished("thing") as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt


def test_what_was_built_is_there_only_when_it_is_whole() -> None:
    place = cache.slot("thing", "abc")
    with pytest.raises(KeyboardInterrupt):
        begin_and_be_interrupted()
    assert list((cache.root() / "unfinished").iterdir()) == []
    assert not place.exists()
    with cache.unfinished("thing") as folder:
        (folder / "whole").touch()
        cache.publish(folder, place)
    assert (place / "whole").exists()


def test_the_second_of_two_builders_does_not_disturb_the_first() -> None:
    place = cache.slot("thing", "abc")
    for content in ("first", "second"):
        with cache.unfinished("thing") as folder:
            (folder / "content").write_text(content)
            cache.publish(folder, place)
    assert (place / "content").read_text() == "first"


def test_of_a_target_the_newest_two_stay() -> None:
    for age, key in enumerate(("oldest", "older", "new")):
        with cache.unfinished("thing") as folder:
            place = cache.publish(folder, cache.slot("thing", key))
        if place.exists():
            os.utime(place, (age, age))
    assert sorted(found.name for found in (cache.root() / "thing").iterdir()) == ["new", "older"]


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_builds_is_not() -> None:
    nobody = 2**22 + 1
    dead = cache.root() / "unfinished" / f"image-sandbox-20.10.{nobody}.aaaa"
    alive = cache.root() / "unfinished" / f"other.{os.getpid()}.bbbb"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
    with cache.alone("thing", Quiet()):
        assert not dead.exists()
        assert alive.exists()
