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
UNSAID = "limits.memory"
"""What cannot be counted without a default for who does not say."""
LIMIT, REQUEST = "512Mi", "16Mi"
"""Memory of a container that does not say; who says that it needs more has to say its limit as well."""


def bound(endpoint: Endpoint, cluster: KindCluster, namespace: str, *, static_pods: bool = False) -> None:
    """Bound a namespace of ours, and wait until the quota counts; right twice as well.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the course's cluster, which was guarded.
        namespace: of ours.
        static_pods: a kubelet has Pods there from a file. What the API shows of one is made by the kubelet, and would
            get the defaults as well; then its class of QoS is another than the kubelet's, every status of it is
            refused, and it is Pending for ever. So there are no defaults, and memory is not counted.

    Raises:
        ClusterDown: the cluster did not take it, or did not count within PATIENCE seconds.
    """
    hard = {key: most for key, most in HARD.items() if key != UNSAID} if static_pods else HARD
    metadata = {"name": NAME, "labels": {LABEL: cluster.install}}
    objects = [_quota(metadata, hard)]
    if static_pods:
        kubectl(endpoint, cluster, "-n", namespace, "delete", "limitrange", NAME, "--ignore-not-found")
    else:
        objects.append(_defaults(metadata))
    wanted = {"apiVersion": "v1", "kind": "List", "items": objects}
    kubectl(endpoint, cluster, "-n", namespace, *APPLY, stdin=json.dumps(wanted))
    path = f"/api/v1/namespaces/{namespace}/resourcequotas/{NAME}"

    def counts() -> bool:
        return bool(read(endpoint, cluster, path).get("status", {}).get("hard") == hard)

    if not wait.until(counts, within=PATIENCE, every=0.1):
        raise ClusterDown(
            say(
                en=f"the cluster does not count what is in the namespace {namespace}",
                zh=f"集群没有统计命名空间 {namespace} 的用量",
            ),
            hint=f"kubectl describe quota -n {namespace}",
        )


def _quota(metadata: dict[str, Any], hard: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}}


def _defaults(metadata: dict[str, Any]) -> dict[str, Any]:
    container = {"type": "Container", "default": {"memory": LIMIT}, "defaultRequest": {"memory": REQUEST}}
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": [container]}}
