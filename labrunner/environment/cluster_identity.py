"""That a cluster is the course's own: told by its nodes' containers, by our kubeconfig, and by what the API says it is.

Whatever changes something in a cluster goes through `kubectl.kubectl`, and that asks here first, each time: a look at
the beginning of a command says nothing about the end of it.
"""

import json
from pathlib import Path

from labrunner import process
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import inspect
from labrunner.errors import ClusterDown, NotOurs
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world import kubeconfig as kubeconfigs
from labrunner.world.endpoint import Endpoint

KIND_LABEL = "io.x-k8s.kind.cluster"
"""The label that kind gives to the containers that are a cluster's nodes; its value is the cluster's name."""
KUBE_SYSTEM = "/api/v1/namespaces/kube-system"


def guard(endpoint: Endpoint, cluster: KindCluster, *, api: bool = True) -> None:
    """Make sure that a change would reach the course's own cluster.

    Args:
        endpoint: the daemon.
        cluster: as it was recorded when it was made.
        api: also ask the API who it is; left out while it is down, and then the nodes' containers decide.

    Raises:
        NotOurs: the server is not on loopback, or the kubeconfig, the cluster or a node is another one than recorded.
        ClusterDown: the API does not say who it is.
    """
    nodes_are_ours(endpoint, cluster)
    if not api:
        return
    kubeconfig_is_ours(cluster)
    uid = _uid(endpoint, cluster)
    if not uid:
        raise ClusterDown(
            say(en="the course's cluster does not answer", zh="课程集群没有回应"),
            hint=say(en="labrunner start LAB wakes or rebuilds it", zh="labrunner start LAB 会唤醒或重建它"),
        )
    if uid != cluster.uid:
        raise refusal(cluster, say(en="its kube-system is another one", zh="它的 kube-system 不是原来那个"))


def nodes_are_ours(endpoint: Endpoint, cluster: KindCluster) -> None:
    """Make sure that each node is the container that was recorded, of our cluster by kind's label; raises NotOurs."""
    for node, container in cluster.nodes.items():
        found = inspect(endpoint, "containers", container)
        if not found or found["Id"] != container or (found["Config"]["Labels"] or {}).get(KIND_LABEL) != cluster.name:
            raise refusal(cluster, say(en=f"the node {node} is another container", zh=f"节点 {node} 是另一个容器"))


def kubeconfig_is_ours(cluster: KindCluster, kubeconfig: Path | None = None) -> None:
    """Make sure that a kubeconfig of ours leads to where the cluster's led when it was made; nothing in it is run.

    kubectl would execute what a kubeconfig names as a user's program, so this comes before any kubectl.

    Args:
        cluster: as it was recorded when it was made.
        kubeconfig: a lab's own, of which the present context counts; the cluster's where None.

    Raises:
        NotOurs: its server is not on loopback, it names another server or authority than recorded, or a program.
    """
    try:
        context = cluster.context if kubeconfig is None else ""
        server, authority = kubeconfigs.identity(kubeconfig or Path(cluster.kubeconfig), context)
    except FileNotFoundError:
        return  # kubectl says so itself; nothing can be changed without it
    except (OSError, ValueError) as broken:
        raise refusal(cluster, say(en=f"our kubeconfig: {broken}", zh=f"我们自己的 kubeconfig：{broken}")) from broken
    if not endpoints.is_local(server.replace("https://", "tcp://", 1)):
        raise refusal(cluster, say(en=f"its server is {server}", zh=f"其服务器是 {server}"))
    if (cluster.server or server) != server:
        raise refusal(cluster, say(en=f"its server is {server} now", zh=f"其服务器现在是 {server}"))
    if (cluster.authority or authority) != authority:
        raise refusal(cluster, say(en="its certificate authority is another one", zh="它的证书颁发机构不是原来那个"))


def refusal(cluster: KindCluster, why: str) -> NotOurs:
    """Return the error that says why a cluster is not taken for the course's."""
    return NotOurs(
        say(
            en=f"the cluster {cluster.name} is not the one that was made for the course: {why}",
            zh=f"集群 {cluster.name} 不是为课程创建的那个：{why}",
        ),
        hint=say(en="labrunner stop --all, then start again", zh="先 labrunner stop --all，再重新 start"),
    )


def _uid(endpoint: Endpoint, cluster: KindCluster) -> str:
    """Return the UID of kube-system as the API says it; empty where it does not answer."""
    line = cluster.kubectl_line("get", "--raw", KUBE_SYSTEM, "--request-timeout=4s")
    done = process.run(line, limit=6, env=cluster.environ(endpoint))
    try:
        return str(json.loads(done.stdout)["metadata"]["uid"]) if done.ok else ""
    except (ValueError, KeyError, TypeError):
        return ""
