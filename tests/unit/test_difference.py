"""What an operation changed, and the way back, over a world in memory and its recorded events."""

import time
from pathlib import Path
from typing import Any

import pytest

from labrunner import difference
from labrunner.difference import CannotUndo, Moment, moment, touched, undo
from labrunner.errors import Fault
from labrunner.scenery import Scenery
from labrunner.staging import Stage
from labrunner.state import journal, log
from labrunner.world.docker_engine import EngineRefused, Inventory
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny

IMAGE = "localhost:5777/web:1"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
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
    event = fake(stage).event(kind, action, id_, **attributes)
    event["timeNano"] = time.time_ns()
    told = {"type": kind, "action": action, "id": id_, "name": "x", "attributes": attributes, "nano": 1}
    journal.append(stage.session.directory / log.FILE, told)


def test_what_was_made_since_goes_and_the_rest_stays(stage: Stage) -> None:
    kept = fake(stage).container("lr-a", IMAGE)
    before = moment(stage)
    fake(stage).image("lr-new:1")
    fake(stage).network("lr-more")
    fake(stage).container("lr-b", IMAGE, networks=["lr-shop"], volumes=[fake(stage).volume(), fake(stage).volume("v")])
    assert not moment(stage).same(before)
    undo(stage, before)
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
    with pytest.raises(CannotUndo):
        undo(stage, before)


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


def test_a_volume_from_before_that_was_mounted_to_be_read_is_as_it_was(stage: Stage) -> None:
    fake(stage).volume("lr-data")
    before = moment(stage)
    record(stage, "volume", "create", "lr-data")
    record(stage, "volume", "mount", "lr-data", **{"read/write": "false"})
    record(stage, "volume", "unmount", "lr-data")
    assert not touched(stage, before)


def test_an_image_goes_after_those_that_were_built_on_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = moment(stage)
    fake(stage).image("lr-below:1")
    fake(stage).image("lr-built-on-it:1")
    remove = fake(stage).remove

    def refuse(kind: str, name: str, *, alone: bool = False) -> bool:
        if name == "lr-below:1" and any("lr-built-on-it:1" in refs for refs in moment(stage).inventory.images.values()):
            raise EngineRefused("image has dependent child images", 409)
        return remove(kind, name, alone=alone)

    monkeypatch.setattr(fake(stage), "remove", refuse)
    undo(stage, before)
    assert moment(stage).same(before)


def test_a_probes_own_volume_that_goes_a_moment_later_is_no_change(stage: Stage) -> None:
    name = fake(stage).volume()
    before = moment(stage)
    fake(stage).remove("volumes", name)
    record(stage, "volume", "destroy", name)
    assert not touched(stage, before)
    assert undo(stage, before) == Scenery()


def test_what_is_gone_from_before_cannot_be_brought_back(stage: Stage) -> None:
    fake(stage).image("lr-old:1")
    before = moment(stage)
    fake(stage).remove("images", "lr-old:1")
    with pytest.raises(CannotUndo):
        undo(stage, before)


def test_an_earlier_object_of_the_cluster_that_changed_is_a_replay_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects: dict[str, tuple[Any, ...]] = {"uid-1": ("Deployment", "lr-web", "apps/v1", False, 1, ())}
    monkeypatch.setattr(difference, "_objects", lambda _: dict(objects))
    monkeypatch.setattr(difference, "_undo_objects", lambda *_: pytest.fail("it deletes, and waits"))
    before = moment(stage)
    objects["uid-1"] = ("Deployment", "lr-web", "apps/v1", False, 2, ())
    objects["uid-2"] = ("ReplicaSet", "lr-web-2", "apps/v1", True, 1, ())
    with pytest.raises(CannotUndo, match="Deployment lr-web"):
        undo(stage, before)


def test_a_removal_that_the_daemon_refuses_is_a_replay_and_no_breakdown(stage: Stage) -> None:
    before = moment(stage)
    fake(stage).network("lr-more")

    def refuse(kind: str, name: str, *, alone: bool = False) -> bool:
        raise EngineRefused(f"{kind} {name} in use {alone}", 403)

    fake(stage).remove = refuse  # type: ignore[method-assign]
    with pytest.raises(CannotUndo):
        undo(stage, before)


@pytest.fixture
def planted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A till and an image that `start` planted; what is planted anew is written down."""
    stage.session.loaded.lab.prepare("docker create --name lr-till -v lr-book:/book x")
    stage.session.loaded.lab.prepare("docker tag x lr-old:1")
    ran: list[str] = []

    def plant(_session: Any, scripts: list[str], _engine: Any) -> None:
        for script in scripts:
            ran.append(script.split(" ", 2)[1])
            if "lr-till" in script:
                fake(stage).container("lr-till", IMAGE, volumes=[fake(stage).volume("lr-book")])
            elif "lr-old" in script:
                fake(stage).image("lr-old:1")
            elif script == f"docker pull {IMAGE}":
                fake(stage).image(IMAGE)

    monkeypatch.setattr(difference, "plant", plant)
    plant(None, stage.session.loaded.lab.prepared, None)
    ran.clear()
    return ran


def test_what_was_planted_and_touched_is_planted_anew_and_nothing_else_is(stage: Stage, planted: list[str]) -> None:
    before = moment(stage)
    old = next(iter(before.containers))
    record(stage, "container", "stop", old)
    fake(stage).container("lr-new", IMAGE)
    found = undo(stage, before)
    assert found.names == {"lr-till", "lr-book"}
    assert planted == ["create"]
    assert old not in fake(stage).objects["containers"]
    assert moment(stage).same(before, found)
    assert not moment(stage).same(before)


def test_the_life_of_what_was_planted_anew_begins_there(stage: Stage, planted: list[str]) -> None:
    before = moment(stage)
    old = next(iter(before.containers))
    record(stage, "container", "create", old)
    record(stage, "container", "stop", old)
    undo(stage, before)
    assert planted
    assert not log.events(log.read(stage.session.directory))


def test_a_planted_image_that_is_gone_comes_back_and_so_does_the_courses(stage: Stage, planted: list[str]) -> None:
    before = moment(stage)
    fake(stage).remove("images", "lr-old:1")
    undo(stage, before)
    assert planted == ["tag"]


def test_an_image_that_was_planted_anew_has_another_digest_where_containerd_keeps_it() -> None:
    apart = Scenery(("commit",), references=frozenset({"lr-recipe:1"}))
    old, new = (Moment(Inventory(images={id_: ["lr-recipe:1", f"lr-recipe@sha256:{id_}"]})) for id_ in "ab")
    assert old.same(new, apart)
    assert not old.same(Moment(Inventory(images={"a": ["lr-other@sha256:a"]})), apart)


def test_what_is_planted_cannot_mend_what_an_earlier_step_made(stage: Stage, planted: list[str]) -> None:
    made = fake(stage).container("lr-web", IMAGE)
    before = moment(stage)
    till = next(id_ for id_, state in before.containers.items() if "till" in state[0])
    for id_ in (till, made):
        record(stage, "container", "stop", id_)
    with pytest.raises(CannotUndo):
        undo(stage, before)
    assert planted == []


def test_what_cannot_be_planted_anew_asks_for_a_fresh_world(
    stage: Stage, planted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = moment(stage)
    record(stage, "container", "stop", next(iter(before.containers)))

    def broken(*_: Any) -> None:
        raise Fault("preparing failed")

    monkeypatch.setattr(difference, "plant", broken)
    with pytest.raises(CannotUndo):
        undo(stage, before)
    assert planted == []


def test_what_was_pushed_is_taken_back(stage: Stage, tmp_path: Path) -> None:
    stage.pushed = tmp_path / "registry"
    tags = stage.pushed / "docker/registry/v2/repositories/lr-sign/_manifests/tags"
    before = moment(stage)
    (tags / "1" / "current").mkdir(parents=True)
    (tags / "1" / "current" / "link").write_text("sha256:aa", encoding="utf-8")
    assert not moment(stage).same(before)
    undo(stage, before)
    assert not tags.exists()


def test_a_planted_image_that_was_forced_off_its_name_goes_before_it_is_planted_anew(
    stage: Stage, planted: list[str]
) -> None:
    before = moment(stage)
    images = fake(stage).objects["images"]
    old = next(id_ for id_, raw in images.items() if raw["RepoTags"] == ["lr-old:1"])
    images[old]["RepoTags"] = []
    undo(stage, before)
    assert planted == ["tag"]
    assert old not in images


def test_what_had_no_name_before_stays(stage: Stage, planted: list[str]) -> None:
    nameless = fake(stage).image()
    before = moment(stage)
    fake(stage).image("lr-new:1")
    undo(stage, before)
    assert nameless in fake(stage).objects["images"]
    assert planted == []
