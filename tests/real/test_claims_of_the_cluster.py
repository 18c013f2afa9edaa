"""Claims about the past of the cluster, with the recorder as the process that it is."""

import json
import os
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labrunner import Cluster, ever, expect, runner, sequence, stable, wait
from labrunner.environment import cluster_safety, cluster_sleep
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.kubectl import kubectl
from labrunner.environment.registry import Registry
from labrunner.outcome import Outcome, Verdict
from labrunner.state import log, recorder
from labrunner.state.session import Session
from labrunner.when import When, now
from labrunner.world import Snapshot
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint
from labrunner.world.kube_cluster import Gone, KubeCluster
from labrunner.world.reader import World
from tests.installation import CHECKOUT
from tests.real.test_history import LIGHT, resident, spent
from tests.tiny import loaded, tiny

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(300, func_only=True)]
WEB = "lr-web"
GRACE = 30
"""Seconds that the kubelet gives a Pod that does not heed SIGTERM."""


def has_three(cluster: Cluster) -> None:
    expect(cluster.deployment(WEB).ready_replicas).equals(3)


def has_one(cluster: Cluster) -> None:
    expect(cluster.deployment(WEB).ready_replicas).equals(1)


def was_rolled_out_twice(cluster: Cluster) -> None:
    expect(cluster.past("Deployment", WEB).revisions).equals([1, 2])


def lost_pods(cluster: Cluster) -> None:
    expect(cluster.past("Deployment", WEB).pods_gone.map(len)).at_least(3)


def is_gone(cluster: Cluster) -> None:
    expect(cluster.past("Deployment", WEB).was_deleted).is_there()


@dataclass
class Lived:
    """A lab of claims, begun in a namespace of the cluster, with a recorder of its own."""

    session: Session
    world: World
    endpoint: Endpoint
    cluster: KindCluster

    def do(self, *lines: str) -> None:
        for line in lines:
            kubectl(self.endpoint, self.cluster, "-n", self.session.namespace, *line.split("|"), limit=100)

    def look(self) -> tuple[dict[str, Verdict], Snapshot]:
        assert recorder.begin(self.session.directory)
        report, snapshot = runner.look(self.session, self.world, patient=False)
        return {verdict.check: verdict for verdict in report.verdicts}, snapshot

    def passes(self, check: str, *, within: float = 30) -> bool:
        return bool(wait.until(lambda: self.look()[0][check].passed, within=within))

    @property
    def pid(self) -> int:
        return int((self.session.directory / "recorder.pid").read_text(encoding="utf-8"))


@pytest.fixture
def lived(
    endpoint: Endpoint,
    cluster: KindCluster,
    course_registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Lived]]:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    directory = tmp_path / "lab"
    directory.mkdir()
    # Of its own each time: the API server tells a watch also what became of a namespace's namesake.
    namespace = f"lr-past-{secrets.token_hex(3)}"
    cluster_safety.namespace(endpoint, cluster, namespace)

    def begin(*claims: tuple[Any, When]) -> Lived:
        lab = tiny(tmp_path)
        for claim, when in claims:
            lab.step(claim.__name__.replace("_", "-"), solve="true").check(wrong={"other": "false"}, when=when)(claim)
        engine, kubeconfig = DockerEngine(endpoint.url), directory / "kubeconfig"
        shutil.copy(cluster.kubeconfig, kubeconfig)
        found = Session(loaded(lab), directory, endpoint, "mine", "me", course_registry.port)
        found.namespace, found.kubeconfig, found.baseline = namespace, str(kubeconfig), engine.inventory()
        found.progress.done = True
        found.begin_log()
        found.save()
        assert recorder.begin(directory)
        return Lived(found, World(engine, KubeCluster(kubeconfig)), endpoint, cluster)

    yield begin
    recorder.end(directory)
    cluster_safety.remove_namespace(endpoint, cluster, namespace)


def test_what_became_of_a_deployment_is_known_also_what_a_killed_recorder_did_not_see(
    lived: Callable[..., Lived], course_registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lived(
        (has_three, ever), (has_one, sequence(has_three)), (was_rolled_out_twice, now), (lost_pods, now),
        (is_gone, now),
    )  # fmt: skip
    image = f"--image=localhost:{course_registry.port}/client:1"
    lab.do(f"create|deployment|{WEB}|{image}|--replicas=1|--|sleep|1000", f"rollout|status|deploy/{WEB}|--timeout=90s")
    assert not lab.look()[0]["has_one"].passed, "not before there were three"
    lab.do(f"scale|deploy/{WEB}|--replicas=3")
    assert lab.passes("has_three")
    os.kill(lab.pid, signal.SIGKILL)
    assert wait.until(lambda: not recorder.is_alive(lab.session.directory), within=5)
    lab.do(
        f"scale|deploy/{WEB}|--replicas=1",
        f"set|env|deploy/{WEB}|A=1",
        f"rollout|status|deploy/{WEB}|--timeout=90s",
    )
    for check in ("has_one", "was_rolled_out_twice", "lost_pods"):
        assert lab.passes(check, within=GRACE + 30), lab.look()[0][check]
    verdicts, snapshot = lab.look()
    assert snapshot.gaps == (), "the watches went on where they had ended"
    assert verdicts["has_three"].passed
    lab.do(f"delete|deploy/{WEB}|--wait=false")
    assert lab.passes("is_gone")
    used, began = spent(lab.pid), wait.now()
    wait.pause(6)
    share, memory = (spent(lab.pid) - used) / (wait.now() - began), resident(lab.pid)
    with capsys.disabled():
        print(f"\n  recorder of both: {share:.2%} of a core, {memory / 1024:.1f} MB")  # noqa: T201
    assert memory < LIGHT
    assert share < 0.01


def test_a_pod_that_crashes_again_and_again_passes_nothing_while_it_runs(
    lived: Callable[..., Lived], course_registry: Registry
) -> None:
    def goes_on(cluster: Cluster) -> None:
        has_one(cluster)

    lab = lived((has_one, now), (goes_on, stable(2)))
    image = f"--image=localhost:{course_registry.port}/client:1"
    lab.do(f"create|deployment|{WEB}|{image}|--|sh|-c|sleep 3; exit 1")
    running, ends = 0, wait.now() + 90
    while running < 3 and wait.now() < ends:
        verdicts, snapshot = lab.look()
        pods = [raw for raw in (snapshot.cluster or {})["objects"] if raw["kind"] == "Pod"]
        told = [one for pod in pods for one in pod["status"].get("containerStatuses", [])]
        if any(one["restartCount"] for one in told):
            running += any(one["ready"] for one in told)
            assert not verdicts["has_one"].passed, told
            assert not verdicts["goes_on"].passed, told
    assert running, "it was seen to run between two crashes"


def knows_the_beginning(cluster: KindCluster) -> bool:
    """Tell whether the API server can still say what happened from the cluster's first moments on."""
    read = KubeCluster(Path(cluster.kubeconfig))
    try:
        return next(read.watch("apps/v1", "Deployment", "", resource_version="1"), None) is not None
    except Gone:
        return False
    finally:
        read.close()


def test_a_place_that_the_api_server_forgot_is_a_gap_in_which_nothing_is_known(
    lived: Callable[..., Lived], endpoint: Endpoint, cluster: KindCluster
) -> None:
    if knows_the_beginning(cluster):  # one that was started again does not; conftest puts us behind such a start
        cluster_sleep.stop(endpoint, cluster)
        cluster_sleep.wake(endpoint, cluster, within=240)
        assert wait.until(lambda: not knows_the_beginning(cluster), within=10)
    lab = lived((has_three, ever), (is_gone, now))
    lab.do("create|service|clusterip|lr-shop|--tcp=80")
    assert wait.until(lambda: any(one.get("name") == "lr-shop" for one in lab.look()[1].log), within=10)
    recorder.end(lab.session.directory)
    for name in (log.FILE, "recorder.mark"):
        file = lab.session.directory / name
        text = file.read_text(encoding="utf-8").replace('"rv":', '"once":')
        if name != log.FILE:
            kept = json.loads(text)
            text = json.dumps({**kept, "kinds": {kind: ["1", *rest] for kind, (_, *rest) in kept["kinds"].items()}})
        file.write_text(text, encoding="utf-8")
    assert wait.until(lambda: any(gap["of"] == "cluster" and gap["until"] for gap in lab.look()[1].gaps), within=10)
    verdicts, snapshot = lab.look()
    assert snapshot.complete, "nothing is missing of Docker"
    for check in ("has_three", "is_gone"):
        assert verdicts[check].outcome in (Outcome.ERROR, Outcome.BLOCKED), verdicts[check]
    assert "cannot know" in verdicts["has_three"].why
