"""What the lab of Kubernetes' parts reads out of objects and answers: shapes that one cluster does not show."""

from typing import Any

import pytest

from labrunner import Cluster, Fact, catalog
from labrunner.world.snapshot import Snapshot
from labs.kubernetes_parts import deployments, ground, pods, services


@pytest.fixture(scope="module", autouse=True)
def _lab() -> None:
    assert catalog.find("kubernetes-parts")


def replicaset(owner: str, image: str, replicas: int, **notes: str) -> dict[str, Any]:
    annotations = {f"deployment.kubernetes.io/{name.replace('_', '-')}": text for name, text in notes.items()}
    refs = [{"kind": "Deployment", "uid": owner, "controller": True}]
    template = {"spec": {"containers": [{"image": f"localhost:5777/{image}"}]}}
    return {
        "kind": "ReplicaSet",
        "metadata": {"name": f"lr-web-{image[-1]}", "uid": image, "ownerReferences": refs, "annotations": annotations},
        "spec": {"replicas": replicas, "template": template},
    }


def cluster(*objects: dict[str, Any]) -> Cluster:
    deployment = {"kind": "Deployment", "metadata": {"name": "lr-web", "uid": "now"}}
    kinds = ["Deployment", "ReplicaSet"]
    return Cluster(Snapshot(cluster={"namespace": "lab", "kinds": kinds, "objects": [deployment, *objects]}))


def test_the_version_that_serves_is_the_last_one() -> None:
    second = replicaset("now", "web:2", 0, revision="2")
    first = replicaset("now", "web:1", 3, revision="11", revision_history="1,9")
    left_behind = replicaset("before", "web:1", 0, revision="1")
    found = ground.versions(cluster(second, left_behind, first), "lr-web")
    assert found.map(deployments.wanted).value == [["web:2", 0], ["web:1", 3]]
    assert found.map(lambda sets: [deployments.was_used_before(one) for one in sets]).value == [False, True]


def test_without_the_deployment_it_has_no_versions() -> None:
    nothing = Cluster(Snapshot(cluster={"namespace": "lab", "kinds": ["Deployment", "ReplicaSet"], "objects": []}))
    assert ground.versions(nothing, "lr-web").absent


def test_a_cause_is_that_of_release_2_alone() -> None:
    first, second = replicaset("now", "web:1", 0, revision="1"), replicaset("now", "web:2", 3, revision="2")
    first["metadata"]["annotations"]["kubernetes.io/change-cause"] = "another"
    assert deployments.causes([first, second]) is None
    second["metadata"]["annotations"]["kubernetes.io/change-cause"] = "ticket 1"
    assert deployments.causes([first, second]) == "ticket 1"
    assert deployments.causes([first]) is None


@pytest.mark.parametrize(
    ("wanted", "given_up"), [([3], 0), ([1, 3], 0), ([0, 1, 2, 3], 0), ([3, 2, 3], 1), ([3, 0], 3), ([3, 5, 2, 3], 3)]
)
def test_pods_are_given_up_where_fewer_are_wanted(wanted: list[int], given_up: int) -> None:
    assert deployments.given_up(wanted) == given_up


def test_a_container_that_was_started_again_has_ended_before() -> None:
    ran: dict[str, Any] = {"name": "first", "state": {"running": {}}, "lastState": {}}
    ended = {"name": "second", "state": {"terminated": {"exitCode": 1}}, "lastState": {}}
    looping = {"name": "second", "state": {"waiting": {}}, "lastState": {"terminated": {"exitCode": 1}}}
    again = {"name": "second", "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1}}}
    assert [pods.ended([ran, other]) for other in (ended, looping, again)] == [[1], [1], [1]]
    assert pods.ended([ran]) == []
    assert pods.running([again, ran]) == ["first", "second"]


def test_who_keeps_a_pod_is_its_controller() -> None:
    pod: dict[str, Any] = {
        "metadata": {"ownerReferences": [{"kind": "Node"}, {"kind": "ReplicaSet", "controller": True}]}
    }
    assert ground.owner(pod) == "ReplicaSet"
    assert ground.owner({"metadata": {"ownerReferences": [{"kind": "Node"}]}}) == "nobody"
    assert ground.owner({"metadata": {}}) == "nobody"


SCANNED = """30080 lr-1-control-plane web 1 lr-web-a
30080 lr-1-worker web 1 lr-web-b
31999 lr-1-worker web 1 lr-web-b
30080 lr-1-worker2 web 2 lr-web-c
30080 lr-1-worker2
"""


def test_nodes_answer_at_one_port_with_one_release() -> None:
    assert services.answering(SCANNED, 30080) == ["control-plane", "worker"]
    assert services.answering(SCANNED, 31999) == ["worker"]
    assert services.answering("", 30080) == []


def test_states_are_told_once() -> None:
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    alone: dict[str, Any] = {"metadata": {}, **ready}
    assert services.states([alone, alone]) == [["nobody", True]]
    assert services.states([alone, {"metadata": {}}]) == [["nobody", False], ["nobody", True]]


def test_a_fact_of_pods_is_waited_for_by_their_deployment() -> None:
    none = Cluster(Snapshot(cluster={"namespace": "lab", "kinds": ["Pod"], "objects": []}))
    found: Fact[Any] = ground.pods_with(none, "lr-web")
    assert (found.value, found.subject) == ([], "Deployment/lr-web")
