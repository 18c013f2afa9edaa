"""`check --watch` on a real engine and the real cluster: what it sees, how soon, and what it shows when it is blind."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from labrunner import catalog, process, wait
from labrunner.entering import environ
from labrunner.environment import surroundings
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.narrate import Quiet
from labrunner.staging import Stage, staged
from labrunner.watch import Seen, Watch
from labrunner.world.endpoint import Endpoint
from tests.installation import LAB, Installation
from tests.machine import Machine

if TYPE_CHECKING:
    import subprocess

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300, func_only=True)]
SOON = 25.0
"""Seconds in which something must be seen on a machine that does other things as well."""


@dataclass
class Records:
    """What a watch that runs as a program has printed, record by record."""

    program: "subprocess.Popen[str]"
    found: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        """Take what is printed until its end; in a thread."""
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self.found.append(json.loads(line))

    def outcomes(self, number: int = -1) -> dict[str, str]:
        return {one["check"]: one["outcome"] for one in self.found[number]["verdicts"]} if self.found else {}

    def until(self, **outcomes: str) -> int:
        """Wait until these checks have these outcomes; returns how many records there are."""
        seen = wait.until(lambda: outcomes.items() <= self.outcomes().items(), within=SOON, every=0.02)
        assert seen, (outcomes, self.outcomes(), self.found[-1].get("unseen") if self.found else None)
        return len(self.found)


@pytest.fixture
def learner(machine: Callable[..., Machine]) -> Machine:
    made = machine()
    done = made.installation.run("start", LAB)
    assert done.code == 0, done.stderr
    return made


@pytest.fixture
def watched(learner: Machine) -> Iterator[Records]:
    program = learner.installation.begin("check", "--watch", "--json")
    records = Records(program)
    thread = threading.Thread(target=records.read, daemon=True)
    thread.start()
    yield records
    if program.poll() is None:
        program.kill()
    program.wait(10)


RUNS, ANSWERS = "web_runs_from_the_pulled_image", "web_answers"


def never_passed(records: Records, since: int, until: int) -> bool:
    return all(
        records.outcomes(number).get(check) != "pass" for number in range(since, until) for check in (RUNS, ANSWERS)
    )


def told_events(here: Installation) -> int:
    return len(here.docker("events", "--since", "60m", "--until", "0s").stdout.splitlines())


def test_a_daemon_that_is_watched_killed_restarted_and_frozen(learner: Machine, watched: Records) -> None:
    here = learner.installation
    watched.until(**{RUNS: "fail", ANSWERS: "fail"})
    assert here.docker("run", "-d", "--name", "lr-web", f"localhost:{here.port}/web:1").ok
    watched.until(**{RUNS: "pass", ANSWERS: "pass"})
    assert wait.until(lambda: set(here.state_of()["progress"]["passes"]) >= {RUNS, ANSWERS}, within=SOON), "kept"

    for words in (
        ("pull", f"localhost:{here.port}/web:2"),
        ("network", "create", "lr-shop"),
        ("run", "-d", "--name", "lr-store", "--network", "lr-shop", f"localhost:{here.port}/redis:7.0"),
    ):
        assert here.docker(*words).ok
    shown = watched.until(store_answers_by_name="pass", desk_reaches_the_store="fail")
    before = told_events(here)
    wait.pause(7)  # the current step's probes are asked again in it, twice
    assert told_events(here) > before, "they were asked"
    assert len(watched.found) <= shown + 1, "and what they made happen woke nobody"

    learner.sandbox.kill()
    blind = watched.until(**{RUNS: "error", ANSWERS: "error"})
    assert watched.found[-1]["unseen"][0]["side"] == "docker"
    assert set(watched.found[-1]["hidden"]) >= {RUNS, ANSWERS}
    learner.sandbox.start()
    back = watched.until(**{RUNS: "fail", ANSWERS: "fail"})  # the container has ended with the engine
    assert never_passed(watched, blind, back), "no stale pass"
    assert not watched.found[-1]["unseen"]
    assert docker(learner.sandbox.endpoint, "start", "lr-web").ok
    watched.until(**{RUNS: "pass", ANSWERS: "pass"})

    outer, sandbox = learner.sandbox.outer, learner.sandbox.container
    # A busy machine may have processes that cannot be frozen at this very moment.
    assert wait.until(lambda: docker(outer, "pause", sandbox, may_fail=True).ok, within=SOON)
    silent = watched.until(**{RUNS: "error", ANSWERS: "error"})
    assert docker(outer, "unpause", sandbox).ok
    again = watched.until(**{RUNS: "pass", ANSWERS: "pass"})
    assert again > silent

    watched.program.send_signal(signal.SIGINT)
    assert watched.program.wait(20) == 130
    assert learner.installation.run("--yes", "stop").code == 0


class Following:
    """A watch in a thread."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.watch = Watch(stage.session)
        self.looks: list[Seen] = []
        self.lags: dict[str, float] = {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        for seen in self.watch:
            at = wait.now()
            self.looks.append(seen)
            if seen.arrived:
                self.lags |= dict.fromkeys(seen.changed, at - seen.arrived)

    def outcomes(self) -> list[str]:
        return [str(one.outcome) for one in self.looks[-1].report.verdicts[:5]] if self.looks else []

    def sees(self, *outcomes: str, within: float = SOON) -> bool:
        return bool(wait.until(lambda: self.outcomes() == [*outcomes], within=within, every=0.02))

    def kubectl(self, *words: str) -> None:
        done = process.run(["kubectl", *words], limit=60, env=environ(self.stage.session))
        assert done.ok, done.stderr


@pytest.fixture
def following(cluster: KindCluster, endpoint: Endpoint, narrator: Quiet, tmp_path: Path) -> Iterator[Following]:
    assert cluster.uid
    assert tmp_path
    whole = catalog.load("kubernetes-parts")
    apart = [step.id for step in whole.lab.steps if step.id not in ("deployment", "clusterip")]
    loaded = whole.without_steps(dict.fromkeys(apart, "it is not watched here"))
    around = surroundings.arrange(loaded.lab, narrator, endpoint)
    with staged(loaded, around, narrator) as stage:
        made = Following(stage)
        yield made
        made.watch.close()


@pytest.mark.kind
def test_a_cluster_that_is_watched_frozen_and_seen_again(
    following: Following, endpoint: Endpoint, cluster: KindCluster
) -> None:
    assert following.sees("fail", "fail", "fail", "fail", "blocked")
    following.kubectl("create", "deployment", "lr-web", f"--image=localhost:{following.stage.session.port}/web:1")
    following.kubectl("scale", "deployment", "lr-web", "--replicas=3")
    assert following.sees("pass", "pass", "pass", "pass", "fail", within=90)
    assert following.lags["three_replicas_are_ready"] < 2, "on a machine that does other things as well"

    node = f"{cluster.name}-control-plane"
    docker(endpoint, "pause", node)
    try:
        assert following.sees("error", "error", "error", "error", "error")
        blind = len(following.looks)
        assert following.looks[-1].unseen[0].side == "cluster"
        wait.pause(4)
        assert not any(one.passed for seen in following.looks[blind:] for one in seen.report.verdicts), "no stale pass"
    finally:
        docker(endpoint, "unpause", node)
    assert following.sees("pass", "pass", "pass", "pass", "fail", within=60)
    following.kubectl("delete", "deployment", "lr-web")
    assert following.sees("fail", "fail", "fail", "fail", "blocked")
