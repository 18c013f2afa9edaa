"""Which object a person means: kinds as Docker and kubectl let them be written, short names included."""

import difflib
from dataclasses import dataclass

from labrunner.errors import UsageError
from labrunner.words import say

DOCKER = {
    "container": ("containers", "ctr", "c"),
    "image": ("images", "img"),
    "network": ("networks", "net"),
    "volume": ("volumes", "vol"),
}
"""Docker's kinds as subjects spell them, with what people write instead."""
CLUSTER = {
    "Pod": ("pods", "po"),
    "Service": ("services", "svc"),
    "Deployment": ("deployments", "deploy"),
    "ReplicaSet": ("replicasets", "rs"),
    "StatefulSet": ("statefulsets", "sts"),
    "DaemonSet": ("daemonsets", "ds"),
    "Job": ("jobs",),
    "CronJob": ("cronjobs", "cj"),
    "Ingress": ("ingresses", "ing"),
    "IngressClass": ("ingressclasses",),
    "HorizontalPodAutoscaler": ("horizontalpodautoscalers", "hpa"),
    "PersistentVolumeClaim": ("persistentvolumeclaims", "pvc"),
    "PersistentVolume": ("persistentvolumes", "pv"),
    "StorageClass": ("storageclasses", "sc"),
    "ConfigMap": ("configmaps", "cm"),
    "Secret": ("secrets",),
    "ServiceAccount": ("serviceaccounts", "sa"),
    "EndpointSlice": ("endpointslices", "endpoints", "ep"),
    "ResourceQuota": ("resourcequotas", "quota"),
    "LimitRange": ("limitranges", "limits"),
    "Node": ("nodes", "no"),
    "Namespace": ("namespaces", "ns"),
}
"""Kubernetes' kinds as manifests spell them, with kubectl's plural and short names."""


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked about.

    Attributes:
        kind: as a subject spells it ("container", "Deployment"); "URL" where a request was asked about.
        name: its name; the whole URL where that was asked.
    """

    kind: str
    name: str

    @property
    def of_cluster(self) -> bool:
        """Tell whether the cluster has to be asked, and not a daemon."""
        return self.kind not in DOCKER

    @property
    def subject(self) -> str:
        """The object as verdicts and causes name it."""
        return self.name if self.kind == URL else f"{self.kind}/{self.name}"


URL = "URL"


def target(said: str) -> Target:
    """Read what a person typed: KIND/NAME, in any case and by any of the kind's names, or a URL.

    Raises:
        UsageError: it names no kind, or no name; the hint suggests the nearest.
    """
    if said.lower().startswith(("http://", "https://")):
        return Target(URL, said)
    kind, slash, name = said.partition("/")
    known = names()
    canonical = known.get(kind.lower().partition(".")[0])
    if canonical is None:
        raise UsageError(
            say(en=f"no kind is called {kind!r}", zh=f"没有名为 {kind!r} 的类型"), hint=_nearest(kind, name)
        )
    if not slash or not name or (canonical != "image" and "/" in name):
        raise UsageError(
            say(en=f"which {canonical}? {said!r} names none", zh=f"哪一个 {canonical}？{said!r} 没有说出名字"),
            hint=f"labrunner why {kind.lower()}/NAME",
        )
    return Target(canonical, name)


def names() -> dict[str, str]:
    """Return every way to write a kind, in small letters, and the kind that it means."""
    return {
        written: kind
        for kind, others in {**DOCKER, **CLUSTER}.items()
        for written in (kind.lower(), *others)
    }  # fmt: skip


def _nearest(kind: str, name: str) -> str:
    near = difflib.get_close_matches(kind.lower(), names(), n=1)
    if near:
        meant = f"{near[0]}/{name or 'NAME'}"
        return say(en=f"did you mean {meant}?", zh=f"是不是 {meant}？")
    if kind and not name:
        return f"labrunner why container/{kind}, labrunner why deployment/{kind}, …"
    few = "container, image, network, volume, pod, deployment, service, ingress, hpa, pvc, job, node, namespace"
    return say(en=f"kinds are: {few}", zh=f"可用的类型：{few}")
