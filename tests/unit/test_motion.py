from typing import Any

import pytest

from labrunner.world import Snapshot
from labrunner.world.motion import Motion, of

STILL = Motion()


def docker(status: str, **state: Any) -> Snapshot:
    raw = {"Name": "/lr-web", "State": {"Status": status, "ExitCode": 0, **state}}
    return Snapshot(docker={"containers": {"a": raw}, "networks": {}, "volumes": {}, "images": {}})


def cluster(*objects: dict[str, Any]) -> Snapshot:
    return Snapshot(cluster={"namespace": "lab", "objects": list(objects)})


def pod(name: str, *, ready: bool = False, reason: str = "", owner: str = "", **status: Any) -> dict[str, Any]:
    waiting = {"waiting": {"reason": reason, "message": "so it is"}} if reason else {"running": {}}
    conditions = [{"type": "Ready", "status": str(ready)}]
    meta: dict[str, Any] = {"name": name, "labels": {"app": "web"}}
    if owner:
        meta["ownerReferences"] = [{"uid": owner, "kind": "ReplicaSet"}]
    told = {"conditions": conditions, "containerStatuses": [{"name": "c", "state": waiting}], **status}
    return {"kind": "Pod", "metadata": meta, "status": told}


def deployment(*, replicas: int = 1, generation: int = 1, **status: Any) -> dict[str, Any]:
    told = {"observedGeneration": 1, **status}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}}
    meta = {"name": "web", "uid": "D", "generation": generation}
    return {"kind": "Deployment", "metadata": meta, "spec": spec, "status": told}


def replicaset(uid: str, revision: int) -> dict[str, Any]:
    notes = {"deployment.kubernetes.io/revision": str(revision)}
    meta = {"name": uid, "uid": uid, "annotations": notes, "ownerReferences": [{"uid": "D"}]}
    return {"kind": "ReplicaSet", "metadata": meta}


@pytest.mark.parametrize("status", ["restarting", "removing"])
def test_a_container_on_its_way_moves(status: str) -> None:
    assert of(docker(status), "container/lr-web").moving


@pytest.mark.parametrize("status", ["running", "exited", "created", "paused", "dead"])
def test_a_container_that_rests_does_not_move(status: str) -> None:
    assert of(docker(status), "container/lr-web") == STILL


def test_a_health_check_that_has_begun_is_waited_for() -> None:
    assert of(docker("running", Health={"Status": "starting"}), "container/lr-web").moving
    assert of(docker("running", Health={"Status": "unhealthy"}), "container/lr-web") == STILL


@pytest.mark.parametrize("code", [125, 126, 127])
def test_a_command_that_is_not_there_never_comes(code: int) -> None:
    assert of(docker("exited", ExitCode=code), "container/lr-web").stuck


@pytest.mark.parametrize("subject", ["container/other", "network/lr-web", "past/lr-web", "", "ConfigMap/web", "Pod/no"])
def test_what_nobody_knows_of_does_not_move(subject: str) -> None:
    assert of(docker("restarting"), subject) == STILL
    assert of(cluster(pod("web-1")), subject) == STILL


@pytest.mark.parametrize(
    "reason", ["ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError"]
)
def test_terminal_reasons_are_stuck_at_once(reason: str) -> None:
    for subject in ("Pod/web-1", "Deployment/web", "Pod/*"):
        stuck = of(cluster(deployment(), pod("web-1", reason=reason)), subject).stuck
        assert stuck == f"Pod web-1: {reason}: so it is"


def test_a_pod_that_no_node_takes_is_stuck() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}
    stuck = of(cluster(pod("web-1", conditions=[condition])), "Pod/web-1").stuck
    assert stuck == "Pod web-1: 0/3 nodes are available"


def test_a_pod_that_is_not_ready_yet_moves_and_one_that_ended_does_not() -> None:
    assert of(cluster(pod("web-1")), "Pod/web-1").moving
    assert of(cluster(pod("web-1", ready=True)), "Pod/web-1") == STILL
    assert of(cluster(pod("web-1", phase="Succeeded")), "Pod/web-1") == STILL


def test_a_deployment_moves_until_it_has_what_it_wants_even_before_a_pod_is_there() -> None:
    assert of(cluster(deployment(replicas=3)), "Deployment/web").moving == "Deployment web has 0 of 3 ready"
    grown = deployment(replicas=3, readyReplicas=1, updatedReplicas=1, replicas_=1)
    assert of(cluster(grown, pod("web-1", ready=True)), "Deployment/web").moving
    full = deployment(replicas=1, readyReplicas=1, updatedReplicas=1)
    assert of(cluster(full, pod("web-1", ready=True)), "Deployment/web") == STILL


def test_a_deployment_that_was_just_changed_is_not_judged_by_what_was_said_before() -> None:
    late = [{"type": "Progressing", "status": "False", "message": "deadline exceeded"}]
    assert of(cluster(deployment(generation=2, conditions=late)), "Deployment/web").moving
    assert of(cluster(deployment(generation=1, conditions=late)), "Deployment/web").stuck


def test_pods_of_a_replaced_template_hold_nothing_up() -> None:
    old, new = pod("old", reason="ImagePullBackOff", owner="R1"), pod("new", owner="R2")
    world = cluster(deployment(), replicaset("R1", 9), replicaset("R2", 10), old, new)
    for subject in ("Deployment/web", "Pod/*"):
        assert of(world, subject) == Motion(moving="Pod new is not ready yet")


def test_a_pod_that_is_being_deleted_holds_nothing_up() -> None:
    gone = pod("gone", reason="CrashLoopBackOff")
    gone["metadata"]["deletionTimestamp"] = "now"
    assert of(cluster(gone), "Pod/*") == STILL


def test_a_service_that_finds_no_pod_does_not_move() -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "typo"}}}
    assert of(cluster(service, pod("web-1")), "Service/web") == STILL
    service["spec"] = {"selector": {"app": "web"}}
    assert of(cluster(service, pod("web-1")), "Service/web").moving
    service["spec"] = {}
    assert of(cluster(service, pod("web-1")), "Service/web") == STILL


def test_a_set_of_another_kind_moves_too() -> None:
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}}
    sts = {"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec, "status": {"readyReplicas": 1}}
    assert of(cluster(sts), "StatefulSet/db").moving
