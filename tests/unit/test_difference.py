"""What an operation changed, and the way back, over a world in memory and its recorded events."""

from pathlib import Path
from typing import Any

import pytest

from labrunner import difference
from labrunner.difference import moment, touched, undo
from labrunner.staging import Stage
from labrunner.state import journal, log
from labrunner.world.docker_engine import EngineRefused
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny

IMAGE = "localhost:5777/web:1"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(difference, "SETTLE", 0.0)
    engine = FakeEngine()
    engine.image(IMAGE)
    engine.network("lr-shop")
    session, world = begun(tiny(tmp_path), tmp_path, engine)
    sandbox: Any = object()  # only that there is one is asked
    return Stage(session, world, sandbox)


def fake(stage: Stage) -> FakeEngine:
    assert isinstance(stage.engine, FakeEngine)
    return stage.engine


def record(stage: Stage, kind: str, action: str, id_: str, **attributes: str) -> None:
    told = {"type": kind, "action": action, "id": id_, "name": "x", "attributes": attributes, "nano": 1}
    journal.append(stage.session.directory / log.FILE, told)


def test_what_was_made_since_goes_and_the_rest_stays(stage: Stage) -> None:
    kept = fake(stage).container("lr-a", IMAGE)
    before = moment(stage)
    fake(stage).image("lr-new:1")
    fake(stage).network("lr-more")
    fake(stage).container("lr-b", IMAGE, networks=["lr-shop"], volumes=[fake(stage).volume(), fake(stage).volume("v")])
    assert not moment(stage).same(before)
    assert undo(stage, before)
    assert moment(stage).same(before)
    assert list(fake(stage).objects["containers"]) == [kept]


def test_what_is_no_change_is_none(stage: Stage) -> None:
    fake(stage).container("lr-a", IMAGE)
    assert moment(stage).same(moment(stage))


@pytest.mark.parametrize("action", ["stop", "die", "rename", "exec_create: sh", "attach", "pause", "destroy", "update"])
def test_a_container_from_before_to_which_something_was_done_cannot_be_undone(stage: Stage, action: str) -> None:
    id_ = fake(stage).container("lr-a", IMAGE)
    before = moment(stage)
    record(stage, "container", action, id_)
    assert touched(stage, before)
    assert not undo(stage, before)


@pytest.mark.parametrize("action", ["top", "export", "resize", "archive-path"])
def test_to_look_at_a_container_changes_nothing(stage: Stage, action: str) -> None:
    id_ = fake(stage).container("lr-a", IMAGE)
    before = moment(stage)
    record(stage, "container", action, id_)
    assert not touched(stage, before)


def test_what_was_recorded_before_counts_for_nothing(stage: Stage) -> None:
    id_ = fake(stage).container("lr-a", IMAGE)
    record(stage, "container", "stop", id_)
    assert not touched(stage, moment(stage))


def test_a_container_from_before_that_was_put_on_a_new_network_was_touched(stage: Stage) -> None:
    id_ = fake(stage).container("lr-a", IMAGE)
    before = moment(stage)
    network = fake(stage).network("lr-more")
    record(stage, "network", "connect", network, container=id_)
    assert touched(stage, before)


def test_a_volume_from_before_that_was_mounted_may_hold_something_else_now(stage: Stage) -> None:
    fake(stage).volume("lr-data")
    before = moment(stage)
    record(stage, "volume", "mount", "lr-data", container="f" * 64)
    assert touched(stage, before)


def test_what_is_gone_from_before_cannot_be_brought_back(stage: Stage) -> None:
    fake(stage).image("lr-old:1")
    before = moment(stage)
    fake(stage).remove("images", "lr-old:1")
    assert not undo(stage, before)


def test_a_removal_that_the_daemon_refuses_is_a_replay_and_no_breakdown(stage: Stage) -> None:
    before = moment(stage)
    fake(stage).network("lr-more")

    def refuse(kind: str, name: str, *, alone: bool = False) -> bool:
        raise EngineRefused(f"{kind} {name} in use {alone}", 403)

    fake(stage).remove = refuse  # type: ignore[method-assign]
    assert not undo(stage, before)
