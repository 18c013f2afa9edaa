"""Why a StatefulSet or a DaemonSet does not have the Pods that it is to have."""

from labrunner.why import node_fit, workload_pods
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.why.workload import by_hand, not_taken_up, settled, to_zero
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def statefulset(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a StatefulSet into its Pods, the first of which holds up the others."""
    scene, subject = Scene(snapshot), f"StatefulSet/{name}"
    raw = scene.find("StatefulSet", name)
    if raw is None:
        return absent(scene, "StatefulSet", name)
    trail = Trail(scene, (subject,))
    if not raw["spec"].get("replicas", 1):
        return Diagnosis(subject, (to_zero(trail, raw),))
    if _not_seen(raw):
        return not_taken_up(trail, raw)
    return settled(workload_pods.of(trail, raw), raw)


def daemonset(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a DaemonSet into its Pods, one for each node that it is for."""
    scene, subject = Scene(snapshot), f"DaemonSet/{name}"
    raw = scene.find("DaemonSet", name)
    if raw is None:
        return absent(scene, "DaemonSet", name)
    trail = Trail(scene, (subject,))
    if _not_seen(raw):
        return not_taken_up(trail, raw)
    status, found = raw.get("status") or {}, workload_pods.of(trail, raw)
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    if not wanted:
        sentence = say(
            en=f"DaemonSet {name} has no Pods, because no node is for it{_asks(raw)}",
            zh=f"DaemonSet {name} 没有 Pod，因为没有适合它的节点{_asks(raw)}",
        )
        cause = trail.cause("no-node-for-daemonset", sentence, see="get nodes --show-labels")
        return Diagnosis(subject, (*found.causes, cause))
    updated = wanted if by_hand(raw) else status.get("updatedNumberScheduled", 0)
    if found.causes or (ready >= wanted and updated >= wanted):
        return Diagnosis(subject, found.causes, healthy=not found.causes, saw=found.saw)
    if found.saw and not found.moving:
        return Diagnosis(subject, saw=found.saw)
    lag = say(en=f"DaemonSet {name} has {ready} of {wanted} ready", zh=f"DaemonSet {name} 有 {ready}/{wanted} 就绪")
    return Diagnosis(subject, moving=found.moving or lag, saw=found.saw)


def _not_seen(raw: Raw) -> bool:
    seen: int = (raw.get("status") or {}).get("observedGeneration", 0)
    return seen < int(raw["metadata"].get("generation", 0))


def _asks(raw: Raw) -> str:
    wanted = node_fit.wanted(raw["spec"]["template"]["spec"])
    return f": {wanted}" if wanted else ""
