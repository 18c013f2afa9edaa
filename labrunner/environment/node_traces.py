"""What a lesson leaves on the nodes themselves, which no namespace takes along: static Pods' files, and a cordon."""

from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import nodes_are_ours
from labrunner.environment.component import MANIFESTS
from labrunner.environment.docker_cli import docker
from labrunner.environment.kubectl import kubectl, read
from labrunner.world.endpoint import Endpoint

FILES = f"{MANIFESTS}/lr-*"
"""Static Pods that a lab prescribes; names of labs begin so, and none of Kubernetes' own does."""


def clear(endpoint: Endpoint, cluster: KindCluster) -> None:
    """Take away the static Pods of labs, and let every node take Pods again; right where there is nothing.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster, awake.

    Raises:
        NotOurs: a node is another container, or the cluster another one.
        ClusterDown: the API does not say who it is.
    """
    nodes_are_ours(endpoint, cluster)
    for container in cluster.nodes.values():
        docker(endpoint, "exec", container, "sh", "-c", f"rm -f {FILES}", may_fail=True)
    for node in read(endpoint, cluster, "/api/v1/nodes").get("items", []):
        if (node.get("spec") or {}).get("unschedulable"):
            kubectl(endpoint, cluster, "uncordon", node["metadata"]["name"])


def left(endpoint: Endpoint, cluster: KindCluster) -> list[str]:
    """Return what a lesson left on the nodes, for a person: "worker: lr-static.yaml", "worker2: cordoned"."""
    found = []
    for role in cluster.roles:
        listed = docker(endpoint, "exec", cluster.node(role), "sh", "-c", f"ls {FILES} 2>/dev/null", may_fail=True)
        found += [f"{role}: {path.rpartition('/')[2]}" for path in listed.stdout.split()]
    for node in read(endpoint, cluster, "/api/v1/nodes").get("items", []):
        if (node.get("spec") or {}).get("unschedulable"):
            found.append(f"{node['metadata']['name'].removeprefix(f'{cluster.name}-')}: cordoned")
    return found
