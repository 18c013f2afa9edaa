"""The manifests of the cluster's add-ons: ours, and MetalLB's own, fitted to the course's cluster."""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from labrunner.environment import catalogue, shipped
from labrunner.environment.catalogue import Image
from labrunner.environment.component import ON_CONTROL_PLANE
from labrunner.errors import ClusterDown
from labrunner.words import say

REVISION = "1"
"""Changed by hand when this file would make another manifest of the same parts."""
METALLB = "metallb-native.yaml"
"""The manifest that MetalLB's module has."""
POOL = 16
"""Addresses that LoadBalancer Services may share; a smaller network gives a quarter of its own."""
LATE = ("APIService",)
"""Kinds that come once the Pods are ready: the API server begins to ask at once, and before the Service has its rules
on the node such a call leaves the cluster, to whoever answers there, on a connection that is kept."""
LEFT_OUT = {("ValidatingWebhookConfiguration", "metallb-webhook-configuration"), ("Service", "webhook-service")}
"""MetalLB's webhooks: they refuse mistakes in pools, and the one pool here is ours. Without them it need not make
certificates first, and nothing of the API waits for its Pod."""
GOSSIP = "memberlist"
"""The Secret of the speakers' gossip, without which none of them answers; where it is there already, they need not wait
for the controller to make it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What manifests are filled with.

    Attributes:
        port: of the course's registry, as nodes know it.
        install: whose objects they are.
        pool: the addresses of LoadBalancer Services, "FIRST-LAST"; empty where there is no MetalLB.
    """

    port: int
    install: str
    pool: str = ""


def pool(subnets: Iterable[str]) -> str:
    """Return the addresses at the top of a network of ours, "FIRST-LAST"; Docker gives away from the bottom.

    Args:
        subnets: as Docker tells them; the first one of IPv4 counts.

    Raises:
        ClusterDown: there is none.
    """
    for subnet in subnets:
        whole = ipaddress.ip_network(subnet, strict=False) if subnet else None
        if isinstance(whole, ipaddress.IPv4Network):
            last = whole.broadcast_address - 1
            count = max(1, min(POOL, whole.num_addresses // 4))
            return f"{last - (count - 1)}-{last}"
    raise ClusterDown(
        say(en="the course's network has no IPv4 subnet", zh="课程的网络没有 IPv4 子网"), hint="labrunner stop --all"
    )


def addresses(pool: str) -> list[str]:
    """Return each address of what `pool` returned."""
    first, last = (int(ipaddress.IPv4Address(end)) for end in pool.split("-"))
    return [str(ipaddress.IPv4Address(number)) for number in range(first, last + 1)]


def own(name: str) -> str:
    """Return our manifest of an add-on, as it is shipped."""
    return shipped.text(f"provision/addons/{name}.yaml")


def images(name: str) -> list[Image]:
    """Return the catalogue's entries of an add-on's images."""
    return [image for image in catalogue.of_addons() if image.addon == name]


def pulled(name: str, source: Source) -> dict[str, str]:
    """Return what stands in an add-on's manifest for an image → what nodes pull instead."""
    return {image.official: f"localhost:{source.port}/{image.reference}" for image in images(name)}


def rendered(name: str, source: Source, labels: Mapping[str, str], *, late: bool = False) -> str:
    """Return a manifest for `kubectl apply`: one List, as JSON; empty where nothing would be in it.

    Args:
        name: the add-on of which it is ours.
        source: what it is filled with.
        labels: what every object bears.
        late: of all objects, those that come once the Pods are ready; the others without it.
    """
    found = _documents(own(name), name, source)
    return _listed([one for one in found if (one["kind"] in LATE) == late], labels)


def metallb(text: str, source: Source, labels: Mapping[str, str]) -> str:
    """Return MetalLB's own manifest for the course's cluster, as `rendered` does: without its webhooks."""
    kept = [
        one for one in _documents(text, "metallb", source) if (one["kind"], one["metadata"]["name"]) not in LEFT_OUT
    ]
    for one in kept:
        if one["kind"] == "CustomResourceDefinition":
            one["spec"].pop("conversion", None)  # by a webhook, and between versions that nobody writes
            one.pop("status", None)
        if one["kind"] in ("Deployment", "DaemonSet"):
            _fit(one["spec"]["template"]["spec"], webhooks=one["kind"] == "Deployment")
    namespace = next(one["metadata"]["name"] for one in kept if one["kind"] == "Namespace")
    key = hashlib.sha256(f"{GOSSIP} {source.install}".encode()).hexdigest()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": GOSSIP, "namespace": namespace}}
    kept.insert(1, {**secret, "stringData": {"secretkey": key}})
    return _listed(kept, labels)


def _fit(pod: dict[str, Any], *, webhooks: bool) -> None:
    container = pod["containers"][0]
    container["imagePullPolicy"] = "IfNotPresent"
    container["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    container["resources"] = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
    pod["priorityClassName"] = "system-cluster-critical"
    if webhooks:  # the controller has them; the speakers are on every node as it is
        container["args"].append("--webhook-mode=disabled")
        pod.update(ON_CONTROL_PLANE)


def _documents(text: str, name: str, source: Source) -> list[dict[str, Any]]:
    for official, here in pulled(name, source).items():
        text = text.replace(official, here)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [one for one in yaml.load_all(text.replace("@POOL@", source.pool), loader) if one]


def _listed(items: list[dict[str, Any]], labels: Mapping[str, str]) -> str:
    if not items:
        return ""
    for one in items:
        one["metadata"]["labels"] = {**(one["metadata"].get("labels") or {}), **labels}
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
