"""The walks from an autoscaler, a node and a namespace; and that every walk speaks both languages."""

from typing import Any

import pytest

from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from labrunner.why.request import explain_request
from labrunner.words import speak
from labrunner.world.snapshot import Snapshot
from tests.certificates import OLD
from tests.traffic_objects import (
    CLASS,
    N1,
    TAKEN,
    Raw,
    autoscaler,
    deployment,
    first,
    ingress,
    pod,
    raw,
    secret,
    service,
    slice_of,
    world,
)

METRICS = raw("APIService", "v1beta1.metrics.k8s.io", {}, {"conditions": [{"type": "Available", "status": "True"}]})


def test_an_autoscaler() -> None:
    asks = deployment(requests={"cpu": "1m"})
    subject = "HorizontalPodAutoscaler/web"
    assert "wbe" in first(explain(world(autoscaler("wbe"), asks), subject), "autoscaler-target-absent").sentence
    both = explain(world(autoscaler(), deployment()), subject)
    assert [cause.code for cause in both.causes] == ["no-requests", "no-metrics"]
    nobody = first(explain(world(autoscaler(), asks), subject), "no-metrics")
    assert nobody.path == (subject, "APIService/v1beta1.metrics.k8s.io")
    assert nobody.words == ("unable to get metrics",)
    first(explain(world(autoscaler(), deployment(replicas=0)), subject), "scaled-to-zero")
    assert explain(world(autoscaler(active="True", reason="ValidMetricFound"), asks), subject).healthy
    limits = raw("LimitRange", "l", {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1m"}}]})
    assert [c.code for c in explain(world(autoscaler(), deployment(), limits), subject).causes] == ["no-metrics"]
    ambiguous = first(explain(world(autoscaler(reason="AmbiguousSelector"), asks), subject), "autoscaler-cannot-scale")
    assert "AmbiguousSelector" in ambiguous.sentence


def test_an_autoscaler_whose_pods_are_not_measured_yet_moves() -> None:
    def found(created: str) -> Diagnosis:
        asks, serves = deployment(requests={"cpu": "1m"}), pod("web-1")
        asks["metadata"]["creationTimestamp"] = created
        made = [{"kind": "Deployment", "name": "web", "uid": "Deployment-web"}]
        by = raw("ReplicaSet", "web-x", {"replicas": 1}, {"replicas": 1, "readyReplicas": 1}, ownerReferences=made)
        serves["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": "web-x", "uid": "ReplicaSet-web-x"}]
        return explain(world(autoscaler(), asks, by, serves, around=(METRICS, N1)), "HorizontalPodAutoscaler/web")

    assert found("2026-11-23T11:59:00Z").moving
    late = first(found("2026-11-23T11:50:00Z"), "no-metrics")
    assert late.see == "kubectl top pods -n shop"


def test_an_autoscaler_of_one_container_asks_nothing_of_the_others() -> None:
    one = autoscaler()
    share = {"name": "cpu", "container": "main", "target": {"type": "Utilization"}}
    one["spec"]["metrics"] = [{"type": "ContainerResource", "containerResource": share}]
    asks = deployment(requests={"cpu": "1m"})
    asks["spec"]["template"]["spec"]["containers"].append({"name": "sidecar"})
    subject = "HorizontalPodAutoscaler/web"
    assert [cause.code for cause in explain(world(one, asks), subject).causes] == ["no-metrics"]
    assert [cause.code for cause in explain(world(autoscaler(), asks), subject).causes] == ["no-requests", "no-metrics"]
    asks["spec"]["template"]["spec"]["resources"] = {"requests": {"cpu": "2m"}}
    assert [cause.code for cause in explain(world(autoscaler(), asks), subject).causes] == ["no-metrics"]


def test_an_autoscaler_that_has_not_looked_yet_moves() -> None:
    young = autoscaler()
    young["status"] = {}
    assert explain(world(young, deployment(requests={"cpu": "1m"})), "HorizontalPodAutoscaler/web").moving


def node(*, unschedulable: bool = False, **conditions: str) -> Raw:
    said = [{"type": kind, "status": status, "reason": "R", "message": "M"} for kind, status in conditions.items()]
    return raw("Node", "n1", {"unschedulable": unschedulable}, {"conditions": said})


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (node(Ready="True", DiskPressure="False"), []),
        (node(Ready="Unknown"), ["node-not-ready"]),
        (node(Ready="False", unschedulable=True), ["node-not-ready", "node-cordoned"]),
        (node(Ready="True", unschedulable=True), ["node-cordoned"]),
        (node(Ready="True", MemoryPressure="True", PIDPressure="True"), ["node-pressure", "node-pressure"]),
        (node(Ready="True", NetworkUnavailable="True"), ["node-network-unavailable"]),
    ],
)
def test_a_node(given: Raw, codes: list[str]) -> None:
    found = explain(world(around=(given,)), "Node/n1")
    assert [cause.code for cause in found.causes] == codes
    assert found.healthy == (not codes)


def test_a_node_that_says_nothing_is_not_called_well() -> None:
    assert not explain(world(around=(node(),)), "Node/n1").known


def terminating(seconds: int, *conditions: tuple[str, str], **metadata: Any) -> Raw:
    said = [{"type": kind, "status": "True", "message": message} for kind, message in conditions]
    at = f"2026-11-23T11:59:{60 - seconds:02}Z"
    return raw("Namespace", "shop", {}, {"phase": "Terminating", "conditions": said}, deletionTimestamp=at, **metadata)


def test_a_namespace_that_goes() -> None:
    assert explain(world(around=(raw("Namespace", "shop"),)), "Namespace/shop").healthy
    assert explain(world(around=(terminating(3),)), "Namespace/shop").moving
    grace = pod("web-1") | {"metadata": {"name": "web-1", "deletionTimestamp": "2026-11-23T12:00:20Z"}}
    left = ("NamespaceContentRemaining", "Some resources are remaining: pods. has 1 resource instances")
    assert explain(world(grace, around=(terminating(20, left),)), "Namespace/shop").moving


def test_a_namespace_that_does_not_go() -> None:
    held = raw("ConfigMap", "held", deletionTimestamp="2026-11-23T11:59:58Z", finalizers=["lessons.example/hold"])
    cause = first(explain(world(held, around=(terminating(2),)), "Namespace/shop"), "namespace-terminating")
    assert cause.path == ("Namespace/shop", "ConfigMap/held")
    assert "lessons.example/hold" in cause.sentence
    own = terminating(2, finalizers=["lessons.example/own"])
    assert (
        "lessons.example/own"
        in first(explain(world(around=(own,)), "Namespace/shop"), "namespace-terminating").sentence
    )
    blind = terminating(2, ("NamespaceDeletionDiscoveryFailure", "unable to retrieve metrics.k8s.io"))
    cause = first(explain(world(around=(blind,)), "Namespace/shop"), "namespace-terminating")
    assert cause.words == ("unable to retrieve metrics.k8s.io",)
    stays = pod("web-1") | {"metadata": {"name": "web-1", "deletionTimestamp": "2026-11-23T11:59:00Z"}}
    lost = node(Ready="Unknown")
    found = explain(world(stays, around=(terminating(59), lost)), "Namespace/shop")
    assert first(found, "node-not-ready").path == ("Namespace/shop", "Pod/web-1", "Node/n1")


@pytest.mark.parametrize("subject", ["Service/web", "Ingress/web", "HorizontalPodAutoscaler/web", "Node/n1"])
def test_what_was_not_listed_is_not_called_absent(subject: str) -> None:
    bare = Snapshot(cluster={"namespace": "shop", "kinds": [], "objects": []}, taken=TAKEN)
    found = explain(bare, subject)
    assert not found.known
    assert found.saw


def test_every_cause_speaks_chinese_too() -> None:
    faults = world(
        service("s1", "wbe"),
        service("s2", port={"port": 80, "targetPort": "htpp"}),
        service("s3", port={"port": 80, "targetPort": 81}),
        service("s4", type="LoadBalancer"),
        service("s5", ""),
        service("s6", "", type="ExternalName", externalName="10.0.0.9"),
        {**ingress("i1", ingressClassName=None), "status": {}},
        ingress("i2", ingressClassName="x", service="no", tls=[{"hosts": ["x"], "secretName": "no"}]),
        ingress("i3", port=81, tls=[{"hosts": ["till.example"], "secretName": "old"}]),
        secret("old", OLD),
        autoscaler(),
        deployment("other"),
        pod("web-1"),
        *(slice_of(name) for name in ("s2", "s3", "s4")),
        around=(
            CLASS,
            node(Ready="Unknown", DiskPressure="True", unschedulable=True),
            terminating(2, finalizers=["a/b"]),
        ),
    )
    subjects = [f"{one['kind']}/{one['metadata']['name']}" for one in (faults.cluster or {})["objects"]]
    subjects += ["Node/n1", "Namespace/shop", "HorizontalPodAutoscaler/none"]
    spoken: dict[str, list[str]] = {}
    for language in ("en", "zh"):
        speak(language)  # type: ignore[arg-type]
        spoken[language] = [cause.sentence for one in subjects for cause in explain(faults, one).causes]
        spoken[language] += [explain_request(faults, "http://x/").causes[0].sentence]
    assert len(spoken["en"]) == len(spoken["zh"]) > 15
    for en, zh in zip(spoken["en"], spoken["zh"], strict=True):
        assert en.isascii(), en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh), zh
