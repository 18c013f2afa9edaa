"""The streams of a cluster's kinds: listed first, begun again where they broke, and never from too old a version."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from labrunner.environment.cluster_damage import Damaged
from labrunner.errors import ClusterDown
from labrunner.watch import streams
from labrunner.watch.eyes import Eyes
from labrunner.watch.sight import ITSELF, Became, Listed, Lost, Well
from labrunner.world.kube_cluster import Gone

Script = list[Any]


def pod(version: str, name: str = "web") -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": name, "uid": name, "resourceVersion": version}}


class Server:
    """Answers lists and watches as it was told to; a step of a watch is an event, or what it breaks with."""

    def __init__(self, lists: Script, watches: list[Script]) -> None:
        self.lists, self.watches = lists, watches
        self.asked: list[str] = []
        self.done = threading.Event()

    def list(self, version: str, kind: str, namespace: str) -> Any:
        assert (version, kind, namespace) == ("v1", "Pod", "lab")
        self.asked.append("list")
        if not self.lists:
            self.done.set()
            raise ClusterDown("no more")
        found = self.lists.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def watch(self, version: str, kind: str, namespace: str, *, resource_version: str) -> Iterator[Any]:
        assert (version, kind, namespace) == ("v1", "Pod", "lab")
        self.asked.append(f"watch {resource_version}")
        for one in self.watches.pop(0) if self.watches else [ClusterDown("no more")]:
            if isinstance(one, Exception):
                raise one
            if callable(one):
                one()
                continue
            yield one


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], list[Any]]:
    """What a stream tells until its server has said all that it was told to."""
    monkeypatch.setattr(streams, "FIRST", 0.01)

    def follow(server: Server) -> list[Any]:
        heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        closed = threading.Event()
        words = (lambda: server, "v1", "Pod", "lab", heard.put, closed)
        thread = threading.Thread(target=streams.follow_kind, args=words, daemon=True)
        thread.start()
        assert server.done.wait(10)
        closed.set()
        thread.join(10)
        assert not thread.is_alive(), "it ends when it is told to"
        found = []
        while not heard.empty():
            found.append(heard.get())
        return found

    return follow


def kinds(told: list[Any]) -> list[str]:
    return [type(one).__name__ for one in told]


def test_what_is_there_comes_first_and_then_what_becomes_of_it(told: Callable[[Server], list[Any]]) -> None:
    server = Server([([pod("5")], "7")], [[("MODIFIED", pod("8")), ("BOOKMARK", pod("20")), ClusterDown("gone")]])
    found = told(server)
    assert isinstance(found[0], Listed)
    assert found[0].raws == [pod("5")]
    assert isinstance(found[1], Became)
    assert found[1].raw == pod("8")
    assert isinstance(found[2], Lost)
    assert server.asked[:2] == ["list", "watch 7"]


def test_a_watch_that_the_server_ends_goes_on_at_the_last_version(
    told: Callable[[Server], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10000, 100))
    monkeypatch.setattr(streams.wait, "now", lambda: float(next(clock)))
    server = Server([([], "7")], [[("ADDED", pod("8")), ("BOOKMARK", pod("20"))], [ClusterDown("down")]])
    found = told(server)
    assert server.asked == ["list", "watch 7", "watch 20", "list"]
    assert kinds(found)[:3] == ["Listed", "Became", "Lost"], "an end that is no loss is not told"


def test_a_watch_that_ends_at_once_again_and_again_is_a_loss(told: Callable[[Server], list[Any]]) -> None:
    found = told(Server([([], "7")], [[]]))
    assert kinds(found)[:2] == ["Listed", "Lost"]


def test_too_old_a_version_is_listed_again_and_is_no_loss(told: Callable[[Server], list[Any]]) -> None:
    server = Server([([], "7"), ([pod("30")], "31")], [[Gone("too old", 410)], [ClusterDown("down")]])
    found = told(server)
    assert kinds(found)[:2] == ["Listed", "Listed"]
    assert server.asked[:4] == ["list", "watch 7", "list", "watch 31"]


def test_a_server_that_is_away_is_asked_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    closed = threading.Event()
    monkeypatch.setattr(closed, "wait", waits.append)
    backoff = streams.Backoff(closed)
    for _ in range(8):
        backoff.pause()
    assert waits == sorted(waits)
    assert waits[0] == streams.FIRST
    assert waits[-1] == streams.LAST
    backoff.heard()
    backoff.pause()
    assert waits[-1] == streams.FIRST


def test_a_side_that_answers_and_is_not_whole_is_not_heard_of_as_silent() -> None:
    closed, now = threading.Event(), threading.Event()
    heard: list[Any] = []
    world: Script = [None, Damaged("no DNS"), ClusterDown("silent"), None]

    def ask() -> None:
        broken = world.pop(0)
        if not world:
            closed.set()
        if broken:
            raise broken

    streams.ping("cluster", ask, 0.01, heard.append, closed, now)
    assert heard == [
        Well("cluster"),
        Lost("cluster", "no DNS", kind=ITSELF),
        Lost("cluster", "silent"),
        Well("cluster"),
    ]


def test_a_cluster_that_is_not_whole_stays_unseen_until_it_is_said_to_be_well() -> None:
    eyes = Eyes(frozenset({"Pod", ITSELF}))
    assert not eyes.found("cluster", "Pod")
    assert not eyes.sees("cluster")
    assert eyes.found("cluster", ITSELF)
    assert eyes.lost("cluster", "no DNS", ITSELF)
    eyes.found("cluster", "Pod")
    assert not eyes.sees("cluster")
    assert [one.why for one in eyes.unseen] == ["no DNS"]
    assert eyes.found("cluster", ITSELF)
    assert not eyes.unseen
