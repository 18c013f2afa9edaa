"""What the lab stands on: its images, its values, and how Pods, their owners and a Deployment's versions are read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from labrunner import Cluster, Fact, Lab

lab = Lab(__file__)
OUTSIDE = "it opens ports of the nodes, or the cluster's one Ingress, which belong to everybody"
lab.graded(
    "restricted",
    without=dict.fromkeys(
        ("nodeport", "loadbalancer", "ingress-host", "ingress-path", "tls", "unknown-host", "ingress-spread"), OUTSIDE
    ),
)

web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")
nginx = lab.image("nginx:1.22")
busybox = lab.image("busybox:1.35")

dish = lab.value("dish")
ticket = lab.value("ticket")

Raw = Mapping[str, Any]

NEWEST = "$(kubectl get pods -l app=lr-web --sort-by=.metadata.creationTimestamp -o name | tail -n 1)"
"""The Pod that is not ending: whatever a rollout gave up, which is listed for some more seconds, is older."""
READY = "kubectl rollout status deployment/lr-web --timeout=90s"
REVISION = "deployment.kubernetes.io/revision"
"""The annotation in which a Deployment numbers the versions of its template, on itself and on each ReplicaSet."""


def applied(*documents: str) -> str:
    """Return the command that applies these documents, in one file."""
    text = "\n---\n".join(document.strip("\n") for document in documents)
    return f"kubectl apply -f - <<'YAML'\n{text}\nYAML\n"


def controller(raw: Raw) -> Raw | None:
    """Return the reference to what keeps an object; None where nothing does."""
    return next((one for one in raw["metadata"].get("ownerReferences") or [] if one.get("controller")), None)


def owner(pod: Raw) -> str:
    """Return the kind of what keeps a Pod, "nobody" where nothing does."""
    kept_by = controller(pod)
    return str(kept_by["kind"]) if kept_by else "nobody"


def pods_with(cluster: Cluster, app: str, keeper: str = "lr-web") -> Fact[list[Raw]]:
    """Return the Pods whose label `app` is this; a wait watches their Deployment, because lr-clash never gets ready."""
    return replace(cluster.pods({"app": app}), subject=f"Deployment/{keeper}")


def is_ready(pod: Raw) -> bool:
    """Tell whether a Pod takes requests."""
    conditions = pod.get("status", {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def revision(raw: Raw) -> int:
    """Return the number of the version that a Deployment, or one of its ReplicaSets, is at; 0 where none is told."""
    return int((raw["metadata"].get("annotations") or {}).get(REVISION, 0))


def versions(cluster: Cluster, name: str) -> Fact[list[Raw]]:
    """Return the ReplicaSets of a Deployment, the one that serves now at the end.

    Those that a Deployment of the same name left behind are not its own: it is known by its UID.
    """

    def own(uid: str) -> list[Raw]:
        return sorted(
            (one for one in cluster.of_kind("ReplicaSet") if (controller(one) or {}).get("uid") == uid), key=revision
        )

    return cluster.deployment(name).uid.map(own, "its ReplicaSets")
