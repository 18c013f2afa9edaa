"""A lab followed by its events, on an engine in memory that can go away and come back."""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labrunner import Answer, Docker, expect, wait
from labrunner.errors import DockerDown, NoLabStarted
from labrunner.outcome import Outcome
from labrunner.state import journal, log
from labrunner.state.session import Session, opened
from labrunner.watch import Seen, Watch, hearing, streams
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import World
from tests.tiny import begun, step, tiny

IMAGE = "localhost:5777/web:1"
SOON = 5.0
"""Seconds in which something must be seen on a machine that does other things as well."""


class Daemon:
    """What several clients share: objects, and whether anybody answers."""

    def __init__(self) -> None:
        self.engine = FakeEngine({"cat /page": {"stdout": "web 1", "stderr": "", "exit_code": 0}})
        self.engine.image(IMAGE)
        self.is_up = True
        self.connections = 0
        self.inspected: list[str] = []
        self.lists = 0
        self.listeners: list[queue.SimpleQueue[Any]] = []
        tell = self.engine.event

        def event(*words: Any, **attributes: str) -> Any:
            told = tell(*words, **attributes)
            for listener in self.listeners:
                listener.put(told)
            return told

        self.engine.event = event  # type: ignore[method-assign]

    def goes(self) -> None:
        self.is_up = False
        self.ends_streams()

    def ends_streams(self) -> None:
        for listener in self.listeners:
            listener.put(None)
        self.listeners.clear()

    def ask(self) -> None:
        if not self.is_up:
            raise DockerDown("the Docker daemon does not answer")


class Client(FakeEngine):
    """A connection to the daemon: what it reads is the daemon's, and what it asks fails while that is away."""

    def __init__(self, daemon: Daemon) -> None:
        daemon.ask()
        daemon.connections += 1
        self.daemon = daemon
        self.__dict__.update({k: v for k, v in daemon.engine.__dict__.items() if k != "event"})

    def list(self, kind: str) -> "list[Any]":
        self.daemon.ask()
        self.daemon.lists += kind == "containers"
        return super().list(kind)

    def inspect(self, kind: str, name: str) -> Any:
        self.daemon.ask()
        self.daemon.inspected.append(f"{kind}/{name}")
        return super().inspect(kind, name)

    def ask_inside(self, container: str, command: str, *, limit: float) -> Any:
        self.daemon.ask()
        return super().ask_inside(container, command, limit=limit)

    def events(self, since: str, **_: Any) -> Iterator[Any]:
        del since
        mine: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.daemon.listeners.append(mine)
        while (told := mine.get(timeout=60)) is not None:
            yield told


class Following:
    """A watch that runs beside the test."""

    def __init__(self, found: Session, daemon: Daemon) -> None:
        self.daemon, self.session = daemon, found
        self.watch = Watch(found, lambda _: World(Client(daemon), None))
        self.looks: list[Seen] = []
        self.ended: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for seen in self.watch:
                self.looks.append(seen)
        except BaseException as ended:  # noqa: BLE001 - whatever ended it, the test looks at it
            self.ended = ended

    def outcomes(self) -> list[str]:
        return [str(one.outcome) for one in self.looks[-1].report.verdicts] if self.looks else []

    def until(self, look: Callable[[], Any]) -> Any:
        return wait.until(look, within=SOON, every=0.02)

    def sees(self, *outcomes: str) -> bool:
        return bool(self.until(lambda: self.outcomes() == [*outcomes]))

    def close(self) -> None:
        self.watch.close()
        self.daemon.goes()


@pytest.fixture
def daemon() -> Daemon:
    return Daemon()


@pytest.fixture
def following(tmp_path: Path, daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Following]:
    """A lab of three steps: run a, which answers; run b; take a away."""
    monkeypatch.setattr(streams, "FIRST", 0.05)
    monkeypatch.setattr(hearing, "BEAT", 0.1)
    monkeypatch.setattr(hearing.Hearing, "_ask_docker", lambda _: daemon.ask())
    lab = tiny(tmp_path)

    def a_runs(docker: Docker) -> None:
        expect(docker.container("lr-a").status).equals("running")

    def a_answers(page: Answer) -> None:
        expect(page.stdout).equals("web 1")

    def b_runs(docker: Docker) -> None:
        expect(docker.container("lr-b").status).equals("running")

    def a_was_removed(docker: Docker) -> None:
        expect(docker.past("lr-a").was_removed).is_there()

    first = step(lab, "a", a_runs)
    first.check(wrong={"other": "docker run x"})(a_answers)
    first.probe("cat /page", inside="lr-a")
    lab.bind({"page": first.probes[0]})
    step(lab, "b", b_runs)
    step(lab, "c", a_was_removed, undoes=(first,))
    found, _ = begun(lab, tmp_path, daemon.engine)
    made = Following(found, daemon)
    yield made
    made.close()


def run(daemon: Daemon, name: str) -> str:
    return daemon.engine.container(name, IMAGE)


def remove(following: Following, id_: str, name: str) -> None:
    following.daemon.engine.remove("containers", id_)
    following.daemon.engine.event("container", "destroy", id_, name=name, image=IMAGE)
    record = {"type": "container", "action": "destroy", "id": id_, "name": name, "attributes": {}, "nano": 1}
    journal.append(following.session.directory / log.FILE, record)


def test_what_an_event_changes_is_seen_and_kept_like_a_check(following: Following, daemon: Daemon) -> None:
    assert following.sees("fail", "fail", "blocked", "blocked")
    run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    assert following.until(lambda: opened(following.session.loaded, following.session.directory).progress.passes)
    kept = opened(following.session.loaded, following.session.directory).progress.passes
    assert set(kept) == {"a_runs", "a_answers"}
    run(daemon, "lr-b")
    assert following.sees("pass", "pass", "pass", "fail")


def test_a_change_lists_nothing_and_inspects_only_its_object(following: Following, daemon: Daemon) -> None:
    assert following.sees("fail", "fail", "blocked", "blocked")
    run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    lists = daemon.lists
    daemon.inspected.clear()
    b = run(daemon, "lr-b")
    assert following.sees("pass", "pass", "pass", "fail")
    assert daemon.lists == lists
    assert {one for one in daemon.inspected if one.startswith("containers/")} == {f"containers/{b}"}


def test_a_pass_that_the_world_takes_back_is_not_shown_any_longer(following: Following, daemon: Daemon) -> None:
    a = run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    remove(following, a, "lr-a")
    assert following.sees("fail", "fail", "blocked", "pass") or following.sees("fail", "fail", "blocked", "blocked")


def test_what_a_step_takes_away_stands_when_the_learner_has_arrived(following: Following, daemon: Daemon) -> None:
    a = run(daemon, "lr-a")
    run(daemon, "lr-b")
    assert following.sees("pass", "pass", "pass", "fail")
    remove(following, a, "lr-a")
    assert following.sees("pass", "pass", "pass", "pass")
    assert all(one.passed_at for one in following.looks[-1].report.of("a"))


def test_an_end_is_shown_on_the_events_word_before_the_daemon_lets_itself_be_asked(
    following: Following, daemon: Daemon
) -> None:
    a = run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    before = len(following.looks)
    raw = daemon.engine.objects["containers"][a]
    raw["State"] = {**raw["State"], "Status": "exited", "ExitCode": 3}
    daemon.engine.event("container", "die", a, name="lr-a", image=IMAGE, exitCode="3")
    assert following.until(lambda: len(following.looks) > before)
    first = following.looks[before]
    assert first.report.verdicts[0].found == "exited"
    assert following.until(lambda: not following.looks[-1].report.verdicts[1].passed)


def test_somebody_elses_events_cost_nothing(following: Following, daemon: Daemon) -> None:
    assert following.sees("fail", "fail", "blocked", "blocked")
    daemon.inspected.clear()
    looks = len(following.looks)
    daemon.engine.event("container", "start", "f" * 64, name="my-web", image="nginx")
    run(daemon, "lr-other")
    assert following.until(lambda: any("containers/" in one for one in daemon.inspected))
    assert f"containers/{'f' * 64}" not in daemon.inspected
    assert len(following.looks) == looks, "and what says the same is not shown again"


def test_a_daemon_that_goes_away_leaves_no_pass_to_be_seen(following: Following, daemon: Daemon) -> None:
    run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    daemon.goes()
    assert following.sees("error", "error", "error", "error")
    seen = following.looks[-1]
    assert seen.unseen[0].side == "docker"
    assert seen.unseen[0].since
    assert seen.hidden == {"a_runs", "a_answers", "b_runs", "a_was_removed"}
    assert set(opened(following.session.loaded, following.session.directory).progress.passes) == {"a_runs", "a_answers"}


def test_a_daemon_that_comes_back_is_listed_again(following: Following, daemon: Daemon) -> None:
    a = run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    daemon.goes()
    assert following.sees("error", "error", "error", "error")
    del daemon.engine.objects["containers"][a]  # while nobody looked: no event tells of it
    looks, daemon.is_up = len(following.looks), True
    assert following.sees("fail", "fail", "blocked", "blocked")
    between = following.looks[looks:]
    assert not any(one.passed for seen in between for one in seen.report.of("a")), "no stale pass on the way"
    assert not following.looks[-1].unseen


def test_a_daemon_that_falls_silent_is_noticed_by_its_heart(
    following: Following, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    monkeypatch.setattr(Client, "close", lambda self: self.daemon.ends_streams())
    daemon.is_up = False  # its stream of events stays open
    assert following.sees("error", "error", "error", "error")
    daemon.is_up = True
    assert following.sees("pass", "pass", "fail", "blocked")


def test_an_answer_that_another_command_writes_is_not_written_over(following: Following, daemon: Daemon) -> None:
    assert following.sees("fail", "fail", "blocked", "blocked")
    other = opened(following.session.loaded, following.session.directory)
    other.progress.answers["a"] = "42"
    other.save()
    run(daemon, "lr-a")
    assert following.sees("pass", "pass", "fail", "blocked")
    assert following.until(lambda: opened(other.loaded, other.directory).progress.passes)
    assert opened(other.loaded, other.directory).progress.answers == {"a": "42"}


def test_a_lab_that_is_stopped_ends_its_watch(following: Following) -> None:
    assert following.sees("fail", "fail", "blocked", "blocked")
    following.session.forget()
    assert following.until(lambda: following.ended)
    assert isinstance(following.ended, NoLabStarted)


def test_the_outcomes_of_a_look_are_those_of_a_check(following: Following, daemon: Daemon) -> None:
    from labrunner import runner

    for name in ("lr-a", "lr-b"):
        run(daemon, name)
    assert following.sees("pass", "pass", "pass", "fail")
    report, _ = runner.look(following.session, World(daemon.engine, None), patient=False)
    watched = {one.check: (one.outcome, one.expected, one.found, one.why, one.see) for one in report.verdicts}
    seen = following.looks[-1].report.verdicts
    assert {one.check: (one.outcome, one.expected, one.found, one.why, one.see) for one in seen} == watched
    assert any(one.outcome is Outcome.FAIL for one in seen)
