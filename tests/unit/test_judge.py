from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labrunner import Answer, Docker, Fact, expect
from labrunner.judge import judge
from labrunner.outcome import Outcome, Verdict
from labrunner.world import Cluster, Snapshot
from tests.tiny import loaded, step, tiny

EMPTY: dict[str, dict[str, Any]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}
SNAPSHOT = Snapshot(docker=EMPTY, cluster={"namespace": "lab", "objects": []})


def judged(folder: Path, check: Any, snapshot: Snapshot = SNAPSHOT, **values: str) -> Verdict:
    lab = tiny(folder)
    lab.value("order")
    lab.secret("half")
    step(lab, "a", check)
    return judge(loaded(lab), lab.checks[0], snapshot, values)


def dead(id_: str, code: int) -> list[dict[str, Any]]:
    told = [("create", {}), ("die", {"exitCode": str(code)}), ("destroy", {})]
    one = {"type": "container", "id": id_, "name": "lr-web", "nano": 1}
    return [{**one, "action": action, "attributes": said} for action, said in told]


def was_asked_to_stop(docker: Docker) -> None:
    past = docker.past("lr-web")
    expect(past.was_removed).is_there()
    expect(past.exit_code).equals(0)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((0,), "pass"),
        ((137,), "fail"),
        ((137, 0), "pass"),
        ((0, 137), "pass"),
        ((137, 1, 0, 137), "pass"),
        ((1, 2), "fail"),
    ],
)
def test_a_claim_that_is_true_of_one_life_of_a_name_is_true(
    tmp_path: Path, codes: tuple[int, ...], outcome: str
) -> None:
    log = [event for number, code in enumerate(codes) for event in dead(str(number), code)]
    assert judged(tmp_path, was_asked_to_stop, replace(SNAPSHOT, log=tuple(log))).outcome == outcome


def test_two_halves_of_a_claim_from_two_lives_make_no_whole(tmp_path: Path) -> None:
    unfinished = dead("b", 0)[:2]
    assert judged(tmp_path, was_asked_to_stop, replace(SNAPSHOT, log=(*dead("a", 137), *unfinished))).outcome == "fail"


def test_a_verdict_says_what_was_expected_what_is_there_and_how_to_see_it(tmp_path: Path) -> None:
    def runs(docker: Docker) -> None:
        expect(docker.container("lr-web").status).equals("running")

    verdict = judged(tmp_path, runs)
    assert (verdict.outcome, verdict.expected, verdict.found) == (Outcome.FAIL, "running", "no container lr-web")
    assert (verdict.subject, verdict.absent, verdict.see) == ("container/lr-web", True, "docker inspect lr-web")


def test_a_secret_answer_is_in_no_field_of_the_verdict(tmp_path: Path) -> None:
    def right(answer: Fact[str], half: str) -> None:
        expect(answer).equals(half)

    snapshot = replace(SNAPSHOT, answers={"a": "my guess"})
    verdict = judged(tmp_path, right, snapshot, half="s3cr3t")
    assert verdict.outcome is Outcome.FAIL
    assert "s3cr3t" not in repr(verdict)
    assert "my guess" not in repr(verdict)
    assert judged(tmp_path, right, replace(SNAPSHOT, answers={"a": "s3cr3t"}), half="s3cr3t").passed
    assert judged(tmp_path, right, half="s3cr3t").found == "no answer handed in yet"


def test_a_secret_that_a_check_compares_or_breaks_over_is_not_printed_either(tmp_path: Path) -> None:
    def compares(docker: Docker, half: str) -> None:
        expect(docker.containers_of("x")).contains(f"[{half}]")

    def breaks(docker: Docker, half: str) -> None:
        raise KeyError(f"{docker} {half}")

    for claim in (compares, breaks):
        verdict = judged(tmp_path, claim, half="s3cr3t")
        assert not verdict.passed
        assert "s3cr3t" not in repr(verdict)


def test_an_answer_to_another_step_is_none_to_this(tmp_path: Path) -> None:
    def right(answer: Fact[str]) -> None:
        expect(answer).is_there()

    assert not judged(tmp_path, right, replace(SNAPSHOT, answers={"b": "x"})).passed


@pytest.mark.parametrize("broken", [ZeroDivisionError("x"), SystemExit(0), AssertionError(), KeyError("a")])
def test_a_checker_that_breaks_or_exits_passes_nothing(tmp_path: Path, broken: BaseException) -> None:
    def odd(docker: Docker) -> None:
        del docker
        raise broken

    assert judged(tmp_path, odd).outcome is Outcome.ERROR


def test_what_was_not_looked_at_is_an_error_and_no_fail(tmp_path: Path) -> None:
    def docker_claim(docker: Docker) -> None:
        expect(docker.container("x").status).equals("running")

    def cluster_claim(cluster: Cluster) -> None:
        expect(cluster.deployment("x").replicas).equals(1)

    for claim in (docker_claim, cluster_claim):
        assert judged(tmp_path, claim, Snapshot()).outcome is Outcome.ERROR


def test_a_probe_of_no_lab_is_an_error(tmp_path: Path) -> None:
    def odd(page: Answer) -> None:
        expect(page.stdout).is_there()

    assert judged(tmp_path, odd).outcome is Outcome.ERROR


def test_a_wrong_wish_is_wrong_while_the_world_still_moves(tmp_path: Path) -> None:
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}}
    web = {"kind": "Deployment", "metadata": {"name": "web"}, "spec": spec, "status": {}}
    world = replace(SNAPSHOT, cluster={"namespace": "lab", "objects": [web]})

    def wants_three(cluster: Cluster) -> None:
        expect(cluster.deployment("web").replicas).equals(3)

    def two_are_ready(cluster: Cluster) -> None:
        expect(cluster.deployment("web").ready_replicas).equals(2)

    assert judged(tmp_path, wants_three, world).outcome is Outcome.FAIL
    assert judged(tmp_path, two_are_ready, world).outcome is Outcome.WAITING


def test_the_same_snapshot_gives_the_same_verdict(tmp_path: Path) -> None:
    log = tuple(event for number in range(5) for event in dead(str(number), number))
    snapshot = replace(SNAPSHOT, log=log)
    assert judged(tmp_path, was_asked_to_stop, snapshot) == judged(tmp_path, was_asked_to_stop, snapshot)
