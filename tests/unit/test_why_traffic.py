"""The walks along a request's way, over objects as small as their faults; in both languages."""

import base64
from typing import Any

import pytest

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain
from labrunner.why.request import explain_request
from labrunner.words import speak
from labrunner.world.snapshot import Snapshot
from tests.certificates import OLD, SHOP

Raw = dict[str, Any]
KINDS = [
    "Pod", "Service", "Secret", "Deployment", "ReplicaSet", "EndpointSlice", "Ingress", "HorizontalPodAutoscaler",
    "Event", "LimitRange", "Node", "Namespace", "IngressClass", "APIService",
]  # fmt: skip
TAKEN = "2026-11-23T12:00:00+00:00"


def raw(kind: str, name: str, spec: Raw | None = None, status: Raw | None = None, **metadata: Any) -> Raw:
    return {
        "kind": kind,
        "metadata": {"name": name, "uid": f"{kind}-{name}", **metadata},
        "spec": spec or {},
        "status": status or {},
    }


def pod(name: str, *, ready: bool = True, app: str = "web", node: str = "n1", port: str = "http", **status: Any) -> Raw:
    said = {"type": "Ready", "status": str(ready), "message": "" if ready else "containers with unready status: [main]"}
    return raw(
        "Pod",
        name,
        {"nodeName": node, "containers": [{"name": "main", "ports": [{"name": port, "containerPort": 80}]}]},
        {"phase": "Running", "conditions": [said], **status},
        labels={"app": app, "pod-template-hash": "abc"},
    )


def service(name: str = "web", app: str = "web", port: Raw | None = None, **spec: Any) -> Raw:
    selector = {"selector": {"app": app}} if app else {}
    return raw("Service", name, {"type": "ClusterIP", "ports": [port or {"port": 80}], **selector, **spec})


def slice_of(name: str = "web", *pods: str) -> Raw:
    ends = [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"name": pod}} for pod in pods]
    return {**raw("EndpointSlice", f"{name}-x", labels={"kubernetes.io/service-name": name}), "endpoints": ends}


def ingress(name: str = "web", service: str = "web", port: Any = 80, **spec: Any) -> Raw:
    named = {"number": port} if isinstance(port, int) else {"name": port}
    path = {"path": spec.pop("path", "/"), "pathType": spec.pop("pathType", "Prefix")}
    rule = {"host": spec.pop("host", "shop.example")}
    rule["http"] = {"paths": [{**path, "backend": {"service": {"name": service, "port": named}}}]}
    taken = {"loadBalancer": {"ingress": [{"hostname": "localhost"}]}}
    return raw("Ingress", name, {"ingressClassName": "nginx", "rules": [rule], **spec}, taken)


def secret(name: str, pem: str, kind: str = "kubernetes.io/tls") -> Raw:
    held = base64.b64encode(pem.encode()).decode()
    return {**raw("Secret", name), "type": kind, "data": {"tls.crt": held, "tls.key": None}}


def autoscaler(target: str = "web", reason: str = "FailedGetResourceMetric", active: str = "False") -> Raw:
    share = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": target}, "metrics": [share]}
    said = {"type": "ScalingActive", "status": active, "reason": reason, "message": "unable to get metrics"}
    return raw("HorizontalPodAutoscaler", "web", spec, {"conditions": [said]})


def deployment(name: str = "web", *, replicas: int = 1, requests: Raw | None = None) -> Raw:
    container = {"name": "main", "resources": {"requests": requests or {}}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    ready = {"replicas": replicas, "readyReplicas": replicas, "updatedReplicas": replicas}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return raw("Deployment", name, spec, ready)


CLASS = raw("IngressClass", "nginx")
N1 = raw("Node", "n1", {}, {"conditions": [{"type": "Ready", "status": "True"}]})
WELL = [pod("web-1"), service(), slice_of("web", "web-1")]


def world(*objects: Raw, around: tuple[Raw, ...] = (CLASS, N1), **more: Any) -> Snapshot:
    listening = more.pop("listening", {"web-1": [80]})
    cluster = {"namespace": "shop", "kinds": KINDS, "objects": list(objects), "around": list(around)}
    return Snapshot(cluster={**cluster, "listening": listening, **more}, taken=TAKEN)


def first(found: Diagnosis, code: str) -> Cause:
    assert [cause.code for cause in found.causes][:1] == [code], found
    assert not found.healthy
    return found.causes[0]


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


def test_an_ingress_is_well_once_a_controller_took_it_up() -> None:
    assert explain(world(*WELL, ingress()), "Ingress/web").healthy
    untaken = ingress()
    untaken["status"] = {}
    found = explain(world(*WELL, untaken), "Ingress/web")
    assert not found.known
    assert "no controller of class nginx" in " ".join(found.saw)


def test_the_class_of_an_ingress() -> None:
    classless = ingress(ingressClassName=None)
    first(explain(world(*WELL, classless), "Ingress/web"), "ingress-without-class")
    default = raw("IngressClass", "nginx", annotations={"ingressclass.kubernetes.io/is-default-class": "true"})
    assert explain(world(*WELL, classless, around=(default,)), "Ingress/web").healthy
    other = first(explain(world(*WELL, ingress(ingressClassName="traefik")), "Ingress/web"), "ingress-class-absent")
    assert other.subject == "IngressClass/traefik"
    assert other.words == ("IngressClass: nginx",)
    old = ingress(ingressClassName=None)
    old["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "nginx"}
    assert explain(world(*WELL, old), "Ingress/web").healthy


def test_the_backend_of_an_ingress() -> None:
    absent = first(explain(world(*WELL, ingress(service="wbe")), "Ingress/web"), "ingress-backend-absent")
    assert absent.path == ("Ingress/web", "Service/wbe")
    found = explain(world(*WELL, ingress(service="till"), elsewhere={"Service/till": ["kiosk"]}), "Ingress/web")
    assert "kiosk" in first(found, "ingress-backend-absent").sentence
    first(explain(world(*WELL, ingress(port=8080)), "Ingress/web"), "ingress-backend-port-absent")
    first(explain(world(*WELL, ingress(port="http")), "Ingress/web"), "ingress-backend-port-absent")
    onward = explain(world(service(app="wbe"), pod("web-1"), ingress()), "Ingress/web")
    assert first(onward, "selector-matches-nothing").path == ("Ingress/web", "Service/web")


def test_two_faults_are_told_in_the_order_of_the_chain() -> None:
    twofold = ingress(ingressClassName="traefik", service="wbe")
    codes = [cause.code for cause in explain(world(*WELL, twofold), "Ingress/web").causes]
    assert codes == ["ingress-class-absent", "ingress-backend-absent"]


def test_the_certificate_of_an_ingress() -> None:
    def found(host: str, *secrets: Raw) -> Diagnosis:
        with_tls = ingress(host=host, tls=[{"hosts": [host], "secretName": "keys"}])
        return explain(world(*WELL, with_tls, *secrets), "Ingress/web")

    assert found("shop.example", secret("keys", SHOP)).healthy
    assert found("till.shop.example", secret("keys", SHOP)).healthy
    first(found("shop.example"), "tls-secret-absent")
    first(found("shop.example", secret("keys", SHOP, "Opaque")), "tls-secret-wrong-type")
    mismatch = first(found("a.till.shop.example", secret("keys", SHOP)), "tls-host-mismatch")
    assert "shop.example, *.shop.example, 10.0.0.7" in mismatch.sentence
    first(found("old.example", secret("keys", OLD)), "tls-expired")
    unread = found("shop.example", secret("keys", "no certificate"))
    assert not unread.known
    assert "could not be read" in " ".join(unread.saw)


@pytest.mark.parametrize(
    ("url", "host", "code"),
    [
        ("http://shop.example/", "", "well"),
        ("http://localhost:8080/till", "shop.example", "well"),
        ("shop.example/", "", "well"),
        ("http://kiosk.example/", "", "ingress-host-mismatch"),
        ("http://a.b.wild.example/", "", "ingress-host-mismatch"),
        ("http://a.wild.example/cart", "", "well"),
        ("http://a.wild.example/carts", "", "ingress-path-mismatch"),
        ("http://a.wild.example/cart/7", "", "well"),
        ("http://exact.example/cart", "", "well"),
        ("http://exact.example/cart/", "", "ingress-path-mismatch"),
        ("https://shop.example/", "", "tls-host-mismatch"),
    ],
)
def test_which_rule_a_url_hits(url: str, host: str, code: str) -> None:
    rules = (
        ingress(),
        ingress("wild", host="*.wild.example", path="/cart"),
        ingress("exact", host="exact.example", path="/cart", pathType="Exact"),
    )
    found = explain_request(world(*WELL, *rules), url, host)
    assert (found.causes[0].code if found.causes else "well" if found.healthy else found.saw) == code


def test_the_longest_path_of_the_very_host_wins() -> None:
    rules = (
        ingress("any", service="no-any", host=""),
        ingress("wild", service="no-wild", host="*.example"),
        ingress("short", service="no-short"),
        ingress("long", path="/cart"),
    )
    assert explain_request(world(*WELL, *rules), "http://shop.example/cart/1").subject == "Ingress/long"
    assert explain_request(world(*WELL, *rules), "http://shop.example/").subject == "Ingress/short"
    assert explain_request(world(*WELL, *rules), "http://till.example/").subject == "Ingress/wild"
    assert explain_request(world(*WELL, *rules), "http://10.0.0.7/").subject == "Ingress/any"


def test_a_url_where_no_ingress_is() -> None:
    first(explain_request(world(*WELL), "http://shop.example/"), "object-absent")


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
        ingress("i1", ingressClassName=None),
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
