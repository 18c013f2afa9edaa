"""Why a PersistentVolumeClaim has no volume."""

from labrunner.outcome import Cause
from labrunner.why import clock
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

DEFAULT = "storageclass.kubernetes.io/is-default-class"
PATIENCE = 60
"""Seconds that a provisioner is given."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a PersistentVolumeClaim to what keeps it from a volume."""
    scene = Scene(snapshot)
    claim = scene.find("PersistentVolumeClaim", name)
    if claim is None:
        return absent(scene, "PersistentVolumeClaim", name)
    subject = f"PersistentVolumeClaim/{name}"
    phase = (claim.get("status") or {}).get("phase", "Pending")
    if phase == "Bound":
        return Diagnosis(subject, healthy=True)
    if cause := pending(Trail(scene, (subject,)), claim):
        return Diagnosis(subject, (cause,))
    return Diagnosis(subject, moving=say(en=f"claim {name} is waiting for its volume", zh=f"声明 {name} 在等待它的卷"))


def pending(trail: Trail, claim: Raw) -> Cause | None:
    """Return why a claim has no volume; None where it has one, or may well still get it.

    Args:
        trail: the way to the claim, or to who uses it.
        claim: it.
    """
    way, scene, name = trail.to(claim), trail.scene, claim["metadata"]["name"]
    phase = (claim.get("status") or {}).get("phase", "Pending")
    if phase == "Bound":
        return None
    if phase == "Lost":
        lost = say(en=f"claim {name} has lost its volume", zh=f"声明 {name} 的卷丢失了")
        return way.cause("claim-lost", f"{lost}: {claim['spec'].get('volumeName', '')}")
    said = next((str(event.get("message", "")) for event in scene.events(claim)), "")
    why = _why(scene, claim, said)
    if why is None:
        return None
    sentence = say(en=f"claim {name} has no volume: {why}", zh=f"声明 {name} 没有得到卷：{why}")
    return way.cause("claim-pending", sentence, words=(said,))


def _why(scene: Scene, claim: Raw, said: str) -> str | None:
    name, wanted = claim["metadata"]["name"], claim["spec"].get("storageClassName")
    classes = scene.of_kind("StorageClass")
    listed = scene.lists("StorageClass")
    if not wanted:
        has_default = any((one["metadata"].get("annotations") or {}).get(DEFAULT) == "true" for one in classes)
        if "no storage class is set" in said or (listed and not has_default):
            return say(
                en="it names no StorageClass, the cluster has no default one, and no free PersistentVolume fits",
                zh="它没有写 StorageClass，集群没有默认的，也没有合适的空闲 PersistentVolume",
            )
        return said or None
    found = scene.find("StorageClass", wanted)
    if (listed and found is None) or f'"{wanted}" not found' in said:
        return say(en=f"there is no StorageClass {wanted}", zh=f"没有 StorageClass {wanted}")
    if found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer":
        return _first_consumer(scene, name, found)
    lasted = clock.seconds(claim["metadata"].get("creationTimestamp"), scene.taken)
    if "ailed" in said or (said and lasted > PATIENCE):
        return said
    return None


def _first_consumer(scene: Scene, name: str, storage: Raw) -> str | None:
    users = [pod for pod in scene.of_kind("Pod") if _uses(pod, name)]
    if not users:
        return say(
            en=f"its StorageClass {storage['metadata']['name']} waits for the first Pod that uses it, and none does",
            zh=f"它的 StorageClass {storage['metadata']['name']} 要等第一个使用它的 Pod，而现在没有",
        )
    if storage.get("provisioner") == "kubernetes.io/no-provisioner":
        return say(
            en=f"its StorageClass {storage['metadata']['name']} makes no volumes, and no free PersistentVolume fits",
            zh=f"它的 StorageClass {storage['metadata']['name']} 不会创建卷，也没有合适的空闲 PersistentVolume",
        )
    return None


def _uses(pod: Raw, claim: str) -> bool:
    volumes = pod["spec"].get("volumes") or []
    return any((one.get("persistentVolumeClaim") or {}).get("claimName") == claim for one in volumes)
