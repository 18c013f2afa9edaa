"""A node that is lost, closed to new Pods, or short of something."""

from labrunner.outcome import Cause
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

SHORT_OF = {
    "MemoryPressure": ("memory", "内存"),
    "DiskPressure": ("disk", "磁盘"),
    "PIDPressure": ("processes", "进程数"),
}
"""Conditions that are true where a node lacks something, and what it lacks."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Say what is wrong with a node, by its own conditions."""
    scene, subject = Scene(snapshot), f"Node/{name}"
    raw = scene.find("Node", name)
    if raw is None:
        return absent(scene, "Node", name)
    conditions = _conditions(raw)
    causes = [cause for cause in (down(scene, name), *_pressures(raw), _network(raw), _cordoned(raw)) if cause]
    saw = tuple(f"{kind}={one['status']} ({one.get('reason', '')})" for kind, one in conditions.items())
    return Diagnosis(subject, tuple(causes), healthy=not causes and "Ready" in conditions, saw=saw)


def down(scene: Scene, name: str, way: tuple[str, ...] = ()) -> Cause | None:
    """Return the cause that a node is not ready, where the snapshot holds the node and it says so."""
    raw = scene.find("Node", name)
    ready = _conditions(raw).get("Ready") if raw is not None else None
    if ready is None or ready["status"] == "True":
        return None
    if ready["status"] == "Unknown":
        en, zh = "its kubelet no longer reports", "它的 kubelet 不再上报状态"
    else:
        en, zh = "its kubelet says so itself", "它的 kubelet 自己这样上报"
    sentence = say(
        en=f"node {name} is not ready: {en}, so what runs there counts as lost",
        zh=f"节点 {name} 未就绪：{zh}，上面运行的 Pod 视为丢失",
    )
    return Cause("node-not-ready", sentence, f"Node/{name}", (*way, f"Node/{name}"), _words(ready), _see(name))


def _conditions(raw: Raw) -> dict[str, Raw]:
    return {one["type"]: one for one in (raw.get("status") or {}).get("conditions") or []}


def _words(condition: Raw) -> tuple[str, ...]:
    said = condition.get("message", "")
    return (
        f"{condition['type']}={condition['status']}, {condition.get('reason', '')}" + (f": {said}" if said else ""),
    )


def _see(name: str) -> str:
    return f"kubectl describe node {name}"


def _pressures(raw: Raw) -> list[Cause]:
    name, found = raw["metadata"]["name"], []
    for kind, one in _conditions(raw).items():
        if kind in SHORT_OF and one["status"] == "True":
            en, zh = SHORT_OF[kind]
            sentence = say(
                en=f"node {name} is short of {en}, so it takes no new Pods and may evict some",
                zh=f"节点 {name} 的{zh}不足，因此不接收新的 Pod，并可能驱逐已有的 Pod",
            )
            found.append(Cause("node-pressure", sentence, f"Node/{name}", (f"Node/{name}",), _words(one), _see(name)))
    return found


def _network(raw: Raw) -> Cause | None:
    name, one = raw["metadata"]["name"], _conditions(raw).get("NetworkUnavailable")
    if one is None or one["status"] != "True":
        return None
    sentence = say(en=f"the network of node {name} is not set up", zh=f"节点 {name} 的网络还没有配置好")
    return Cause("node-network-unavailable", sentence, f"Node/{name}", (f"Node/{name}",), _words(one), _see(name))


def _cordoned(raw: Raw) -> Cause | None:
    name = raw["metadata"]["name"]
    if not (raw.get("spec") or {}).get("unschedulable"):
        return None
    sentence = say(
        en=f"node {name} is cordoned: what runs there goes on, and no new Pod is placed there",
        zh=f"节点 {name} 被 cordon：已有的 Pod 继续运行，但不会再调度新的 Pod 上去",
    )
    return Cause(
        "node-cordoned",
        sentence,
        f"Node/{name}",
        (f"Node/{name}",),
        ("spec.unschedulable: true",),
        f"kubectl get node {name}",
    )
