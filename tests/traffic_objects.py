"""Objects on a request's way, as small as the walks allow, and a snapshot of them."""

import base64
from typing import Any

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.world.snapshot import Snapshot

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
    counted = ("replicas", "readyReplicas", "updatedReplicas", "availableReplicas")
    ready = dict.fromkeys(counted, replicas)
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
