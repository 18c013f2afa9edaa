"""A look that is begun before the line is read: only where the line is a plain check, and only for the same lab."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labrunner import ahead
from labrunner.errors import ClusterDown, NoLabStarted
from labrunner.world.snapshot import Snapshot


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        (["check"], True),
        (["check", "network", "--json"], True),
        (["check", "--watch"], False),
        (["check", "--help"], False),
        (["check", "--evidence", "file"], False),
        (["stop"], False),
        ([], False),
    ],
)
def test_only_a_plain_check_is_begun_early(words: list[str], *, plain: bool) -> None:
    assert ahead.is_plain(words) is plain


def prepared(monkeypatch: pytest.MonkeyPatch, directory: Path, looked: list[str]) -> None:
    lab = SimpleNamespace(probes=[], values={})
    session = SimpleNamespace(directory=directory, loaded=SimpleNamespace(lab=lab), values={}, scope=None)

    def snapshot(*given: Any) -> Snapshot:
        given[-1]()
        looked.append("looked")
        return Snapshot(taken="now")

    monkeypatch.setattr(ahead.entering, "current", lambda _: session)
    monkeypatch.setattr(ahead.entering, "connect", lambda _: SimpleNamespace(snapshot=snapshot))


def test_what_was_seen_is_taken_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looked: list[str] = []
    prepared(monkeypatch, tmp_path, looked)
    ahead.begin()
    found: Any = SimpleNamespace(directory=tmp_path)
    assert ahead.taken(found) == (Snapshot(taken="now"), {})
    assert looked == ["looked"]
    assert ahead.taken(found) is None


def test_what_was_seen_of_another_lab_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepared(monkeypatch, tmp_path, [])
    ahead.begin()
    other: Any = SimpleNamespace(directory=tmp_path / "other")
    assert ahead.taken(other) is None


def test_where_it_comes_to_nothing_the_look_that_follows_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(_: object) -> None:
        raise NoLabStarted("no lab is open")

    monkeypatch.setattr(ahead.entering, "current", none)
    ahead.begin()
    found: Any = SimpleNamespace(directory=tmp_path)
    assert ahead.taken(found) is None


@pytest.mark.parametrize(("short", "again"), [(9.0, True), (0.0, False)])
def test_a_world_that_did_not_answer_in_all_its_time_is_not_waited_for_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, short: float, *, again: bool
) -> None:
    prepared(monkeypatch, tmp_path, [])

    def silent(_: object) -> None:
        raise ClusterDown("the cluster does not answer")

    monkeypatch.setattr(ahead.entering, "connect", silent)
    monkeypatch.setattr(ahead, "SHORT", short)
    ahead.begin()
    found: Any = SimpleNamespace(directory=tmp_path)
    if again:
        assert ahead.taken(found) is None
    else:
        with pytest.raises(ClusterDown, match="does not answer"):
            ahead.taken(found)
    assert ahead.taken(found) is None, "the next look is a look"
