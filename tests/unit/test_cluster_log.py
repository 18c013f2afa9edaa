"""The cluster's part of the recorder, over an API server that is written here."""

import os
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.errors import ClusterDown
from labrunner.state import log
from labrunner.state.cluster_log import ClusterLog, brief
from labrunner.state.mark import Kind, Mark
from labrunner.world.kube_cluster import Gone
from labrunner.world.replay_cluster import WATCHED, after

Raw = dict[str, Any]


def pod(uid: str, version: int, phase: str = "Running", **more: Any) -> Raw:
    meta = {"uid": uid, "name": uid, "resourceVersion": str(version)}
    return {"kind": "Pod", "metadata": meta, "status": {"phase": phase, **more}}


class Server:
    """Lists what it is told to, and says over a watch what it is told to; knows of Pods alone."""

    def __init__(self, *pods: Raw, version: int = 10) -> None:
        self.pods, self.version = list(pods), version
        self.says: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.asked: list[str] = []

    def list(self, version: str, kind: str, namespace: str) -> tuple[list[Raw], str]:
        del version, namespace
        return (list(self.pods) if kind == "Pod" else []), str(self.version)

    def watch(self, version: str, kind: str, namespace: str, *, resource_version: str) -> Iterator[tuple[str, Raw]]:
        del version, namespace
        mine: queue.SimpleQueue[Any] = self.says if kind == "Pod" else queue.SimpleQueue()
        if kind == "Pod":
            self.asked.append(resource_version)
        while (said := mine.get()) is not None:
            if isinstance(said, Exception):
                raise said
            yield said

    def close(self) -> None:
        self.says.put(None)


class Followed:
    """A log that a cluster is followed into."""

    def __init__(self, folder: Path, server: Server, mark: Mark | None = None) -> None:
        self.folder, self.server = folder, server
        (folder / "kubeconfig").touch()
        self.mark = mark or Mark(folder / "recorder.mark")
        before = log.read(folder)
        writer = log.Writer(folder / log.FILE)
        self.log = ClusterLog(folder / "kubeconfig", "lab", writer, self.mark, before, lambda _: server)
        self.log.begin()
        assert wait.until(lambda: self.log.listens, within=5, every=0.01)

    def records(self, count: int) -> list[Raw]:
        assert wait.until(lambda: len(log.read(self.folder)) >= count, within=5, every=0.01), log.read(self.folder)
        return log.read(self.folder)

    def pods(self) -> dict[str, str]:
        objects: dict[str, Any] = {}
        for record in log.read(self.folder):
            objects = after(objects, record)
        return {uid: raw["status"]["phase"] for uid, raw in objects.items()}


def done(records: list[Raw]) -> list[str]:
    return [f"{one['action']} {one['id']}" for one in records if one.get("type") == "object"]


def test_what_is_there_and_what_becomes_of_it_is_recorded(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3, "Pending")))
    server.says.put(("MODIFIED", pod("a", 11)))
    server.says.put(("ADDED", pod("b", 12)))
    server.says.put(("DELETED", pod("a", 13)))
    assert done(followed.records(4)) == ["ADDED a", "MODIFIED a", "ADDED b", "DELETED a"]
    assert followed.pods() == {"b": "Running"}
    assert "patch" in log.read(tmp_path)[1], "only what differs is kept"
    followed.log.close()


def test_a_new_version_of_the_same_is_no_change(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3)))
    server.says.put(("MODIFIED", pod("a", 11)))
    server.says.put(("BOOKMARK", {"metadata": {"resourceVersion": "50"}}))
    server.says.put(("MODIFIED", pod("a", 51, "Failed")))
    assert done(followed.records(2)) == ["ADDED a", "MODIFIED a"]
    followed.log.close()


def test_a_watch_goes_on_where_the_last_one_ended_also_that_of_another_recorder(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3)))
    server.says.put(("MODIFIED", pod("a", 11, "Failed")))
    server.says.put(("BOOKMARK", {"metadata": {"resourceVersion": "50"}}))
    server.says.put(None)  # the server ends the watch
    assert wait.until(lambda: server.asked == ["10", "50"], within=5, every=0.01), server.asked
    followed.mark.hears(docker=False)
    later = Server()
    again = Followed(tmp_path, later, Mark.read(tmp_path))
    later.says.put(("DELETED", pod("a", 60, "Failed")))
    assert done(again.records(3)) == ["ADDED a", "MODIFIED a", "DELETED a"]
    assert later.asked == ["50"]
    assert log.gaps(log.read(tmp_path), alive=True, mark=again.mark)[:-1] == ()
    followed.log.close()
    again.log.close()


def test_what_was_written_after_the_mark_is_not_asked_for_again(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3)))
    followed.mark.hears(docker=False)
    server.says.put(("MODIFIED", pod("a", 11, "Failed")))
    followed.records(2)
    later = Server()
    Followed(tmp_path, later, Mark.read(tmp_path)).log.close()
    assert later.asked == ["11"]
    followed.log.close()


def test_a_version_that_the_server_forgot_is_a_gap_and_what_is_there_now_is_listed(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3), pod("b", 4)))
    followed.records(2)
    server.pods, server.version = [pod("b", 90, "Failed"), pod("c", 91)], 99
    server.says.put(Gone("too old", 410))
    records = followed.records(6)
    assert done(records) == ["ADDED a", "ADDED b", "DELETED a", "MODIFIED b", "ADDED c"]
    gap = next(one for one in records if one.get("recorder") == "gap")
    assert gap["of"] == "cluster"
    assert 0 < gap["since"] <= gap["until"]
    told = log.gaps([{"recorder": "begin", "continuous": True}, *records], alive=True)
    assert [one["of"] for one in told] == ["cluster"]
    assert server.asked == ["10", "99"]
    followed.log.close()


def test_a_cluster_that_does_not_answer_is_a_gap_for_so_long_and_no_longer(tmp_path: Path) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3)))
    begun = [{"recorder": "begin", "continuous": True}]
    assert log.gaps(begun, alive=True, mark=followed.mark) == ()
    server.says.put(ClusterDown("away", hint=""))

    def gaps() -> tuple[dict[str, object], ...]:
        return tuple(log.gaps(begun, alive=True, mark=Mark.read(tmp_path)))

    assert wait.until(lambda: [(gap["of"], gap["until"]) for gap in gaps()] == [("cluster", 0)], within=5, every=0.01)
    assert wait.until(lambda: gaps() == (), within=5, every=0.01)
    assert server.asked == ["10", "10"], "nothing was missed"
    followed.log.close()


def test_a_recorder_that_is_dead_has_a_gap_in_both_since_it_heard_last(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "m", docker=7, kinds={kind: Kind("1", 9) for _, kind in WATCHED})
    found = log.gaps([{"recorder": "begin", "continuous": True}], alive=False, mark=mark)
    assert [(one["of"], one["since"], one["until"]) for one in found] == [("docker", 7, 0), ("cluster", 9, 0)]


def test_what_a_full_disk_did_not_take_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = Followed(tmp_path, server := Server(pod("a", 3)))
    followed.records(1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda *_: 0)
        server.says.put(("MODIFIED", pod("a", 11, "Failed")))
        assert wait.until(lambda: followed.mark.blind, within=5, every=0.01)
    server.says.put(("MODIFIED", pod("a", 11, "Failed")))
    assert done(followed.records(2)) == ["ADDED a", "MODIFIED a"]
    assert followed.pods() == {"a": "Failed"}
    followed.log.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"docker": 1}', '{"docker": 1, "kinds": {"Pod": [1]}}'])
def test_a_mark_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "recorder.mark").write_text(text, encoding="utf-8")
    assert (Mark.read(tmp_path).docker, Mark.read(tmp_path).kinds) == (0, {})


def test_what_is_kept_for_good_says_whose_it_is_and_how_it_is() -> None:
    told = pod("a", 3, containerStatuses=[{"name": "c", "restartCount": 2, "state": {"running": {}}}])
    told["metadata"]["ownerReferences"] = [{"uid": "R"}]
    assert brief(told) == {"phase": "Running", "restarts": 2, "owners": ["R"], "state": {"c": "running"}}
