"""What is broken in the course's cluster itself, which no learner's work can be judged by; and what mends it.

A node that is stopped, the cluster's own DNS that was deleted, the lab's namespace that is gone: each makes right work
look wrong. It is looked for where a claim does not hold, and so costs nothing where all is well.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from labrunner.environment.cluster_record import CLIENT_NAMESPACE, CLIENT_POD, KindCluster
from labrunner.errors import ClusterDown
from labrunner.words import say
from labrunner.world.docker_engine import DockerEngine

SYSTEM = ("coredns", "kube-proxy")
"""What kube-system has to have for Pods to find and reach each other, by what the names of its Pods begin with.

What gives Pods their addresses has another name in each node image; a node without it is not ready.
"""
Raw = Mapping[str, Any]


class Damaged(ClusterDown):
    """The course's cluster answers, and is not whole."""


class Listing(Protocol):
    """What lists a cluster's objects; see `kube_cluster.KubeCluster.list`."""

    def list(self, version: str, kind: str, namespace: str = "") -> tuple[list[dict[str, Any]], str]:
        """Return the objects of one kind, and a resourceVersion."""


def demand_whole(  # noqa: PLR0913 - a lab's whole standing, by name
    engine: DockerEngine, kube: Listing, cluster: KindCluster, *, lab: str, namespace: str, nodes: bool
) -> None:
    """Make sure that what does not hold may be the learner's work.

    Args:
        engine: the daemon that the cluster runs on.
        kube: the cluster's API.
        cluster: as it was recorded.
        lab: its name, as it is typed.
        namespace: the lab's.
        nodes: False where the lab is about nodes, and what becomes of them is its learner's to do.

    Raises:
        Damaged: something of the cluster itself is gone or does not work; says what, and what mends it.
        DockerDown, ClusterDown: the world is not there.
    """
    if nodes:
        demand_nodes(engine, cluster, lab)
    anew = say(en="begin the lab anew: labrunner reset", zh="重新开始实验：labrunner reset")
    found = {str(raw["metadata"]["name"]): raw for raw in kube.list("v1", "Namespace")[0]}
    if namespace not in found:
        raise Damaged(
            say(en=f"the lab's namespace {namespace} is gone", zh=f"实验的命名空间 {namespace} 已经不在了"), hint=anew
        )
    if "deletionTimestamp" in found[namespace]["metadata"]:
        raise Damaged(
            say(en=f"the lab's namespace {namespace} is being deleted", zh=f"实验的命名空间 {namespace} 正在被删除"),
            hint=anew,
        )
    if not any(_is_client(raw) for raw in kube.list("v1", "Pod", CLIENT_NAMESPACE)[0]):
        raise Damaged(
            say(
                en=f"the Pod that checks ask from, {CLIENT_NAMESPACE}/{CLIENT_POD}, does not run",
                zh=f"检查所用的 Pod {CLIENT_NAMESPACE}/{CLIENT_POD} 没有在运行",
            ),
            hint=say(en=f"labrunner start {lab} makes it again", zh=f"labrunner start {lab} 会重新创建它"),
        )
    if not nodes:
        return
    lost = [*_lost(kube.list("v1", "Node")[0], cluster), *lacking(kube.list("v1", "Pod", "kube-system")[0])]
    if lost:
        raise Damaged(
            say(
                en=f"the course's cluster is not whole: {', '.join(lost)}",
                zh=f"课程集群不完整：{'、'.join(lost)}",
            ),
            hint=say(
                en="your work is not to blame; labrunner reset mends the cluster, and begins the lab anew",
                zh="与你的操作无关；labrunner reset 会修复集群，并重新开始实验",
            ),
        )


def demand_nodes(engine: DockerEngine, cluster: KindCluster, lab: str) -> None:
    """Make sure that every node's container runs; raises Damaged, which says what became of one, and DockerDown."""
    for role in cluster.roles:
        raw = engine.inspect("containers", cluster.node(role))
        if raw is None:
            raise Damaged(
                say(en=f"the node {role} of the course's cluster is gone", zh=f"课程集群的节点 {role} 已经不在了"),
                hint=say(
                    en="labrunner reset makes the cluster again, and begins the lab anew",
                    zh="labrunner reset 会重新创建集群，并重新开始实验",
                ),
            )
        if (status := str(raw["State"]["Status"])) != "running":
            raise Damaged(
                say(
                    en=f"the node {role} of the course's cluster is {status}",
                    zh=f"课程集群的节点 {role} 没有在运行（{status}）",
                ),
                hint=say(en=f"labrunner start {lab} brings it back", zh=f"labrunner start {lab} 会恢复它"),
            )


def lacking(pods: Iterable[Raw]) -> list[str]:
    """Return what kube-system lacks, each with the words for it: no Pod of it is ready.

    Args:
        pods: those of kube-system.
    """
    ready = [str(pod["metadata"]["name"]) for pod in pods if is_ready(pod)]
    return [
        say(en=f"no Pod of kube-system/{name} is ready", zh=f"kube-system/{name} 没有就绪的 Pod")
        for name in SYSTEM
        if not any(one.startswith(f"{name}-") for one in ready)
    ]


def _lost(nodes: list[dict[str, Any]], cluster: KindCluster) -> Iterator[str]:
    """Yield the nodes that the cluster does not know or does not hear, each with the words for it."""
    ready = {str(raw["metadata"]["name"]) for raw in nodes if is_ready(raw)}
    for role in cluster.roles:
        if not {role, f"{cluster.name}-{role}"} & ready:
            yield say(en=f"its node {role} is not ready", zh=f"节点 {role} 没有就绪")


def _is_client(raw: Raw) -> bool:
    """Tell whether this is the client, and stays; one that is not ready yet, as after a sleep, only needs a moment."""
    ended = (raw.get("status") or {}).get("phase") in ("Failed", "Succeeded")
    return str(raw["metadata"]["name"]) == CLIENT_POD and not ended and "deletionTimestamp" not in raw["metadata"]


def is_ready(raw: Raw) -> bool:
    """Tell whether a node or a Pod says that it is ready."""
    conditions = (raw.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
