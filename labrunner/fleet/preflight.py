"""What a cluster must be able to do before a class is sent there: asked at the start, and said in one sentence."""

import json
import re
from dataclasses import dataclass
from typing import Any

from labrunner.environment.cluster_damage import is_ready
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown, EnvironmentNotReady, NotOurs, Refused
from labrunner.fleet import manifests
from labrunner.fleet.manifests import Made
from labrunner.fleet.pods import mebibytes, millicores
from labrunner.fleet.teachers_cluster import TeachersCluster
from labrunner.words import say

OLDEST = 31
"""Kubernetes 1.31: retries an index (1.29), sidecar containers (1.29) and what fails an index are all on there."""
CHECKER_CPU, CHECKER_MEMORY = 100, 256
"""What the checker is promised, in thousandths of a processor and MiB."""
NEEDED = (
    ("get", "namespaces", ""),
    ("create", "namespaces", ""),
    ("delete", "namespaces", ""),
    ("create", "pods", "in"),
    ("list", "nodes", ""),
    ("list", "jobs.batch", "in"),
    ("create", "jobs.batch", "in"),
    ("delete", "jobs.batch", "in"),
    ("list", "pods", "in"),
    ("delete", "pods", "in"),
    ("get", "pods/log", "in"),
    ("patch", "pods/status", "in"),
    ("create", "serviceaccounts", "in"),
    ("create", "resourcequotas", "in"),
    ("create", "networkpolicies.networking.k8s.io", "in"),
)
"""Verb, resource, and whether it is asked for the class's namespace: what RBAC must allow."""
NEEDED_TO_LOG_IN = (("create", "secrets", "in"),)
"""The same for a registry that asks Pods for a password, which is kept in one Secret."""
WITHOUT_LOGIN = [f"{verb} {resource}" for verb, resource, _ in NEEDED_TO_LOG_IN]
RIGHTS, RIGHTS_TO_LOG_IN = "grading-rbac.yaml", "grading-rbac-login.yaml"


@dataclass(frozen=True, slots=True)
class Room:
    """What nodes have for Pods that may run there: thousandths of processors and MiB, as a sum and at the most."""

    nodes: int
    cpu: int
    memory: int
    largest_cpu: int
    largest_memory: int


def demand_able(cluster: TeachersCluster, made: Made) -> None:
    """Make sure that a cluster is new enough and that this account may do there what is needed.

    Raises:
        ClusterDown: it does not answer.
        EnvironmentNotReady: it is too old, or the account lacks a right.
    """
    _version(cluster)
    _rights(cluster, made)


def demand(cluster: TeachersCluster, made: Made) -> Room:
    """Make sure that a cluster has room for a class and takes its Pods; returns what room it has.

    Raises:
        ClusterDown: it does not answer.
        EnvironmentNotReady: it is too small.
        Refused: it admits no privileged Pods.
        NotOurs: the namespace is somebody else's.
    """
    _whose(cluster, made)
    room = _room(cluster, made)
    _admitted(cluster, made)
    return room


def _version(cluster: TeachersCluster) -> None:
    said = cluster.did("version", "-o", "json", limit=10)
    try:
        minor = int(re.sub(r"\D", "", json.loads(said)["serverVersion"]["minor"]))
    except (ValueError, KeyError, TypeError):
        raise ClusterDown(say(en="the cluster does not say its version", zh="集群没有说明它的版本")) from None
    if minor < OLDEST:
        raise EnvironmentNotReady(
            say(
                en=f"the cluster is Kubernetes 1.{minor}; a class needs 1.{OLDEST}, which retries each by itself",
                zh=f"集群是 Kubernetes 1.{minor}；给班级评分需要 1.{OLDEST}，它才能单独重试一份提交",
            )
        )


def _question(verb: str, resource: str) -> list[str]:
    """Return how kubectl is asked; what it is given as "pods/log" it takes for a Pod of that name."""
    kind, _, part = resource.partition("/")
    return ["auth", "can-i", verb, kind, *([f"--subresource={part}"] if part else [])]


def _rights(cluster: TeachersCluster, made: Made) -> None:
    needed = [*NEEDED, *(NEEDED_TO_LOG_IN if made.login else ())]
    lacking = [
        f"{verb} {resource}"
        for verb, resource, where in needed
        if not cluster.asked(*_question(verb, resource), *(["-n", made.namespace] if where else []), limit=10).ok
    ]
    if lacking:
        raise EnvironmentNotReady(
            say(
                en=f"this account may not {', '.join(lacking)} in the cluster of {cluster.context}",
                zh=f"这个账号在 {cluster.context} 的集群里没有权限：{', '.join(lacking)}",
            ),
            hint=f"kubectl apply -f docs/{RIGHTS_TO_LOG_IN if lacking == WITHOUT_LOGIN else RIGHTS}",
        )


def _whose(cluster: TeachersCluster, made: Made) -> None:
    found = cluster.read("namespace", made.namespace)
    if found and (found["metadata"].get("labels") or {}).get(LABEL) != made.install:
        raise NotOurs(
            say(
                en=f"the namespace {made.namespace} is there and is not labrunner's",
                zh=f"命名空间 {made.namespace} 已存在，但不属于 labrunner",
            ),
            hint=say(en="name another one in the file of --pods", zh="请在 --pods 的文件里换一个名称"),
        )
    if found.get("status", {}).get("phase") == "Terminating":
        raise EnvironmentNotReady(
            say(en=f"the namespace {made.namespace} is still ending", zh=f"命名空间 {made.namespace} 还在删除中"),
            hint=say(en="run it again in a minute", zh="一分钟后再运行"),
        )


def _room(cluster: TeachersCluster, made: Made) -> Room:
    nodes = cluster.read("nodes").get("items", [])
    room = room_of(nodes, made)
    cpu, memory = millicores(made.pods.cpu) + CHECKER_CPU, mebibytes(made.pods.memory) + CHECKER_MEMORY
    if room.largest_cpu < cpu or room.largest_memory < memory:
        raise EnvironmentNotReady(
            say(
                en=f"no node has room for one Pod: it asks for {cpu} thousandths of a processor and {memory} MiB, "
                f"and the largest that may run it has {room.largest_cpu} and {room.largest_memory}",
                zh=f"没有节点放得下一个 Pod：它需要 {cpu}m 处理器和 {memory} MiB，"
                f"而可用的最大节点只有 {room.largest_cpu}m 和 {room.largest_memory} MiB",
            ),
            hint=say(
                en="ask for less in the file of --pods, or use larger nodes", zh="减少 --pods 里的请求，或换更大的节点"
            ),
        )
    return room


def room_of(nodes: list[dict[str, Any]], made: Made) -> Room:
    """Return what room some nodes have for the Pods of a class: those that are ready, chosen and not barred."""
    fit = [one for one in nodes if _takes(one, made)]
    cpu = [millicores(one["status"]["allocatable"].get("cpu", "0")) for one in fit]
    memory = [mebibytes(one["status"]["allocatable"].get("memory", "0")) for one in fit]
    return Room(len(fit), sum(cpu), sum(memory), max(cpu, default=0), max(memory, default=0))


def _takes(node: dict[str, Any], made: Made) -> bool:
    spec, labels = node.get("spec", {}), node["metadata"].get("labels") or {}
    chosen = all(labels.get(key) == value for key, value in made.pods.node_selector.items())
    barred = [one for one in spec.get("taints") or [] if one["effect"] in ("NoSchedule", "NoExecute")]
    return (
        is_ready(node) and chosen and all(any(_tolerates(one, bar) for one in made.pods.tolerations) for bar in barred)
    )


def _tolerates(toleration: dict[str, str], taint: dict[str, str]) -> bool:
    if toleration.get("effect", taint["effect"]) != taint["effect"]:
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key", taint["key"]) == taint["key"]
    return (toleration.get("key"), toleration.get("value", "")) == (taint["key"], taint.get("value", ""))


def _admitted(cluster: TeachersCluster, made: Made) -> None:
    """Make the namespace, and ask the API whether it would take such a Pod there, without making one."""
    there = bool(cluster.read("namespace", made.namespace))
    first = {"apiVersion": "v1", "kind": "List", "items": [manifests.namespace(made), manifests.account(made)]}
    cluster.did("apply", "-f", "-", stdin=json.dumps(first))
    where = {"generateName": "labrunner-asks-", "namespace": made.namespace}
    asked = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": where, "spec": manifests.pod(made)})
    done = cluster.asked("create", "--dry-run=server", "-o", "name", "-f", "-", stdin=asked, limit=15)
    if done.ok:
        return
    if not there:
        cluster.asked("delete", "namespace", made.namespace, "--wait=false")
    raise Refused(
        say(
            en=f"the cluster of {cluster.context} does not admit a Pod with an engine in it: {done.last_words}",
            zh=f"{cluster.context} 的集群不接受带引擎的 Pod：{done.last_words}",
        ),
        hint=say(
            en="a Docker engine needs a privileged container; ask whoever runs the cluster",
            zh="Docker 引擎需要特权容器，请联系集群管理员",
        ),
    )


def said(room: Room, made: Made) -> str:
    """Return one line of what room there is: how many Pods at a time, of those that are wanted."""
    cpu, memory = millicores(made.pods.cpu) + CHECKER_CPU, mebibytes(made.pods.memory) + CHECKER_MEMORY
    fit = min(room.cpu // cpu, room.memory // memory)
    wanted = min(made.parallel, made.count)
    return say(
        en=f"{room.nodes} nodes have room for {fit} Pods at a time; {min(fit, wanted)} of {made.count} begin",
        zh=f"{room.nodes} 个节点能同时运行 {fit} 个 Pod；{made.count} 份中先开始 {min(fit, wanted)} 份",
    )
