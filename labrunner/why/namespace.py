"""A namespace that is going and does not get there: what is still in it, and what holds that."""

from labrunner.outcome import Cause
from labrunner.why.absent import absent
from labrunner.why.clock import seconds
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.node import down
from labrunner.why.scene import Raw, Scene
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

PATIENCE = 10.0
"""Seconds that what is to go gets before it counts as stuck."""
THE_CLUSTERS = ("foregroundDeletion", "orphan", "kubernetes", "batch.kubernetes.io/", "kubernetes.io/pv")
"""How the finalizers begin that the cluster's own controllers take away again."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Say whether a namespace is there, going, or stuck on its way."""
    scene, subject = Scene(snapshot), f"Namespace/{name}"
    raw = scene.find("Namespace", name)
    if raw is None:
        return absent(scene, "Namespace", name)
    since = raw["metadata"].get("deletionTimestamp")
    if not since:
        return Diagnosis(subject, healthy=True)
    inside: list[Raw] = list((snapshot.cluster or {})["objects"]) if scene.namespace == name else []
    going = [one for one in inside if "deletionTimestamp" in one["metadata"]]
    held = [one for one in going if _is_held(one, scene.taken)]
    own = raw["metadata"].get("finalizers") or []
    late = seconds(since, scene.taken) > PATIENCE and not any(_is_due(one, scene.taken) for one in going)
    said = _said(raw)
    broken = any("Failure" in kind for kind in said)
    if not (held or own or (late and said) or broken):
        return Diagnosis(subject, moving=say(en=f"namespace {name} is being deleted", zh=f"命名空间 {name} 正在删除"))
    lost = _lost(scene, subject, held)
    if lost is not None:
        return Diagnosis(subject, (lost,))
    what = _what(held, own, broken=broken)
    sentence = say(
        en=f"namespace {name} is stuck in Terminating: {what}", zh=f"命名空间 {name} 卡在 Terminating：{what}"
    )
    path: tuple[str, ...] = (subject,)
    see = f"kubectl get namespace {name} -o jsonpath='{{.status.conditions}}'"
    if held:
        kind, of = held[0]["kind"], held[0]["metadata"]["name"]
        path = (subject, f"{kind}/{of}")
        see = f"kubectl get {kind.lower()} {of} -n {name} -o jsonpath='{{.metadata.finalizers}}'"
    words = (*(f"finalizers: {one}" for one in own), *(_finalizers(one) for one in held[:5]), *said.values())
    return Diagnosis(subject, (Cause("namespace-terminating", sentence, path[-1], path, words, see),))


def _said(raw: Raw) -> dict[str, str]:
    """Return what the namespace says is left of it, by condition."""
    found = (raw.get("status") or {}).get("conditions") or []
    return {one["type"]: str(one.get("message", "")) for one in found if one["status"] == "True"}


def _is_due(raw: Raw, now: str) -> bool:
    """Tell whether an object is still within the time that it was given to go."""
    return seconds(raw["metadata"]["deletionTimestamp"], now) < PATIENCE


def _is_held(raw: Raw, now: str) -> bool:
    """Tell whether an object was told to go and cannot: by a finalizer of nobody's here, or long overdue."""
    finalizers = raw["metadata"].get("finalizers") or []
    if any(not one.startswith(THE_CLUSTERS) for one in finalizers):
        return True
    return not _is_due(raw, now) and (bool(finalizers) or raw["kind"] == "Pod")


def _lost(scene: Scene, subject: str, held: list[Raw]) -> Cause | None:
    """Return the cause that a Pod cannot go because nobody on its node confirms that."""
    for one in held:
        if one["kind"] == "Pod" and (node := (one.get("spec") or {}).get("nodeName")):
            found = down(scene, node, (subject, f"Pod/{one['metadata']['name']}"))
            if found is not None:
                return found
    return None


def _finalizers(raw: Raw) -> str:
    told = ", ".join(raw["metadata"].get("finalizers") or []) or "-"
    return f"{raw['kind']}/{raw['metadata']['name']}: finalizers: {told}"


def _what(held: list[Raw], own: list[str], *, broken: bool) -> str:
    if held:
        first = held[0]
        whose = f"{first['kind']} {first['metadata']['name']}"
        if by := ", ".join(first["metadata"].get("finalizers") or []):
            return say(
                en=f"{whose} is still there, held by the finalizer {by}, which nobody takes away",
                zh=f"{whose} 还在，被 finalizer {by} 挡住，没有谁把它去掉",
            )
        return say(en=f"{whose} was told to go and is still there", zh=f"{whose} 已被要求删除，但还在")
    if own:
        told = ", ".join(own)
        return say(
            en=f"the finalizer {told} of its own holds it, which nobody takes away",
            zh=f"它自己的 finalizer {told} 挡住了它，没有谁把它去掉",
        )
    if broken:
        return say(en="the cluster cannot find out or delete what is in it", zh="集群无法得知或删除其中的内容")
    return say(en="something is still in it", zh="其中还有东西没有删除")
