"""Two clocks, and one that is set back: nothing is waited for longer, and nothing is taken for known that is not."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment import outage_keeper, outage_record
from labrunner.environment.outage_record import Open
from labrunner.state import continuity
from labrunner.state.mark import MARGIN, Mark
from labrunner.world import docker_survey
from labrunner.world.fake import FakeEngine

LATE = timedelta(minutes=-10)
SECOND = 10**9


class Elsewhere(FakeEngine):
    """A daemon whose clock is another one than ours; remembers until when it was asked for events."""

    def __init__(self, off: timedelta) -> None:
        super().__init__()
        self.off = off
        self.until: list[str] = []

    def info(self) -> dict[str, Any]:
        return {"SystemTime": (datetime.now(UTC) + self.off).isoformat()}

    def events(self, since: str, *, until: str = "", filters: Any = None) -> Iterator[dict[str, Any]]:
        self.until.append(until)
        return super().events(since, until=until, filters=filters)


@pytest.mark.parametrize("off", [LATE, -LATE])
def test_a_daemon_is_asked_for_what_was_by_its_own_clock(off: timedelta) -> None:
    engine = Elsewhere(off)
    continuity.may_lack(engine, 1)
    continuity.is_known(engine, 1, "", "")
    docker_survey._recent(engine, "lr-web")
    there = (datetime.now(UTC) + off).timestamp()
    assert len(engine.until) == 3
    assert all(abs(float(until) - there) < 60 for until in engine.until), "a moment to come would be waited for"


def test_what_a_recorder_has_heard_is_marked_by_the_daemons_clock(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "mark", ahead=int(LATE.total_seconds()) * SECOND)
    mark.hears(docker=True)
    late = time.time_ns() - mark.docker - MARGIN
    assert abs(late - 600 * SECOND) < 60 * SECOND


def test_after_a_clock_was_set_back_nothing_counts_as_known() -> None:
    engine = Elsewhere(timedelta())
    engine.image("web:1")
    before = continuity.now_of(engine) - SECOND
    assert continuity.is_known(engine, before, "boot", "boot")
    engine.off = -timedelta(hours=1)
    assert not continuity.is_known(engine, before, "boot", "boot")


def test_waits_end_in_time_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    began, real = wait.now(), time.time
    monkeypatch.setattr(time, "time", lambda: real() - (3600 if wait.now() - began > 0.1 else 0))
    assert wait.until(lambda: False, within=0.3, every=0.05) is False
    assert wait.now() - began < 3


def test_an_outage_ends_in_time_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real, ended = time.time, list[str]()
    record = Open("t", "kubelet", "worker", "c", real() + 0.4, str(tmp_path), "unix:///nowhere")
    monkeypatch.setattr(outage_keeper, "EVERY", 0.05)
    monkeypatch.setattr(outage_record, "load", lambda: record)
    monkeypatch.setattr(
        outage_keeper.outages, "looked", lambda *_: monkeypatch.setattr(time, "time", lambda: real() - 3600)
    )
    monkeypatch.setattr(outage_keeper.outage, "over", lambda: ended.append("over"))

    class Looking:
        def look(self) -> dict[str, Any]:
            return {}

    began = wait.now()
    outage_keeper._watch(Looking(), record)  # type: ignore[arg-type]
    assert ended == ["over"]
    assert wait.now() - began < 10
