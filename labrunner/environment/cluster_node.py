"""A node of the course's cluster, by the name that people call it: the container that it is."""

from labrunner.environment import cluster_record
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import nodes_are_ours
from labrunner.errors import ClusterDown, OtherDaemon, UsageError
from labrunner.words import say
from labrunner.world.endpoint import Endpoint


def of(cluster: KindCluster, name: str) -> str:
    """Return the container ID of a cluster's node, by its name, whole or without the cluster's; UsageError for none."""
    if container := cluster.node(name):
        return container
    raise UsageError(
        say(en=f"the cluster has no node {name}", zh=f"集群没有节点 {name}"), hint=", ".join(cluster.roles)
    )


def found(endpoint: Endpoint, name: str) -> str:
    """Return the container ID of a node.

    Args:
        endpoint: the daemon that is talked to.
        name: the node's name, whole or without the cluster's ("worker2").

    Raises:
        UsageError: the cluster has no such node.
        ClusterDown: there is no cluster.
        OtherDaemon: the cluster runs on another daemon.
        NotOurs: the container is another one than recorded.
    """
    cluster = cluster_record.load()
    if cluster is None or not cluster.nodes:
        raise ClusterDown(say(en="the course's cluster is not there", zh="课程集群不存在"), hint="labrunner start")
    if cluster.daemon_id != endpoint.daemon_id:
        raise OtherDaemon(say(en="the course's cluster is on another Docker daemon", zh="课程集群在另一个 Docker 上"))
    container = of(cluster, name)
    nodes_are_ours(endpoint, cluster)
    return container
