from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labrunner.errors import DockerDown
from labrunner.state import log, recorder
from labrunner.state.recorder import unix_time
from labrunner.state.recording import KEPT_EXECS, Recorder
from labrunner.world.docker_engine import EXEC_MARK, Inventory
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import LABEL, ROLE, Scope
from tests.tiny import begun, tiny

START = "2026-01-01T00:00:00.000000000Z"
WEB = "localhost:5777/web:1"


def recorded(engine: FakeEngine, folder: Path, before: Inventory | None = None) -> list[dict[str, Any]]:
    """Let a recorder hear everything that an engine tells, until it ends the stream."""
    scope = Scope("mine", "localhost:5777/", before or Inventory())
    Recorder(engine, scope, folder, whole=True).follow(START)
    return log.read(folder)


def actions(records: list[dict[str, Any]]) -> list[str]:
    return [f"{one['type']} {one['action']}" for one in log.events(records)]


@pytest.mark.parametrize(
    ("stamp", "unix"),
    [
        ("2026-01-01T00:00:00.123456789Z", "1767225600.123456789"),
        ("2026-01-01T00:00:00.5Z", "1767225600.500000000"),
        ("2026-01-01T00:00:00Z", "1767225600.000000000"),
        ("2026-01-01T08:00:00.123456789+08:00", "1767225600.123456789"),
        ("2026-01-01T08:00:00+08:00", "1767225600.000000000"),
        ("2025-12-31T19:00:00.1-05:00", "1767225600.100000000"),
    ],
)
def test_times_of_the_daemon_keep_their_nanoseconds(stamp: str, unix: str) -> None:
    assert unix_time(stamp) == unix


def test_only_the_labs_objects_are_recorded(tmp_path: Path) -> None:
    engine = FakeEngine()
    mine = engine.container("web", engine.image("redis:7.0"))
    before = engine.inventory()
    engine.container("lr-web", engine.image(WEB))
    engine.event("container", "die", mine, name="web", image="redis:7.0", exitCode="1")
    engine.container("theirs", "redis:7.0")
    heard = log.events(recorded(engine, tmp_path, before))
    assert {one["name"] for one in heard} <= {"lr-web", WEB}
    assert "container create" in actions(list(heard))


def test_what_bears_a_secrets_name_is_not_written_down_but_the_labs_own(tmp_path: Path) -> None:
    engine, lab = FakeEngine(), tiny(tmp_path)
    lab.prepare("docker run -d --name lr-db -e POSTGRES_PASSWORD=of-the-lab redis")
    begun(lab, tmp_path, engine)
    scope = Scope("mine", "localhost:5777/", engine.inventory())
    id_ = engine.container("lr-web", engine.image(WEB))
    env = ["API_TOKEN=of-mine", "POSTGRES_PASSWORD=of-the-lab", "TERM=xterm"]
    engine.objects["containers"][id_]["Config"]["Env"] = env
    Recorder(engine, scope, tmp_path, keeps=recorder.keeps_of(tmp_path)).follow(START)
    assert "of-mine" not in (tmp_path / log.FILE).read_text(encoding="utf-8")
    kept = next(one["inspect"]["Config"]["Env"] for one in log.events(log.read(tmp_path)) if "Config" in one["inspect"])
    assert kept == ["API_TOKEN=‹withheld›", "POSTGRES_PASSWORD=of-the-lab", "TERM=xterm"]


def test_of_a_lab_that_an_earlier_version_began_nothing_is_taken_for_a_secret(tmp_path: Path) -> None:
    (tmp_path / "recorder.json").write_text('{"url": "unix:///nowhere"}')
    assert recorder.keeps_of(tmp_path)("of-mine")


def test_a_container_of_the_users_is_not_recorded_even_by_a_lab_name(tmp_path: Path) -> None:
    engine = FakeEngine()
    mine = engine.container("lr-web", engine.image("redis:7.0"))
    before = engine.inventory()
    engine.happened.clear()
    engine.event("container", "die", mine, name="lr-web", image="redis:7.0", exitCode="1")
    assert actions(recorded(engine, tmp_path, before)) == []


def test_a_container_that_takes_a_labs_name_later_is_recorded_from_then_on(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("web", engine.image("redis:7.0"))
    engine.event("container", "rename", id_, name="lr-web", oldName="/web", image="redis:7.0")
    engine.event("container", "die", id_, name="lr-web", image="redis:7.0", exitCode="0")
    assert actions(recorded(engine, tmp_path))[-2:] == ["container rename", "container die"]


def test_a_container_that_lost_its_name_is_still_followed(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("lr-web", engine.image("redis:7.0"))
    engine.event("container", "rename", id_, name="away", oldName="/lr-web", image="redis:7.0")
    engine.event("container", "destroy", id_, name="away", image="redis:7.0")
    assert actions(recorded(engine, tmp_path))[-1] == "container destroy"


def test_what_is_done_to_a_labs_image_is_recorded_although_the_daemon_tells_no_reference(tmp_path: Path) -> None:
    engine = FakeEngine()
    mine, id_ = engine.image("redis:7.0"), engine.image("lr-recipe:1")
    engine.happened.clear()  # as for a recorder that begins when the image is there already
    for one in (id_, mine):
        for action in ("untag", "delete", "load"):
            engine.event("image", action, one, name=one)
    assert actions(recorded(engine, tmp_path)) == ["image untag", "image delete", "image load"]


def test_our_own_questions_are_no_history(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("lr-web", engine.image(WEB))
    engine.event("container", f"exec_create: sh -c true {EXEC_MARK}", id_, name="lr-web", image=WEB)
    engine.event("container", f"exec_start: sh -c true {EXEC_MARK}", id_, name="lr-web", image=WEB)
    engine.event("container", "exec_die", id_, name="lr-web", image=WEB, exitCode="0")
    probe = {LABEL: "mine", ROLE: "probe"}
    engine.event("container", "create", "f" * 64, name="bold_bell", image=WEB, **probe)
    assert actions(recorded(engine, tmp_path))[-1] == "container start"


def test_a_flood_of_execs_is_capped_and_floods_nothing_else(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("lr-web", engine.image(WEB))
    for _ in range(KEPT_EXECS + 50):
        engine.event("container", "exec_create: redis-cli ping", id_, name="lr-web", image=WEB)
    engine.event("container", "die", id_, name="lr-web", image=WEB, exitCode="0")
    heard = actions(recorded(engine, tmp_path))
    assert heard.count("container exec_create: redis-cli ping") == KEPT_EXECS
    assert heard[-1] == "container die"


def test_a_recorder_that_goes_on_repeats_nothing_and_has_no_gap(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("lr-web", engine.image(WEB))
    once = actions(recorded(engine, tmp_path))
    engine.event("container", "die", id_, name="lr-web", image=WEB, exitCode="0")
    records = recorded(engine, tmp_path)
    assert actions(records) == [*once, "container die"]
    assert log.is_complete(records, alive=True)


def test_a_daemon_that_forgot_the_last_event_leaves_a_gap(tmp_path: Path) -> None:
    engine = FakeEngine()
    id_ = engine.container("lr-web", engine.image(WEB))
    recorded(engine, tmp_path)
    engine.event("container", "die", id_, name="lr-web", image=WEB, exitCode="0")
    engine.happened = engine.happened[-1:]
    records = recorded(engine, tmp_path)
    assert actions(records)[-1] == "container die"
    assert not log.is_complete(records, alive=True)


def test_a_second_recorder_that_finds_no_event_cannot_say_it_missed_none(tmp_path: Path) -> None:
    recorded(FakeEngine(), tmp_path)
    assert log.is_complete(log.read(tmp_path), alive=True)
    assert not log.is_complete(recorded(FakeEngine(), tmp_path), alive=True)


def test_a_dead_recorder_is_a_gap_and_so_is_none_at_all() -> None:
    begun = [{"recorder": "begin", "continuous": True}]
    assert log.is_complete(begun, alive=True)
    assert not log.is_complete(begun, alive=False)
    assert not log.is_complete([], alive=True)


class Breaking(FakeEngine):
    """A daemon whose stream breaks in a way that nobody thought of."""

    def events(
        self, since: str, *, until: str = "", filters: dict[str, list[str]] | None = None
    ) -> Iterator[dict[str, Any]]:
        yield from super().events(since, until=until, filters=filters)
        if not until:
            raise self.how

    how: Exception = RuntimeError("connection broken")


@pytest.mark.parametrize("how", [RuntimeError("broken"), DockerDown("gone"), ValueError("half a line"), KeyError("x")])
def test_however_the_stream_breaks_the_recorder_ends_and_does_not_wait_for_ever(tmp_path: Path, how: Exception) -> None:
    engine = Breaking()
    engine.how = how
    engine.container("lr-web", engine.image(WEB))
    assert "container start" in actions(recorded(engine, tmp_path))
