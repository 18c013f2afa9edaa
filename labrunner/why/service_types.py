"""Services that are not of the usual kind: for a name outside, with endpoints by hand, with an address from outside."""

import ipaddress

from labrunner.outcome import Cause
from labrunner.why import clock
from labrunner.why.absent import not_there
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.endpoints import slices
from labrunner.why.scene import Raw, Scene
from labrunner.words import say

PATIENCE = 10.0
"""Seconds in which somebody who gives out addresses takes a Service up."""
INSIDE = ".svc.cluster.local"
"""How the full name of a Service in this cluster ends."""


def external(scene: Scene, service: Raw) -> Diagnosis:
    """Look at a Service that is only another name for something: what is known of that name."""
    name = service["metadata"]["name"]
    subject, meant = f"Service/{name}", str(service["spec"].get("externalName", "")).rstrip(".")
    see = f"kubectl get service {name} -n {scene.namespace}"
    if _is_address(meant):
        sentence = say(
            en=f"Service {name} is another name for {meant}, which is an address: DNS only answers with names here",
            zh=f"Service {name} 的 externalName 是 {meant}，这是地址而不是域名：DNS 无法据此应答",
        )
        words = (f"externalName: {meant}",)
        return Diagnosis(subject, (Cause("externalname-is-address", sentence, subject, (subject,), words, see),))
    if meant.endswith(INSIDE):
        other, _, namespace = meant.removesuffix(INSIDE).rpartition(".")
        if namespace == scene.namespace and scene.lists("Service") and scene.find("Service", other) is None:
            path, where = (subject, f"Service/{other}"), f"kubectl get services -n {scene.namespace}"
            said = not_there(scene, "Service", other)
            sentence = say(
                en=f"Service {name} is another name for {meant}, and {said}",
                zh=f"Service {name} 是 {meant} 的别名，但{said}",
            )
            words = (f"externalName: {meant}",)
            return Diagnosis(subject, (Cause("externalname-target-absent", sentence, path[1], path, words, where),))
    seen = say(en=f"it is another name for {meant}, which was not asked", zh=f"它只是 {meant} 的别名，没有查询那个名字")
    return Diagnosis(subject, saw=(seen,))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def by_hand(scene: Scene, service: Raw) -> Diagnosis:
    """Look at a Service without a selector: somebody has to write its endpoints."""
    name = service["metadata"]["name"]
    subject = f"Service/{name}"
    if not scene.lists("EndpointSlice"):
        return Diagnosis(subject, saw=(say(en="EndpointSlices were not asked for", zh="没有查询 EndpointSlice"),))
    if any(one.get("endpoints") for one in slices(scene, name)):
        return Diagnosis(subject, healthy=True)
    sentence = say(
        en=f"Service {name} has no selector and nobody wrote endpoints for it, so it leads nowhere",
        zh=f"Service {name} 没有 selector，也没有人为它写 endpoints，所以不通向任何地方",
    )
    see = f"kubectl describe service {name} -n {scene.namespace}"
    return Diagnosis(
        subject, (Cause("service-without-selector", sentence, subject, (subject,), ("Endpoints: <none>",), see),)
    )


def pending(scene: Scene, service: Raw) -> Diagnosis:
    """Look whether a LoadBalancer has got an address from somebody."""
    name = service["metadata"]["name"]
    subject = f"Service/{name}"
    if service["spec"].get("type") != "LoadBalancer":
        return Diagnosis(subject, healthy=True)
    if ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
        return Diagnosis(subject, healthy=True)
    events = scene.events(service)
    refused = next((one for one in events if one.get("reason") == "SyncLoadBalancerFailed"), None)
    young = clock.seconds(service["metadata"].get("creationTimestamp"), scene.taken) < PATIENCE
    if (events or young) and refused is None:
        moving = say(en=f"Service {name} waits for its address", zh=f"Service {name} 正在等待外部地址")
        return Diagnosis(subject, moving=moving)
    words = ("EXTERNAL-IP: <pending>",) if refused is None else (str(refused.get("message", "")),)
    en = "nobody in this cluster gives one out" if refused is None else "whoever gives them out could not"
    zh = "这个集群里没有谁负责分配" if refused is None else "负责分配的组件没有成功"
    sentence = say(
        en=f"Service {name} waits for an address from outside, and {en}; inside the cluster it can be reached",
        zh=f"Service {name} 在等待外部地址，但{zh}；在集群内部可以访问它",
    )
    see = f"kubectl get service {name} -n {scene.namespace}"
    return Diagnosis(subject, (Cause("loadbalancer-pending", sentence, subject, (subject,), words, see),))
