"""Faults planted in the real cluster, each called by its name; what is well is called well."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest

from labrunner import wait
from labrunner.environment import registry
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.kubectl import kubectl
from labrunner.environment.registry import Registry
from labrunner.narrate import Quiet
from labrunner.process import Completed
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from labrunner.world.cluster_survey import survey
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint
from labrunner.world.kube_cluster import LOG_LIMIT, KubeCluster
from tests.installation import Installation
from tests.real.planted import HEALTHY, UNKNOWN, traffic, workloads
from tests.real.planted.planting import Field, table

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(480)]
PLACES = (*workloads.PLACES, *traffic.PLACES)
FAULTS = (*workloads.FAULTS, *traffic.FAULTS)
IMAGES = ("client:1", "redis:7.0", "web:1", "web:2")


@pytest.fixture(scope="module")
def field(endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, narrator: Quiet) -> Iterator[Field]:
    registry.up(endpoint, course_registry.port, IMAGES, narrator, course_registry.install)
    found = Field(endpoint, cluster, course_registry.port)
    found.plant(PLACES, FAULTS)
    yield found
    found.clear(PLACES)


def test_every_planted_fault_is_called_by_its_name(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    named = field.look(FAULTS, within=100)
    looks = f"{len(field.looks)} surveys, median {median(field.looks):.2f} s, fastest {min(field.looks):.2f} s"
    with capsys.disabled():
        print(f"\n{table(named)}\n{looks}")  # noqa: T201 - the table of faults is what this is run for
    assert {one.row.fault: (one.row.code, one.called, one.found) for one in named if not one.right} == {}
    assert min(field.looks) < 1.0
    kinds = {one.row.subject.partition("/")[0] for one in named if one.row.code == HEALTHY}
    assert kinds >= {"Deployment", "Job", "Service", "Ingress", "Namespace"}
    assert any(one.row.code == UNKNOWN for one in named)


def test_the_command_says_the_same_in_the_time_of_the_lines_that_it_replaces(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    row = next(one for one in FAULTS if one.subject.startswith("Deployment/") and one.code == "image-tag-absent")
    kind, _, name = row.subject.partition("/")
    learner = Installation(Path(os.environ["LABRUNNER_HOME"]))

    def why(*more: str) -> Completed:
        return learner.run("why", f"{kind.lower()}/{name}", "-n", f"why-{row.place}", *more)

    done = why()
    assert done.code == 1, done.stderr
    assert f"[{row.code}]" in done.stdout
    assert f"Deployment/{name} → ReplicaSet/{name}-" in done.stdout
    assert json.loads(why("--json").stdout)["causes"][0]["code"] == row.code
    assert learner.run("why", "node/none").code == 1
    by_hand = (("get", "deploy,rs,pods"), ("describe", "rs"), ("describe", "pods"), ("get", "events"))

    def typed() -> None:
        for words in by_hand:
            kubectl(field.endpoint, field.cluster, "-n", f"why-{row.place}", *words)

    ours, theirs = [], []
    for _ in range(3):
        for seconds, act in ((ours, why), (theirs, typed)):
            began = wait.now()
            act()
            seconds.append(wait.now() - began)
    with capsys.disabled():
        print(f"\nlabrunner why {min(ours):.2f} s, the same by {len(by_hand)} lines of kubectl {min(theirs):.2f} s")  # noqa: T201
    assert min(ours) < 3 * min(theirs)


def test_a_lost_node_and_a_cordoned_one(field: Field) -> None:
    endpoint, cluster = field.endpoint, field.cluster
    with (
        closing(KubeCluster(Path(cluster.kubeconfig))) as reads,
        closing(DockerEngine(endpoint.url)) as engine,
    ):

        def found(subject: str) -> Diagnosis:
            return explain(survey(reads, "why-traffic", engine=engine, subject=subject), subject)

        pods = reads.list("v1", "Pod", "why-traffic")[0]
        web = next(one for one in pods if one["metadata"]["name"].startswith("web-"))
        lost = web["spec"]["nodeName"]
        closed = next(node for node in cluster.nodes if node != lost and not node.endswith("control-plane"))
        assert found(f"Node/{lost}").healthy
        kubectl(endpoint, cluster, "cordon", lost, closed)
        docker(endpoint, "pause", cluster.nodes[lost])
        try:
            began = wait.now()
            assert not reads.pod_log("why-traffic", web["metadata"]["name"], "main")
            assert wait.now() - began < 3 * LOG_LIMIT, "a node that is lost and not known to be keeps nobody waiting"
            assert [cause.code for cause in found(f"Node/{closed}").causes] == ["node-cordoned"]
            assert wait.until(lambda: len(found(f"Node/{lost}").causes) == 2, within=60, every=1)
            causes = found(f"Node/{lost}").causes
            assert [cause.code for cause in causes] == ["node-not-ready", "node-cordoned"]
            assert "stopped posting node status" in " ".join(causes[0].words)
            gone = wait.until(lambda: found("Service/web").causes, within=30, every=1)
            assert gone[0].code == "node-not-ready"
            assert gone[0].path == ("Service/web", f"Pod/{web['metadata']['name']}", f"Node/{lost}")
        finally:
            docker(endpoint, "unpause", cluster.nodes[lost])
            kubectl(endpoint, cluster, "uncordon", lost, closed)
        assert wait.until(lambda: found(f"Node/{lost}").healthy, within=60, every=1)
