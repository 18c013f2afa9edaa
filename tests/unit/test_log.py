"""The recorder's log: what is cut out of one that grew, and what of it is none of the lab's past."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labrunner.state import compaction, log
from labrunner.world import Docker, Snapshot
from labrunner.world.moments import KEPT, Moments

Record = dict[str, Any]
ACTIONS = ("create", "start", "pause", "unpause", "die", "destroy", "rename", "exec_create: ls", "update")
OBJECTS = ("ADDED", "MODIFIED", "DELETED")


def container(number: int, action: str, id_: str = "a") -> Record:
    attributes = {"exitCode": "3"} if action == "die" else {}
    told = {"type": "container", "action": action, "id": id_, "name": f"lr-{id_}", "attributes": attributes}
    raw = {"Id": id_, "Name": f"/lr-{id_}", "RestartCount": number, "State": {"Status": "running", "Pid": number}}
    inspect = {"inspect": raw} if action in ("create", "start", "update") else {}
    return {**told, **inspect, "nano": number}


def pod(number: int, action: str, id_: str = "p") -> Record:
    told = {"type": "object", "kind": "Pod", "action": action, "id": id_, "name": id_, "attributes": {"n": number}}
    raw = {"kind": "Pod", "metadata": {"name": id_, "uid": id_}, "status": {"n": number}}
    more = {"ADDED": {"raw": raw}, "MODIFIED": {"patch": {"status": {"n": number}}}, "DELETED": {}}[action]
    return {**told, **more, "nano": number}


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just(container), st.sampled_from(ACTIONS), st.sampled_from("ab")),
        st.tuples(st.just(pod), st.sampled_from(OBJECTS), st.sampled_from("pq")),
    ),
    min_size=1,
    max_size=60,
)


def moments(records: list[Record]) -> list[tuple[Any, Any]]:
    present = Snapshot(docker={"containers": {}}, cluster={"namespace": "l", "objects": []}, log=log.events(records))
    found = Moments(present)
    seen = [found.snapshot(number) for number in range(len(found) - 1)]
    return [(one.docker, (one.cluster or {})["objects"]) for one in seen]


@settings(max_examples=30, deadline=None)
@given(EVENTS)
def test_a_smaller_log_tells_of_the_same_last_moments(events: list[tuple[Any, str, str]]) -> None:
    told = [make(number, action, id_) for number, (make, action, id_) in enumerate(events, 1)]
    filler = [container(1000 + number, "pause" if number % 2 else "unpause", "z") for number in range(KEPT)]
    whole = [{"recorder": "begin", "continuous": True}, *told, container(999, "create", "z"), *filler]
    kept = compaction.compacted(whole)
    assert moments(kept)[-KEPT:] == moments(whole)[-KEPT:]
    assert compaction.compacted(kept) == kept, "what was made smaller is not made smaller again"
    assert log.is_complete(kept, alive=True)


def test_a_day_of_a_restart_loop_stays_small_and_its_restarts_stay_counted(tmp_path: Path) -> None:
    writer = log.Writer(tmp_path / log.FILE, largest=200_000)
    writer.append({"recorder": "begin", "continuous": True, "nano": 1})
    writer.append(container(2, "create"))
    number = 3
    for _ in range(1500):
        for action in ("start", "die"):
            writer.append(container(number, action))
            number += 1
    assert (tmp_path / log.FILE).stat().st_size < 300_000
    records = log.read(tmp_path)
    past = Docker(Snapshot(log=log.events(records))).past("lr-a")
    assert past.restarts.value == 1499
    assert past.was_created.value
    assert past.exit_code.value == 3
    assert log.is_complete(records, alive=True)
    assert Moments(Snapshot(docker={"containers": {}}, log=log.events(records))).forgotten


def test_a_log_whose_last_line_was_cut_off_goes_on_with_a_whole_one(tmp_path: Path) -> None:
    (tmp_path / log.FILE).write_text('{"type": "container", "na', encoding="utf-8")
    log.Writer(tmp_path / log.FILE).append(container(1, "create"))
    assert [one["action"] for one in log.read(tmp_path)] == ["create"]


def test_what_a_proof_undid_is_no_past(tmp_path: Path) -> None:
    before, tried, late = container(5, "create"), container(20, "create", "b"), container(40, "destroy", "b")
    undone = {"recorder": "undone", "since": 10, "nano": 30}
    kept = log.events([before, tried, undone, late, container(50, "start")])
    assert [(one["id"], one["action"]) for one in kept] == [("a", "create"), ("a", "start")]
    assert tmp_path.exists()


def test_a_begin_that_is_not_continuous_is_a_gap_from_what_was_heard_last_until_then() -> None:
    records = [
        {"recorder": "begin", "continuous": True, "nano": 1, "since": 1},
        container(5, "create"),
        {"recorder": "begin", "continuous": False, "nano": 9, "since": 6},
    ]
    assert log.gaps(records, alive=True) == ({"of": "docker", "since": 6, "until": 9},)
    assert log.since(records) == 1
    assert log.gaps(records[:2], alive=False) == ({"of": "docker", "since": 5, "until": 0},)
