"""Namespaces of ours in the course's cluster: made and removed where it is proved that they are ours."""

import json

from labrunner import wait
from labrunner.environment import cluster_sleep
from labrunner.environment.cluster_identity import KIND_LABEL, guard, nodes_are_ours
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.kubectl import kubectl, read
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown, NotOurs
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

__all__ = ["ENFORCED", "KIND_LABEL", "guard", "namespace", "nodes_are_ours", "remove_namespace"]
ENFORCED = "pod-security.kubernetes.io/enforce"
"""The label by which a namespace asks for a Pod Security Standard (Kubernetes 1.25)."""
PATIENCE = 120.0
"""Seconds that a namespace gets to go; a few are usual."""
HINDERED = 10.0
"""Seconds after which it is asked what keeps it."""


def namespace(endpoint: Endpoint, cluster: KindCluster, name: str) -> str:
    """Make a lab's namespace, with our label, and return its uid; one of ours that is there stays.

    Raises:
        NotOurs: a namespace of this name is somebody else's.
        ClusterDown, NotOurs: as `guard`.
    """
    guard(endpoint, cluster)
    found = read(endpoint, cluster, f"/api/v1/namespaces/{name}")
    if not found:
        wanted = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": {LABEL: cluster.install, ENFORCED: "baseline"}},
        }
        kubectl(endpoint, cluster, "create", "-f", "-", stdin=json.dumps(wanted))
        found = read(endpoint, cluster, f"/api/v1/namespaces/{name}")
    if found.get("metadata", {}).get("labels", {}).get(LABEL) != cluster.install:
        raise NotOurs(
            say(en=f"the namespace {name} is not labrunner's", zh=f"命名空间 {name} 不属于 labrunner"),
            hint=f"kubectl get namespace {name} --show-labels",
        )
    return str(found["metadata"]["uid"])


def remove_namespace(endpoint: Endpoint, cluster: KindCluster, name: str) -> None:
    """Remove a namespace of ours and wait until it is gone; right where it is gone already.

    Raises:
        NotOurs: it does not carry our label.
        ClusterDown: it was still there after PATIENCE seconds.
    """
    guard(endpoint, cluster)
    found = read(endpoint, cluster, f"/api/v1/namespaces/{name}")
    if not found:
        return
    if found["metadata"].get("labels", {}).get(LABEL) != cluster.install:
        raise NotOurs(say(en=f"the namespace {name} is not labrunner's", zh=f"命名空间 {name} 不属于 labrunner"))
    kubectl(endpoint, cluster, "delete", "namespace", name, "--wait=false", "--ignore-not-found")
    # Pods that ignore SIGTERM would hold it for their grace period, half a minute and more.
    kubectl(endpoint, cluster, "-n", name, "delete", "pods", "--all", "--grace-period=1", "--wait=false", may_fail=True)
    began = wait.now()

    def gone() -> bool:
        if wait.now() - began > HINDERED:  # an add-on that keeps failing hides which kinds there are to be removed
            cluster_sleep.revive(endpoint, cluster)
        return _absent(endpoint, cluster, name)

    if not wait.until(gone, within=PATIENCE, every=0.5):
        raise ClusterDown(
            say(
                en=f"the namespace {name} was not gone after {PATIENCE:.0f} s",
                zh=f"命名空间 {name} 在 {PATIENCE:.0f} 秒后仍未删除",
            ),
            hint=f"kubectl get namespace {name} -o yaml",
        )


def _absent(endpoint: Endpoint, cluster: KindCluster, name: str) -> bool:
    done = kubectl(endpoint, cluster, "get", "namespace", name, "-o", "name", "--ignore-not-found", may_fail=True)
    return done.ok and not done.stdout.strip()
