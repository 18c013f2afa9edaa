from typing import Any

import pytest

from labrunner.expectation import Failure, expect
from labrunner.facts import NotRecorded
from labrunner.world import Docker, Snapshot

A, B, C = "a" * 64, "b" * 64, "c" * 64


def event(id_: str, action: str, name: str = "lr-web", **attributes: str) -> dict[str, Any]:
    return {"type": "container", "action": action, "id": id_, "name": name, "attributes": attributes, "nano": 1}


def life(id_: str, code: int, name: str = "lr-web", *, removed: bool = True) -> list[dict[str, Any]]:
    told = [event(id_, "create", name), event(id_, "start", name), event(id_, "kill", name, signal="15")]
    told.append(event(id_, "die", name, exitCode=str(code)))
    return [*told, *([event(id_, "destroy", name)] if removed else [])]


def snapshot(log: list[dict[str, Any]], *, complete: bool = True, prepared: dict[str, str] | None = None) -> Snapshot:
    return Snapshot(log=tuple(log), complete=complete, prepared=prepared or {})


def test_a_life_that_was_seen_to_its_end_is_proved() -> None:
    past = Docker(snapshot(life(A, 0))).past("lr-web")
    assert (past.was_removed.value, past.exit_code.value, past.signals.value) == (True, 0, [15])
    assert past.first_id.value == A


def test_numbers_that_a_container_has_had_are_known_as_far_as_they_were_recorded() -> None:
    starts = [{**event(A, "start"), "inspect": {"State": {"Pid": pid}}} for pid in (47, 0, 53)]
    assert Docker(snapshot([event(A, "create"), *starts])).past("lr-web").pids.value == [47, 53]
    assert Docker(snapshot([event(A, "start")], complete=False)).past("lr-web").pids.value == []


def test_a_name_that_nobody_bore_is_absent_and_no_proof() -> None:
    past = Docker(snapshot(life(A, 0, "lr-other"))).past("lr-web")
    for fact in (past.was_removed, past.exit_code, past.first_id, past.was_started, past.signals):
        assert fact.absent


def test_of_several_lives_the_last_is_told_first_and_each_can_be_asked_for() -> None:
    log = [*life(A, 137), *life(B, 0)]
    docker = Docker(snapshot(log))
    assert docker.past("lr-web").exit_code.value == 0
    assert docker.past("lr-web").first_id.value == B
    assert Docker(snapshot(log), {"lr-web": 1}).past("lr-web").exit_code.value == 137


def test_facts_of_one_past_are_of_one_life() -> None:
    docker = Docker(snapshot([*life(A, 0), event(B, "create"), event(B, "start")]))
    past = docker.past("lr-web")
    assert past.exit_code.absent
    assert past.was_removed.absent
    assert docker.lives == {"lr-web": 2}


def test_what_start_made_is_the_only_life_of_its_name() -> None:
    log = [*life(A, 137, removed=False), *life(B, 0)]
    past = Docker(snapshot(log, prepared={"lr-web": A})).past("lr-web")
    assert past.exit_code.value == 137
    assert past.was_removed.absent
    assert past.prepared_id.value == A


def test_a_container_that_was_renamed_away_is_still_that_very_one() -> None:
    log = [event(A, "rename", "lr-away", oldName="/lr-web"), event(A, "die", "lr-away", exitCode="0")]
    past = Docker(snapshot([*log, event(A, "destroy", "lr-away")], prepared={"lr-web": A})).past("lr-web")
    assert past.was_removed.value
    assert past.exit_code.value == 0


def test_another_that_took_the_name_does_not_stand_for_it() -> None:
    log = [event(A, "rename", "lr-away"), *life(B, 0)]
    assert Docker(snapshot(log, prepared={"lr-web": A})).past("lr-web").was_removed.absent


def test_in_a_gap_only_what_was_recorded_is_known() -> None:
    past = Docker(snapshot(life(A, 0, removed=False), complete=False)).past("lr-web")
    assert past.exit_code.value == 0
    with pytest.raises(NotRecorded):
        _ = past.was_removed
    with pytest.raises(NotRecorded):
        _ = past.restarts


def test_restarts_are_counted_from_the_second_start() -> None:
    log = [event(A, "create"), event(A, "start"), event(A, "die", exitCode="1"), event(A, "start")]
    assert Docker(snapshot(log)).past("lr-web").restarts.value == 1
    assert Docker(snapshot(log[:2])).past("lr-web").restarts.value == 0


def test_the_exit_code_is_that_of_the_last_process() -> None:
    log = [event(A, "die", exitCode="137"), event(A, "start"), event(A, "die", exitCode="0")]
    assert Docker(snapshot(log)).past("lr-web").exit_code.value == 0


def test_events_of_other_kinds_are_not_taken_for_a_containers() -> None:
    log = [{"type": "network", "action": "destroy", "id": A, "name": "lr-web", "attributes": {}, "nano": 1}]
    with pytest.raises(Failure):
        expect(Docker(snapshot(log)).past("lr-web").was_removed).is_there()
