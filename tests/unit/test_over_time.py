"""Claims about the past, applied to logs that are written here."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labrunner import Cluster, Docker, ever, expect, sequence, stable
from labrunner.errors import LabBroken
from labrunner.judge import judge
from labrunner.outcome import Outcome, Verdict
from labrunner.when import When
from labrunner.world import Snapshot
from labrunner.world.moments import KEPT, NANO, utc
from tests.tiny import loaded, tiny

A = "a" * 64
ZERO = 1_800_000_000 * NANO


def container(status: str, **more: Any) -> dict[str, Any]:
    base = {"Id": A, "Name": "/lr-web", "RestartCount": 0, "Config": {"Image": "x"}, "HostConfig": {}}
    return {**base, "State": {"Status": status, "ExitCode": 0, "StartedAt": utc(ZERO)}, **more}


def event(second: float, action: str, **attributes: str) -> dict[str, Any]:
    told = {"type": "container", "action": action, "id": A, "name": "lr-web", "attributes": attributes}
    raw = {"inspect": container("running")} if action in ("create", "start") else {}
    return {**told, **raw, "nano": ZERO + int(second * NANO)}


def world(
    *log: dict[str, Any], now: float, status: str = "running", gaps: tuple[tuple[float, float], ...] = (), **more: Any
) -> Snapshot:
    """Return the world as it is some seconds after ZERO, with what was recorded until then."""
    began = max((one["nano"] for one in log if one["action"] == "start"), default=ZERO)
    raw = container(status, **more)
    raw["State"]["StartedAt"] = utc(began)
    told = tuple(
        {"of": "docker", "since": ZERO + int(a * NANO), "until": ZERO + int(b * NANO) if b else 0} for a, b in gaps
    )
    there = {A: raw} if status != "gone" else {}
    return Snapshot(
        docker={"containers": there, "networks": {}, "volumes": {}, "images": {}},
        log=log,
        complete=not gaps,
        gaps=told,
        since=ZERO,
        taken=utc(ZERO + int(now * NANO)),
    )


def runs(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("running")


def stands_still(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("paused")


def is_over(docker: Docker) -> None:
    expect(docker.container("lr-web").status).equals("exited")


def judged(folder: Path, when: When, snapshot: Snapshot, claim: Any = runs) -> Verdict:
    lab = tiny(folder)
    lab.step("a", solve="docker run --name lr-web x").check(wrong={"other": "docker run x"}, when=when)(claim)
    return judge(loaded(lab), lab.checks[0], snapshot, {})


BEGUN = (event(1, "create"), event(2, "start"))


def test_what_was_true_once_is_true_ever_and_the_verdict_says_when(tmp_path: Path) -> None:
    seen = world(*BEGUN, event(5, "die", exitCode="0"), now=60, status="exited")
    verdict = judged(tmp_path, ever, seen)
    assert verdict.outcome is Outcome.PASS
    assert utc(ZERO + 2 * NANO) in verdict.source
    assert "UTC" in verdict.why


def test_what_was_never_true_fails_with_what_is_there_now(tmp_path: Path) -> None:
    verdict = judged(tmp_path, ever, world(*BEGUN, now=60), stands_still)
    assert (verdict.outcome, verdict.expected, verdict.found) == (Outcome.FAIL, "paused", "running")
    assert "since start" in verdict.why


def test_what_was_not_seen_and_may_be_in_a_gap_is_neither_true_nor_false(tmp_path: Path) -> None:
    verdict = judged(tmp_path, ever, world(*BEGUN, now=60, gaps=((10, 20),)), stands_still)
    assert verdict.outcome is Outcome.ERROR
    assert "cannot know" in verdict.why
    assert "labrunner reset" in verdict.why


def test_what_was_seen_stands_whatever_the_log_lacks_elsewhere(tmp_path: Path) -> None:
    seen = world(*BEGUN, event(5, "die", exitCode="0"), now=60, status="exited", gaps=((10, 0),))
    assert judged(tmp_path, ever, seen).passed


def test_what_is_true_now_is_true_ever_although_nothing_was_recorded(tmp_path: Path) -> None:
    assert judged(tmp_path, ever, world(now=5, gaps=((0, 0),))).passed


def test_a_gap_in_the_clusters_log_is_none_in_dockers(tmp_path: Path) -> None:
    seen = world(*BEGUN, now=60)
    seen = replace(seen, gaps=({"of": "cluster", "since": ZERO, "until": 0},))
    assert judged(tmp_path, ever, seen, stands_still).outcome is Outcome.FAIL
    assert judged(tmp_path, stable(30), seen).passed


@pytest.mark.parametrize(("now", "outcome"), [(31.9, "waiting"), (32, "pass"), (300, "pass")])
def test_stable_needs_its_seconds(tmp_path: Path, now: float, outcome: str) -> None:
    assert judged(tmp_path, stable(30), world(*BEGUN, now=now)).outcome == outcome


def test_stable_says_how_long_it_has_been_true(tmp_path: Path) -> None:
    assert "true for 12 of 30 s" in judged(tmp_path, stable(30), world(*BEGUN, now=14)).why


def test_stable_that_is_not_true_now_is_as_the_present_says(tmp_path: Path) -> None:
    seen = world(*BEGUN, event(50, "pause"), now=60, status="paused")
    assert judged(tmp_path, stable(30), seen).outcome is Outcome.FAIL


def test_a_moment_away_from_true_begins_stable_again(tmp_path: Path) -> None:
    blip = (*BEGUN, event(40, "pause"), event(40.1, "unpause"))
    assert judged(tmp_path, stable(30), world(*blip, now=60)).outcome is Outcome.WAITING
    assert judged(tmp_path, stable(30), world(*blip, now=70.2)).passed


def test_changes_that_leave_the_claim_true_do_not_begin_stable_again(tmp_path: Path) -> None:
    log = (*BEGUN, *(event(second, "exec_create: ls") for second in range(3, 30)), event(31, "rename"))
    assert judged(tmp_path, stable(29), world(*log, now=32)).passed


def test_a_restart_that_the_log_does_not_know_yet_begins_stable_again(tmp_path: Path) -> None:
    seen = world(*BEGUN, now=60)
    again = container("running")
    again["State"]["StartedAt"] = utc(ZERO + 59 * NANO)
    late = replace(seen, docker={**(seen.docker or {}), "containers": {A: again}})
    assert judged(tmp_path, stable(30), seen).passed
    assert judged(tmp_path, stable(30), late).outcome is Outcome.WAITING


def test_a_gap_before_the_window_does_not_matter_and_one_in_it_is_waited_out(tmp_path: Path) -> None:
    assert judged(tmp_path, stable(30), world(*BEGUN, now=60, gaps=((5, 29),))).passed
    inside = judged(tmp_path, stable(30), world(*BEGUN, now=60, gaps=((35, 50),)))
    assert inside.outcome is Outcome.WAITING
    assert "10 of 30 s" in inside.why
    assert "cannot be known" in inside.why


def test_a_gap_that_is_open_is_no_time_in_which_anything_was_stable(tmp_path: Path) -> None:
    verdict = judged(tmp_path, stable(30), world(*BEGUN, now=60, gaps=((50, 0),)))
    assert verdict.outcome is Outcome.ERROR
    assert "cannot know" in verdict.why
    assert "labrunner start" in verdict.why


def test_claims_in_their_order_pass_and_others_in_between_do_not_matter(tmp_path: Path) -> None:
    log = (*BEGUN, event(3, "pause"), event(4, "unpause"), event(5, "die", exitCode="0"))
    seen = world(*log, now=60, status="exited")
    assert judged(tmp_path, sequence(runs, stands_still), seen, is_over).passed
    assert judged(tmp_path, sequence(stands_still), seen, is_over).passed
    assert judged(tmp_path, sequence(stands_still, runs), seen, is_over).passed


def test_claims_out_of_their_order_fail_and_the_verdict_names_the_one_that_is_missing(tmp_path: Path) -> None:
    log = (*BEGUN, event(3, "pause"), event(4, "unpause"), event(5, "die", exitCode="0"))
    seen = world(*log, now=60, status="exited")
    verdict = judged(tmp_path, sequence(is_over), seen, stands_still)
    assert verdict.outcome is Outcome.FAIL
    assert "stands still" in verdict.why
    assert "is over" in verdict.why
    assert judged(tmp_path, sequence(is_over), world(*BEGUN, now=60), runs).outcome is Outcome.FAIL


def test_two_claims_of_one_moment_are_no_sequence(tmp_path: Path) -> None:
    assert judged(tmp_path, sequence(is_over), world(now=9, status="exited"), is_over).outcome is Outcome.FAIL


def test_a_claim_that_breaks_is_an_error_and_no_fail(tmp_path: Path) -> None:
    def odd(docker: Docker) -> None:
        raise ZeroDivisionError(str(docker))

    for when in (ever, stable(3), sequence(runs)):
        assert judged(tmp_path, when, world(*BEGUN, now=60), odd).outcome is Outcome.ERROR


def test_an_image_of_the_past_is_not_known(tmp_path: Path) -> None:
    def image(docker: Docker) -> None:
        expect(docker.image("lr-x:1").id).is_there()

    assert judged(tmp_path, ever, world(*BEGUN, now=60), image).outcome is Outcome.ERROR


def test_more_changes_than_are_kept_are_forgotten_and_that_is_said(tmp_path: Path) -> None:
    flips = [event(3 + n / 10, "pause" if n % 2 == 0 else "unpause") for n in range(KEPT + 10)]
    seen = world(*BEGUN, *flips, now=60)
    verdict = judged(tmp_path, ever, seen, is_over)
    assert verdict.outcome is Outcome.ERROR
    assert "forgotten" in verdict.why
    assert judged(tmp_path, ever, seen, stands_still).passed


CRASHES = [one for n in range(4) for one in (event(2 + 5 * n, "start"), event(6 + 5 * n, "die", exitCode="1"))]


@pytest.mark.parametrize("when", [When("now"), stable(1)])
def test_between_two_crashes_nothing_passes(tmp_path: Path, when: When) -> None:
    for crashes in range(1, 5):
        last = 2 + 5 * crashes
        log = (event(1, "create"), *CRASHES[: 2 * crashes], event(last, "start"))
        verdict = judged(tmp_path, when, world(*log, now=last + 3.9, RestartCount=crashes))
        assert verdict.outcome is (Outcome.FAIL if crashes >= 3 else Outcome.WAITING), (crashes, verdict.why)
        assert "crashed" in verdict.why
        assert judged(tmp_path, when, world(*log, now=last + 11, RestartCount=crashes)).passed, "it has settled"


def test_a_restart_that_was_asked_for_is_no_crash(tmp_path: Path) -> None:
    log = (*BEGUN, event(5, "kill", signal="15"), event(5.1, "die", exitCode="0"), event(5.2, "start"))
    assert judged(tmp_path, When("now"), world(*log, now=6)).passed


def test_one_crash_after_a_long_life_is_no_loop(tmp_path: Path) -> None:
    log = (*BEGUN, event(200, "die", exitCode="137"), event(200.2, "start"))
    assert judged(tmp_path, When("now"), world(*log, now=201, RestartCount=1)).passed


def test_a_claim_about_the_loop_itself_is_not_held_up(tmp_path: Path) -> None:
    def comes_again(docker: Docker) -> None:
        expect(docker.container("lr-web").restart_policy).equals("always")

    log = (event(1, "create"), *CRASHES, event(22, "start"))
    policy = {"RestartPolicy": {"Name": "always"}}
    seen = world(*log, now=23, RestartCount=4, HostConfig=policy)
    assert judged(tmp_path, When("now"), seen, comes_again).passed


def pod(*, ready: bool, restarts: int, began: float, last: tuple[float, float] | None) -> dict[str, Any]:
    ended = {
        "terminated": {"startedAt": utc(ZERO + int(last[0] * NANO)), "finishedAt": utc(ZERO + int(last[1] * NANO))}
    }
    one = {
        "name": "c",
        "restartCount": restarts,
        "state": {"running": {"startedAt": utc(ZERO + int(began * NANO))}},
        "lastState": ended if last else {},
    }
    conditions = [{"type": "Ready", "status": str(ready)}]
    status = {"phase": "Running", "conditions": conditions, "containerStatuses": [one]}
    return {"kind": "Pod", "metadata": {"name": "p", "uid": "P", "labels": {"app": "web"}}, "status": status}


@pytest.mark.parametrize(("up", "outcome"), [(1, "waiting"), (11, "waiting"), (17, "pass")])
def test_a_deployment_whose_pod_crashes_again_and_again_is_not_ready(tmp_path: Path, up: float, outcome: str) -> None:
    def ready(cluster: Cluster) -> None:
        expect(cluster.deployment("web").ready_replicas).equals(1)

    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}}
    status = {"readyReplicas": 1, "updatedReplicas": 1, "replicas": 1}
    web = {"kind": "Deployment", "metadata": {"name": "web", "uid": "D"}, "spec": spec, "status": status}
    objects = [web, pod(ready=True, restarts=2, began=100, last=(80, 88))]
    seen = Snapshot(cluster={"namespace": "lab", "objects": objects}, taken=utc(ZERO + int((100 + up) * NANO)))
    assert judged(tmp_path, When("now"), seen, ready).outcome == outcome


@pytest.mark.parametrize("seconds", [0, -1, 601, float("nan")])
def test_stable_is_some_seconds(seconds: float) -> None:
    with pytest.raises(LabBroken):
        stable(seconds)


def test_a_sequence_of_nothing_does_not_load() -> None:
    with pytest.raises(LabBroken):
        sequence()


def test_a_claim_about_the_past_that_asks_a_probe_does_not_load(tmp_path: Path) -> None:
    def heard(page: Any) -> None:
        expect(page.stdout).is_there()

    def told(answer: Any) -> None:
        expect(answer).is_there()

    for claim, when in ((heard, ever), (told, ever), (runs, sequence(heard))):
        lab = tiny(tmp_path)
        made = lab.step("a", solve="docker run --name lr-web x")
        probe = made.probe("true", at="host")
        made.check(wrong={"other": "docker run x"}, when=when)(claim)
        with pytest.raises(LabBroken, match="is of now"):
            lab.bind({"page": probe})
