"""Why a Deployment or a ReplicaSet does not have the Pods that it is to have."""

from labrunner.outcome import Cause
from labrunner.why import clock, workload_pods
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say
from labrunner.world.motion import REVISION
from labrunner.world.snapshot import Snapshot

PATIENCE = 30.0
"""Seconds in which a controller is expected to take up what it was told."""


def deployment(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a Deployment over its present ReplicaSet into its Pods."""
    scene, subject = Scene(snapshot), f"Deployment/{name}"
    raw = scene.find("Deployment", name)
    if raw is None:
        return absent(scene, "Deployment", name)
    trail = Trail(scene, (subject,))
    spec, status = raw["spec"], raw.get("status") or {}
    if not spec.get("replicas", 1):
        return Diagnosis(subject, (to_zero(trail, raw),))
    if status.get("observedGeneration", 0) < raw["metadata"].get("generation", 0):
        return not_taken_up(trail, raw)
    first = [_paused(trail, name)] if spec.get("paused") and status.get("updatedReplicas", 0) < spec["replicas"] else []
    present = next(iter(by_revision(scene.owned("ReplicaSet", raw))), None)
    below = Diagnosis(subject)
    if present is not None:
        below = workload_pods.of(trail.to(present), present)
    late = _late(trail, raw)
    causes = _once([*first, *below.causes, *([late] if late else [])])
    lag = behind(raw)
    saw = (*below.saw, *_said(raw))
    if causes or not lag:
        return Diagnosis(subject, causes, healthy=not causes, saw=saw)
    if below.saw and not below.moving:
        return Diagnosis(subject, saw=saw)
    return Diagnosis(subject, moving=below.moving or lag, saw=saw)


def replicaset(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a ReplicaSet into its Pods."""
    scene, subject = Scene(snapshot), f"ReplicaSet/{name}"
    raw = scene.find("ReplicaSet", name)
    if raw is None:
        return absent(scene, "ReplicaSet", name)
    trail = Trail(scene, (subject,))
    if newer := _newer(scene, raw):
        phrase = say(en=f"ReplicaSet {name} was replaced by {newer}", zh=f"ReplicaSet {name} 已被 {newer} 取代")
        return Diagnosis(subject, healthy=True, saw=(phrase,))
    if not raw["spec"].get("replicas", 1):
        return Diagnosis(subject, (to_zero(trail, raw),))
    return settled(workload_pods.of(trail, raw), raw)


def settled(found: Diagnosis, raw: Raw) -> Diagnosis:
    """Return what a walk into a controller's Pods came to, in the light of its own counts."""
    lag = behind(raw)
    if found.causes or (found.saw and lag):
        return Diagnosis(found.subject, found.causes, saw=found.saw)
    if lag:
        return Diagnosis(found.subject, moving=found.moving or lag, saw=found.saw)
    return Diagnosis(found.subject, healthy=True, saw=found.saw)


def by_revision(sets: list[Raw]) -> list[Raw]:
    """Return ReplicaSets of one Deployment, the present one first."""

    def revision(one: Raw) -> int:
        return int((one["metadata"].get("annotations") or {}).get(REVISION, 0))

    return sorted(sets, key=revision, reverse=True)


def behind(raw: Raw) -> str:
    """Return how far a Deployment, ReplicaSet or StatefulSet is from what it is to have; empty where it is there."""
    kind, name, status = raw["kind"], raw["metadata"]["name"], raw.get("status") or {}
    wanted, ready = raw["spec"].get("replicas", 1), status.get("readyReplicas", 0)
    updated = wanted if kind == "ReplicaSet" or by_hand(raw) else status.get("updatedReplicas", 0)
    if kind == "Deployment":
        ready = min(ready, status.get("availableReplicas", 0))
    if ready >= wanted and updated >= wanted and status.get("replicas", 0) <= wanted:
        return ""
    return say(en=f"{kind} {name} has {ready} of {wanted} ready", zh=f"{kind} {name} 有 {ready}/{wanted} 就绪")


def by_hand(raw: Raw) -> bool:
    """Tell whether Pods of an older template are kept on purpose: replaced when deleted only, or up to a partition."""
    strategy = raw["spec"].get("updateStrategy") or {}
    return strategy.get("type") == "OnDelete" or bool((strategy.get("rollingUpdate") or {}).get("partition"))


def to_zero(trail: Trail, raw: Raw) -> Cause:
    """Return the cause that a controller is told to have no Pods; the walk stands at it."""
    kind, name = raw["kind"], raw["metadata"]["name"]
    sentence = say(
        en=f"{kind} {name} is told to run 0 Pods (spec.replicas: 0)",
        zh=f"{kind} {name} 被要求运行 0 个 Pod（spec.replicas: 0）",
    )
    return trail.cause("scaled-to-zero", sentence, words=("spec.replicas: 0",), see=f"get {kind.lower()} {name}")


def not_taken_up(trail: Trail, raw: Raw) -> Diagnosis:
    """Return what is said of a controller that has not been looked at since it was changed; the walk stands at it."""
    kind, name = raw["kind"], raw["metadata"]["name"]
    waited = clock.seconds(raw["metadata"].get("creationTimestamp"), trail.scene.taken)
    phrase = say(en=f"{kind} {name} has not been taken up yet", zh=f"{kind} {name} 的改动还没有被处理")
    if waited > PATIENCE and not raw.get("status"):
        return Diagnosis(trail.path[-1], saw=(phrase,))
    return Diagnosis(trail.path[-1], moving=phrase)


def _paused(trail: Trail, name: str) -> Cause:
    sentence = say(
        en=f"the rollout of Deployment {name} is paused: its Pods are not made anew until it is resumed",
        zh=f"Deployment {name} 的 rollout 暂停了：恢复之前不会创建新的 Pod",
    )
    see = f"get deployment {name} -o jsonpath='{{.spec.paused}}'"
    return trail.cause("rollout-paused", sentence, words=("spec.paused: true",), see=see)


def _late(trail: Trail, raw: Raw) -> Cause | None:
    name, limit = raw["metadata"]["name"], raw["spec"].get("progressDeadlineSeconds", 600)
    for condition in (raw.get("status") or {}).get("conditions") or []:
        if (condition["type"], condition.get("reason")) == ("Progressing", "ProgressDeadlineExceeded"):
            sentence = say(
                en=f"the rollout of Deployment {name} made no progress for {limit} s, its deadline",
                zh=f"Deployment {name} 的 rollout 在期限 {limit} 秒内没有进展",
            )
            words = (f"{condition['reason']}: {condition.get('message', '')}",)
            return trail.cause("progress-deadline", sentence, words=words, see=f"rollout status deployment/{name}")
    return None


def _said(raw: Raw) -> tuple[str, ...]:
    """Return what a Deployment says of itself, a phrase a condition."""
    conditions = (raw.get("status") or {}).get("conditions") or []
    return tuple(f"{one['type']}={one['status']} ({one.get('reason', '')})" for one in conditions)


def _newer(scene: Scene, raw: Raw) -> str:
    """Return the ReplicaSet that has replaced one, empty where it is the present one or nobody's."""
    for owner in raw["metadata"].get("ownerReferences") or []:
        whole = next((one for one in scene.of_kind("Deployment") if one["metadata"]["uid"] == owner["uid"]), None)
        if whole is not None:
            present = by_revision(scene.owned("ReplicaSet", whole))[0]
            same = present["metadata"]["uid"] == raw["metadata"]["uid"]
            return "" if same else str(present["metadata"]["name"])
    return ""


def _once(causes: list[Cause]) -> tuple[Cause, ...]:
    return tuple({(one.code, one.sentence): one for one in reversed(causes)}.values())[::-1]
