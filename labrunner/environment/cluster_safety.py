"""Namespaces of ours in the course's cluster: made and removed where it is proved that they are ours."""

import json
from collections.abc import Callable
from functools import partial

from labrunner import wait
from labrunner.environment import cluster_sleep, namespace_end
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
STANDARD = "v1.34"
"""The release whose standards these are: another node image does not change what a lab's Pods may do."""
PATIENCE = 120.0
"""Seconds that a namespace gets to go; a few are usual."""
HINDERED = 10.0
"""Seconds after which it is asked what keeps it."""
STUCK = 60.0
"""Seconds after which a namespace is given up that the API says something keeps: nobody serves that finalizer."""


def namespace(endpoint: Endpoint, cluster: KindCluster, name: str, security: str = "baseline") -> str:
    """Make a lab's namespace, with our label, and return its uid; one of ours that is there stays.

    Args:
        endpoint: the daemon.
        cluster: as it was recorded when it was made.
        name: of the namespace.
        security: the Pod Security Standard that the API enforces in it.

    Raises:
        NotOurs: a namespace of this name is somebody else's.
        ClusterDown, NotOurs: as `kubectl`.
    """
    found = read(endpoint, cluster, f"/api/v1/namespaces/{name}")
    if not found:
        labels = {LABEL: cluster.install, ENFORCED: security, f"{ENFORCED}-version": STANDARD}
        wanted = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
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
        ClusterDown: it was still there in the end, and what keeps it; or the API did not say.
    """
    found = read(endpoint, cluster, f"/api/v1/namespaces/{name}")
    if not found:
        guard(endpoint, cluster)  # another cluster that has no such namespace says nothing of ours
        if _absent(endpoint, cluster, name):
            return
        raise ClusterDown(
            say(
                en=f"the course's cluster does not say what became of the namespace {name}",
                zh=f"课程集群没有说明命名空间 {name} 的情况",
            ),
            hint=say(en="run the same command again", zh="再运行同一条命令"),
        )
    if found["metadata"].get("labels", {}).get(LABEL) != cluster.install:
        raise NotOurs(
            say(
                en=f"the namespace {name} does not bear labrunner's label (any more)",
                zh=f"命名空间 {name} 没有（或不再有）labrunner 的标签",
            ),
            hint=say(
                en=f"give it back: kubectl label namespace {name} {LABEL}={cluster.install}, or remove the whole "
                "cluster: labrunner stop --all",
                zh=f"把标签加回去：kubectl label namespace {name} {LABEL}={cluster.install}，"
                "或移除整个集群：labrunner stop --all",
            ),
        )
    kubectl(endpoint, cluster, "delete", "namespace", name, "--wait=false", "--ignore-not-found")
    # Pods that ignore SIGTERM would hold it for their grace period, half a minute and more.
    kubectl(endpoint, cluster, "-n", name, "delete", "pods", "--all", "--grace-period=1", "--wait=false", may_fail=True)
    began = wait.now()

    def over(look: Callable[[], None]) -> bool:
        look()
        if wait.now() - began > HINDERED:  # an add-on that keeps failing hides which kinds there are to be removed
            cluster_sleep.revive(endpoint, cluster)
        if _absent(endpoint, cluster, name):
            return True
        return wait.now() - began > STUCK and bool(namespace_end.kept_by(endpoint, cluster, name))

    with namespace_end.unhindered(endpoint, cluster, after=HINDERED) as look:
        wait.until(partial(over, look), within=PATIENCE, every=0.5)
    if _absent(endpoint, cluster, name):
        return
    kept = namespace_end.kept_by(endpoint, cluster, name)
    because = f": {kept}" if kept else ""
    spent = wait.now() - began
    raise ClusterDown(
        say(
            en=f"the namespace {name} was not gone after {spent:.0f} s{because}",
            zh=f"命名空间 {name} 在 {spent:.0f} 秒后仍未删除{because}",
        ),
        hint=say(
            en="let go of what keeps it, and run the same command again; or remove the whole cluster: "
            "labrunner stop --all",
            zh="先解除占用再运行同一条命令；或移除整个集群：labrunner stop --all",
        ),
    )


def _absent(endpoint: Endpoint, cluster: KindCluster, name: str) -> bool:
    done = kubectl(endpoint, cluster, "get", "namespace", name, "-o", "name", "--ignore-not-found", may_fail=True)
    return done.ok and not done.stdout.strip()
