"""Why no node takes a Pod: told by the nodes as they are, and by the scheduler's own words for the rest."""

import re
from fractions import Fraction

from labrunner.outcome import Cause
from labrunner.why import node_fit, quantity
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

CLAIMS = ("persistentvolumeclaim", "unbound immediate PersistentVolumeClaims")
"""What the scheduler says where a claim is in the way; the claim's own walk says more."""
NOT_WELL = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
PRESSED = "-pressure"
BEYOND = re.compile(r" (?:no new claims|preemption:)")
"""Where the scheduler goes on to what it cannot do about it."""
RESOURCE = re.compile(r"Insufficient ([\w./-]+?)(?=[,.]|$)")


def refusal(pod: Raw) -> str | None:
    """Return why the scheduler found no node for a Pod, in its own words; None where it found one or has not tried."""
    for condition in (pod.get("status") or {}).get("conditions") or []:
        if (condition["type"], condition["status"]) == ("PodScheduled", "False"):
            return str(condition.get("message") or condition.get("reason") or "Unschedulable")
    return None


def unscheduled(trail: Trail, pod: Raw, said: str, *, claims_told: bool) -> list[Cause]:
    """Return why no node takes a Pod.

    Args:
        trail: stands at the Pod.
        pod: it.
        said: the scheduler's words.
        claims_told: True where a claim was named as a cause already.
    """
    if "scheduling gates" in said:
        return [_gated(trail, pod, said)]
    brief = BEYOND.split(said, maxsplit=1)[0]
    nodes = trail.scene.of_kind("Node")
    fitting = [node for node in nodes if node_fit.matches(pod["spec"], node)]
    found = _too_big(trail, pod, nodes, brief)
    if nodes and not fitting:
        return [_selector(trail, pod, brief), *found]
    open_ones = [node for node in fitting if not node_fit.taints(pod["spec"], node)]
    if fitting and not open_ones:
        return [_tainted(trail, pod, fitting, brief), *found]
    found = found or [*_resources(trail, pod, brief), *_others(trail, pod, brief)]
    if found or (claims_told and any(words in said for words in CLAIMS)):
        return found
    if not nodes and "affinity/selector" in brief:
        return [_selector(trail, pod, brief)]
    name = pod["metadata"]["name"]
    sentence = say(en=f"no node takes Pod {name}", zh=f"没有节点接收 Pod {name}")
    return [trail.cause("unschedulable", sentence, words=(brief,))]


def _gated(trail: Trail, pod: Raw, said: str) -> Cause:
    name = pod["metadata"]["name"]
    gates = ", ".join(one["name"] for one in pod["spec"].get("schedulingGates") or [])
    sentence = say(
        en=f"nobody looks for a node for Pod {name} until its scheduling gate is taken away: {gates}",
        zh=f"在去掉 scheduling gate（{gates}）之前，不会给 Pod {name} 找节点",
    )
    return trail.cause("scheduling-gated", sentence, words=(said,))


def _selector(trail: Trail, pod: Raw, said: str) -> Cause:
    name, wanted = pod["metadata"]["name"], node_fit.wanted(pod["spec"])
    sentence = say(
        en=f"no node has what Pod {name} asks for: {wanted}",
        zh=f"没有节点符合 Pod {name} 的要求：{wanted}",
    )
    return trail.cause("unschedulable-selector", sentence, words=(said,), see="get nodes --show-labels")


def _tainted(trail: Trail, pod: Raw, nodes: list[Raw], said: str) -> Cause:
    """Return why the nodes that a Pod may run on keep it away."""
    name, node = pod["metadata"]["name"], nodes[0]
    where = node["metadata"]["name"]
    keeping = node_fit.taints(pod["spec"], node)[0]
    key = keeping["key"]
    way = trail.to(node)
    if key == node_fit.CORDON:
        sentence = say(
            en=f"node {where} is cordoned: it takes no new Pods, such as {name}",
            zh=f"节点 {where} 被 cordon 了：它不接收新的 Pod，例如 {name}",
        )
        return way.cause("node-cordoned", sentence, words=(said,), see=f"get node {where}")
    if key in NOT_WELL:
        sentence = say(
            en=f"node {where} is not ready, so it takes no Pods, such as {name}",
            zh=f"节点 {where} 没有就绪，不接收 Pod，例如 {name}",
        )
        return way.cause("node-not-ready", sentence, words=(said,))
    if key.endswith(PRESSED):
        sentence = say(
            en=f"node {where} is short of something ({key}), so it takes no Pods, such as {name}",
            zh=f"节点 {where} 资源紧张（{key}），不接收 Pod，例如 {name}",
        )
        return way.cause("node-pressure", sentence, words=(said,))
    taint = f"{key}={keeping['value']}" if keeping.get("value") else key
    sentence = say(
        en=f"Pod {name} may only run on node {where}, whose taint {taint} it does not tolerate"
        if len(nodes) == 1
        else f"every node that Pod {name} may run on has a taint that it does not tolerate: {taint} on {where}",
        zh=f"Pod {name} 只能运行在节点 {where} 上，但它不容忍那里的污点 {taint}"
        if len(nodes) == 1
        else f"Pod {name} 可以运行的每个节点都有它不容忍的污点：{where} 上是 {taint}",
    )
    see = f"get node {where} -o jsonpath='{{.spec.taints}}'"
    return trail.cause("unschedulable-taint", sentence, words=(f"{taint}:{keeping['effect']}", said), see=see)


def _too_big(trail: Trail, pod: Raw, nodes: list[Raw], said: str) -> list[Cause]:
    """Return what a Pod asks for more of than the largest node has at all."""
    found = []
    for resource in ("cpu", "memory"):
        asked, largest = quantity.requested(pod["spec"], resource), _largest(nodes, resource)
        if nodes and asked > largest:
            found.append(_short(trail, pod, resource, asked, largest, said))
    return found


def _resources(trail: Trail, pod: Raw, said: str) -> list[Cause]:
    """Return what the scheduler says that no node has enough of left."""
    found = []
    for resource in dict.fromkeys(RESOURCE.findall(said)):
        asked = quantity.requested(pod["spec"], resource)
        found.append(_short(trail, pod, resource, asked, _largest(trail.scene.of_kind("Node"), resource), said))
    return found


def _largest(nodes: list[Raw], resource: str) -> Fraction:
    has = [((node.get("status") or {}).get("allocatable") or {}).get(resource, 0) for node in nodes]
    return max(map(quantity.amount, has), default=Fraction(0))


def _short(trail: Trail, pod: Raw, resource: str, asked: Fraction, largest: Fraction, said: str) -> Cause:  # noqa: PLR0913, PLR0917 - one sentence needs them all
    name = pod["metadata"]["name"]
    want, most = quantity.written(asked, resource), quantity.written(largest, resource)
    if not largest:
        sentence = say(en=f"no node has {want} left for Pod {name}", zh=f"没有节点还有 {want} 可以给 Pod {name}")
    elif asked > largest:
        sentence = say(
            en=f"Pod {name} asks for {want}, more than any node has: the largest has {most}",
            zh=f"Pod {name} 要求 {want}，超过了任何节点：最大的只有 {most}",
        )
    else:
        sentence = say(
            en=f"no node has {want} left for Pod {name}: the largest has {most}, and other Pods asked first",
            zh=f"没有节点还剩 {want} 可以给 Pod {name}：最大的有 {most}，已被其他 Pod 要走",
        )
    words, see = (said,), f"describe pod {name}"
    if resource == "cpu":
        return trail.cause("unschedulable-cpu", sentence, words=words, see=see)
    if resource == "memory":
        return trail.cause("unschedulable-memory", sentence, words=words, see=see)
    return trail.cause("unschedulable-resource", sentence, words=words, see=see)


def _others(trail: Trail, pod: Raw, said: str) -> list[Cause]:
    """Return what else the scheduler names: volumes, ports, neighbours, the number of Pods."""
    name = pod["metadata"]["name"]
    claims = ", ".join(claims_of(pod)) or "?"
    found = []
    if "Too many pods" in said:
        full = say(
            en=f"every node is full of Pods: none takes {name}", zh=f"每个节点的 Pod 都满了：没有一个接收 {name}"
        )
        found.append(trail.cause("unschedulable-pods", full, words=(said,)))
    if "free ports" in said:
        ports = ", ".join(str(port) for port in _host_ports(pod))
        taken = say(
            en=f"Pod {name} wants port {ports} of its node, and no node has it free",
            zh=f"Pod {name} 要占用节点的端口 {ports}，但没有节点空着它",
        )
        found.append(trail.cause("unschedulable-port", taken, words=(said,)))
    if "persistent volumes to bind" in said or "volume node affinity" in said or "volume(s)" in said:
        volume = say(
            en=f"no node has a volume for the claim of Pod {name}: {claims}",
            zh=f"没有节点有 Pod {name} 的声明（{claims}）所需的卷",
        )
        found.append(trail.cause("unschedulable-volume", volume, words=(said,), see="get pvc,pv"))
    if "pod affinity" in said or "anti-affinity" in said:
        beside = say(
            en=f"no node suits Pod {name}: which Pods it wants beside it, or does not, leaves none",
            zh=f"没有节点适合 Pod {name}：它对邻居 Pod 的要求（affinity）没有节点满足",
        )
        found.append(trail.cause("unschedulable-affinity", beside, words=(said,)))
    if "topology spread" in said:
        spread = say(
            en=f"no node suits Pod {name}: its topologySpreadConstraints leave none",
            zh=f"没有节点适合 Pod {name}：它的 topologySpreadConstraints 没有节点满足",
        )
        found.append(trail.cause("unschedulable-spread", spread, words=(said,)))
    return found


def claims_of(pod: Raw) -> list[str]:
    """Return the names of the claims that a Pod's volumes are of."""
    volumes = pod["spec"].get("volumes") or []
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if one.get("persistentVolumeClaim")]


def _host_ports(pod: Raw) -> list[int]:
    ports = [port for one in pod["spec"]["containers"] for port in one.get("ports") or []]
    return [int(port["hostPort"]) for port in ports if port.get("hostPort")]
