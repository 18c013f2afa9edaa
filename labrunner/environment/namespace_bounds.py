"""What a lab's namespace may use: a quota, and defaults for what containers do not say."""

import json
from typing import Any

from labrunner import wait
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.kubectl import APPLY, kubectl, read
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

NAME = "labrunner"
"""What both objects are called."""
PATIENCE = 60.0
"""Seconds that the quota gets to be counted; until then the API refuses every Pod. One is usual."""
HARD = {
    "pods": "40",
    "limits.memory": "20Gi",
    "services.loadbalancers": "4",
    "services.nodeports": "10",
    "persistentvolumeclaims": "5",
    "requests.storage": "10Gi",
}
"""At most so much of each; the labs, with what is wrongly done in them, come to 18 Pods and 9 GiB. CPU is not counted:
every container would have to say how much, and a default would answer where an autoscaler shall find that nobody did.
"""
LIMIT, REQUEST = "512Mi", "16Mi"
"""Memory of a container that does not say; who says that it needs more has to say its limit as well."""


def bound(endpoint: Endpoint, cluster: KindCluster, namespace: str) -> None:
    """Bound a namespace of ours, and wait until the quota counts; right twice as well.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the course's cluster, which was guarded.
        namespace: of ours.

    Raises:
        ClusterDown: the cluster did not take it, or did not count within PATIENCE seconds.
    """
    wanted = {"apiVersion": "v1", "kind": "List", "items": _objects(cluster.install)}
    kubectl(endpoint, cluster, "-n", namespace, *APPLY, stdin=json.dumps(wanted))
    path = f"/api/v1/namespaces/{namespace}/resourcequotas/{NAME}"

    def counts() -> bool:
        return bool(read(endpoint, cluster, path).get("status", {}).get("hard") == HARD)

    if not wait.until(counts, within=PATIENCE, every=0.1):
        raise ClusterDown(
            say(
                en=f"the cluster does not count what is in the namespace {namespace}",
                zh=f"集群没有统计命名空间 {namespace} 的用量",
            ),
            hint=f"kubectl describe quota -n {namespace}",
        )


def _objects(install: str) -> list[dict[str, Any]]:
    metadata = {"name": NAME, "labels": {LABEL: install}}
    container = {"type": "Container", "default": {"memory": LIMIT}, "defaultRequest": {"memory": REQUEST}}
    return [
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": HARD}},
        {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": [container]}},
    ]
