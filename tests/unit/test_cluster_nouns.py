from typing import Any

import pytest

from labrunner.facts import NotRecorded
from labrunner.world import Cluster, Snapshot


def of(*objects: dict[str, Any]) -> Cluster:
    return Cluster(Snapshot(cluster={"namespace": "lab", "objects": list(objects)}))


DEPLOYMENT: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "web", "uid": "u1", "labels": {"app": "web"}},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"spec": {"containers": [{"image": "web:1"}]}},
    },
    "status": {},
}


def pod(name: str, **labels: str) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": name, "labels": labels}}


def slices(service: str, *addresses: str, ready: object = True) -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": service}
    ends = [{"addresses": [address], "conditions": {"ready": ready}} for address in addresses]
    return {"kind": "EndpointSlice", "metadata": {"name": f"{service}-x", "labels": labels}, "endpoints": ends}


def test_an_object_that_is_not_there_has_absent_facts() -> None:
    cluster = of()
    nouns: list[Any] = [cluster.deployment("web"), cluster.service("web"), cluster.object("ConfigMap", "web")]
    for noun in nouns:
        for kind in type(noun).__mro__:
            for name, value in vars(kind).items():
                if isinstance(value, property):
                    assert getattr(noun, name).absent, name


def test_a_deployment_is_told_by_its_facts() -> None:
    web = of(DEPLOYMENT).deployment("web")
    assert (web.replicas.value, web.image.value, web.uid.value) == (3, "web:1", "u1")
    assert web.selector.value == {"app": "web"}
    assert web.replicas.see == "kubectl get deployment web -n lab -o jsonpath='{.spec.replicas}'"
    assert web.image.see.endswith("'{.spec.template.spec.containers[0].image}'")


def test_a_count_that_the_status_does_not_say_is_none_and_not_absent() -> None:
    web = of(DEPLOYMENT).deployment("web")
    assert (web.ready_replicas.value, web.updated_replicas.value) == (0, 0)
    assert web.ready_replicas.known


def test_the_kind_counts_and_not_only_the_name() -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"type": "NodePort"}}
    assert of(service).deployment("web").replicas.absent
    assert of(DEPLOYMENT).service("web").type.absent


def test_endpoints_are_those_of_the_service_that_are_ready() -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {}}
    cluster = of(
        service,
        slices("web", "10.0.0.2", "10.0.0.1"),
        slices("web", "10.0.0.3", ready=False),
        slices("web", "10.0.0.4", ready=None),
        slices("other", "10.0.0.5"),
    )
    assert cluster.service("web").endpoints.value == ["10.0.0.1", "10.0.0.2", "10.0.0.4"]
    assert of(service).service("web").endpoints.value == []
    assert of(slices("web", "10.0.0.1")).service("web").endpoints.absent


def test_pods_are_found_by_all_their_labels_and_the_dying_left_out() -> None:
    dying = pod("c", app="web")
    dying["metadata"]["deletionTimestamp"] = "now"
    cluster = of(pod("a", app="web", tier="x"), pod("b", app="db"), dying)
    names = cluster.pods({"app": "web"}).map(lambda pods: [one["metadata"]["name"] for one in pods])
    assert names.value == ["a"]
    assert cluster.pods().map(len).value == 2
    assert cluster.pods({"app": "web", "tier": "y"}).value == []


def test_a_path_that_leads_nowhere_is_absent() -> None:
    web = of(DEPLOYMENT).deployment("web")
    for path in ("spec.none", "spec.template.spec.containers.7.image", "spec.replicas.deeper", "metadata.name.x"):
        assert web.at(path).absent, path


def test_a_cluster_that_was_not_looked_at_is_unknown_and_not_empty() -> None:
    with pytest.raises(NotRecorded):
        Cluster(Snapshot()).deployment("web")
    with pytest.raises(NotRecorded):
        _ = Cluster(Snapshot()).namespace
