"""The walk from a Service: its selector, its Pods, their readiness, who listens there."""

import pytest

from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from tests.traffic_objects import TAKEN, WELL, Raw, deployment, first, pod, raw, service, slice_of, world


def test_a_service_is_well_where_somebody_ready_listens() -> None:
    found = explain(world(*WELL), "Service/web")
    assert found.healthy
    assert not found.causes
    assert explain(world(*WELL), "EndpointSlice/web-x").healthy


def test_who_listens_is_not_guessed() -> None:
    found = explain(world(*WELL, listening={}), "Service/web")
    assert not found.known
    assert "who listens in its Pods was not asked" in found.saw


def test_udp_is_not_tried_and_does_not_make_a_service_ill() -> None:
    both = service()
    both["spec"]["ports"] = [{"port": 80}, {"port": 53, "protocol": "UDP"}]
    found = explain(world(WELL[0], both, WELL[2]), "Service/web")
    assert found.healthy
    assert "UDP 53 was not tried" in found.saw
    only = service(port={"port": 53, "protocol": "UDP"})
    assert not explain(world(WELL[0], only, WELL[2]), "Service/web").known


def test_the_labels_that_pods_do_have_are_told_the_nearest_first() -> None:
    others = [pod(f"other-{n}", app=app) for n, app in enumerate(("till", "wen", "kiosk", "radio"))]
    cause = first(explain(world(*others, service(app="wem")), "Service/web"), "selector-matches-nothing")
    assert "app=wem" in cause.sentence
    assert cause.sentence.index("app=wen") < cause.sentence.index("app=till")
    assert "pod-template-hash" not in cause.sentence
    assert cause.see == "kubectl get pods -n shop --show-labels"


def test_where_there_is_no_pod_at_all_that_is_said() -> None:
    cause = first(explain(world(service()), "Service/web"), "selector-matches-nothing")
    assert "there is no Pod in namespace shop" in cause.sentence


def test_finished_and_going_pods_serve_nobody() -> None:
    done, going = pod("web-1"), pod("web-2")
    done["status"]["phase"] = "Succeeded"
    going["metadata"]["deletionTimestamp"] = TAKEN
    first(explain(world(done, going, service()), "Service/web"), "selector-matches-nothing")


def test_a_workload_that_should_make_the_pods_is_walked_into() -> None:
    cause = first(explain(world(service(), deployment(replicas=0)), "Service/web"), "scaled-to-zero")
    assert cause.path[:2] == ("Service/web", "Deployment/web")


def test_a_ports_name_that_nobody_has() -> None:
    named = service(port={"port": 80, "targetPort": "htpp"})
    cause = first(explain(world(WELL[0], named, WELL[2]), "Service/web"), "target-port-absent")
    assert "htpp" in cause.sentence
    assert "http" in cause.sentence.replace("htpp", "")
    assert cause.words == ("targetPort: htpp",)


@pytest.mark.parametrize(
    ("listening", "loopback", "code", "says"),
    [
        ([80], [], "service-port-mismatch", "listen at 80"),
        ([], [], "nobody-listens", "at any port"),
        ([], [8080], "listens-on-loopback", "127.0.0.1"),
    ],
)
def test_who_listens_elsewhere(listening: list[int], loopback: list[int], code: str, says: str) -> None:
    asked = service(port={"port": 80, "targetPort": 8080})
    look = world(WELL[0], asked, WELL[2], listening={"web-1": listening}, loopback={"web-1": loopback})
    cause = first(explain(look, "Service/web"), code)
    assert says in cause.sentence
    assert "8080" in cause.sentence


def test_a_program_that_has_only_just_started_need_not_listen_yet() -> None:
    def found(started: str) -> Diagnosis:
        state = {"running": {"startedAt": started}}
        begun = pod("web-1", containerStatuses=[{"name": "main", "ready": True, "state": state}])
        return explain(world(begun, service(), WELL[2], listening={"web-1": []}), "Service/web")

    assert "only just started" in found("2026-11-23T11:59:57Z").moving
    first(found("2026-11-23T11:59:50Z"), "nobody-listens")


def test_pods_that_a_rollout_replaces_are_not_what_is_broken() -> None:
    def revision(name: str, number: int) -> Raw:
        said = {"deployment.kubernetes.io/revision": str(number)}
        owner = [{"kind": "Deployment", "name": "web", "uid": "Deployment-web"}]
        return raw("ReplicaSet", name, annotations=said, ownerReferences=owner)

    def of(name: str, owner: str) -> Raw:
        made = pod(name, ready=False)
        made["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": owner, "uid": f"ReplicaSet-{owner}"}]
        return made

    old, new = of("web-old", "old"), of("web-new", "new")
    old["status"]["containerStatuses"] = [
        {"name": "main", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}
    ]
    new["status"] |= {"phase": "Pending", "startTime": TAKEN}
    new["status"]["containerStatuses"] = [{"name": "main", "state": {"waiting": {"reason": "ContainerCreating"}}}]
    sets = (deployment(), revision("old", 1), revision("new", 2))
    both = explain(world(old, new, *sets, service(), slice_of()), "Service/web")
    assert not both.causes
    assert "web-new" in both.moving
    alone = explain(world(old, *sets, service(), slice_of()), "Service/web")
    assert not alone.causes
    assert "being replaced" in alone.moving


def test_a_pod_that_is_not_ready_is_walked_into_before_anybody_is_asked_who_listens() -> None:
    gated = pod("web-1", ready=False)
    gated["spec"]["schedulerName"] = "nobody"
    del gated["spec"]["nodeName"]
    gated["status"] = {"phase": "Pending"}
    found = explain(world(gated, service(), slice_of(), listening={}), "Service/web")
    cause = first(found, "endpoints-not-ready")
    assert cause.path == ("Service/web", "Pod/web-1")
    assert found.saw[0] == "0 of 1 Pods are ready"


def test_a_pod_that_is_ready_and_not_in_the_endpoints_yet_moves() -> None:
    found = explain(world(pod("web-1"), service(), slice_of()), "Service/web")
    assert not found.causes
    assert "web-1" in found.moving


def test_the_node_that_a_pod_was_on_comes_first() -> None:
    lost = raw(
        "Node", "n1", {}, {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]}
    )
    found = explain(world(pod("web-1", ready=False), service(), slice_of(), around=(lost,)), "Service/web")
    assert first(found, "node-not-ready").path == ("Service/web", "Pod/web-1", "Node/n1")


def test_a_loadbalancer_waits_for_somebody() -> None:
    balanced = service(type="LoadBalancer")
    balanced["metadata"]["creationTimestamp"] = "2026-11-23T11:59:55Z"
    assert explain(world(WELL[0], balanced, WELL[2]), "Service/web").moving
    balanced["metadata"]["creationTimestamp"] = "2026-11-23T11:59:00Z"
    found = explain(world(WELL[0], balanced, WELL[2]), "Service/web")
    assert "nobody in this cluster" in first(found, "loadbalancer-pending").sentence
    event = raw("Event", "e")
    event |= {"involvedObject": {"uid": "Service-web"}, "reason": "EnsuringLoadBalancer", "message": "Ensuring"}
    assert explain(world(WELL[0], balanced, WELL[2], event), "Service/web").moving
    event |= {"reason": "SyncLoadBalancerFailed", "message": "no quota"}
    found = explain(world(WELL[0], balanced, WELL[2], event), "Service/web")
    assert first(found, "loadbalancer-pending").words == ("no quota",)
    balanced["status"] = {"loadBalancer": {"ingress": [{"ip": "10.0.0.9"}]}}
    assert explain(world(WELL[0], balanced, WELL[2]), "Service/web").healthy


def test_names_for_something_else() -> None:
    def alias(meant: str) -> Diagnosis:
        return explain(world(service("alias", "", type="ExternalName", externalName=meant), service()), "Service/alias")

    first(alias("10.0.0.9"), "externalname-is-address")
    first(alias("wbe.shop.svc.cluster.local"), "externalname-target-absent")
    assert not alias("web.shop.svc.cluster.local").causes
    assert not alias("www.example").known


def test_a_service_whose_endpoints_somebody_has_to_write() -> None:
    first(explain(world(service(app="")), "Service/web"), "service-without-selector")
    assert explain(world(service(app=""), slice_of("web", "x")), "Service/web").healthy


def test_a_service_that_is_elsewhere_or_nowhere() -> None:
    found = explain(world(*WELL, elsewhere={"Service/till": ["kiosk"]}), "Service/till")
    assert "kiosk" in first(found, "wrong-namespace").sentence
    assert "web" in first(explain(world(*WELL), "Service/wbe"), "object-absent").sentence
