"""A client inside the cluster: one Pod of ours, apart from every lab, that probes ask from."""

import json
from typing import Any

from labrunner.environment.cluster_record import CLIENT_NAMESPACE as NAMESPACE
from labrunner.environment.cluster_record import CLIENT_POD as POD
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import namespace
from labrunner.environment.component import ON_CONTROL_PLANE
from labrunner.environment.kubectl import kubectl
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

PATIENCE = 60
"""Seconds that the Pod gets to be ready; a pull is within it."""


def up(endpoint: Endpoint, cluster: KindCluster, image: str) -> None:
    """Make sure that the client Pod runs.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster.
        image: as the nodes pull it, `localhost:PORT/client:1`.

    Raises:
        ClusterDown: it was not ready in time.
    """
    where = ("-n", NAMESPACE)
    seen = kubectl(endpoint, cluster, "get", "pod", POD, *where, "-o", "jsonpath={.status.phase}", may_fail=True)
    if seen.ok and seen.stdout == "Running":
        return
    namespace(endpoint, cluster, NAMESPACE)
    if seen.ok:
        kubectl(endpoint, cluster, "delete", "pod", POD, *where, "--now", "--ignore-not-found", limit=40)
    kubectl(endpoint, cluster, "apply", "-f", "-", stdin=json.dumps(_manifest(image, cluster.install)))
    ready = ("wait", "--for=condition=Ready", f"pod/{POD}", *where, f"--timeout={PATIENCE}s")
    if not kubectl(endpoint, cluster, *ready, limit=PATIENCE + 5, may_fail=True).ok:
        raise ClusterDown(
            say(en="the client Pod in the cluster is not ready", zh="集群里的客户端 Pod 没有就绪"),
            hint=f"kubectl --kubeconfig {cluster.kubeconfig} describe pod {POD} -n {NAMESPACE}",
        )


def _manifest(image: str, install: str) -> dict[str, Any]:
    container = {
        "name": "client",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sleep", "infinity"],
        "resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "1m", "memory": "8Mi"}},
    }
    spec = {
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
        "automountServiceAccountToken": False,
        **ON_CONTROL_PLANE,
    }
    metadata = {"name": POD, "namespace": NAMESPACE, "labels": {LABEL: install}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
