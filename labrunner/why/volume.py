"""Whether a PersistentVolume is of use."""

from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Scene
from labrunner.why.trail import Trail
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Say what is wrong with a PersistentVolume, by its own phase."""
    scene, subject = Scene(snapshot), f"PersistentVolume/{name}"
    volume = scene.find("PersistentVolume", name)
    if volume is None:
        return absent(scene, "PersistentVolume", name)
    status, trail = volume.get("status") or {}, Trail(scene, (subject,))
    phase, claim = status.get("phase", ""), (volume["spec"].get("claimRef") or {}).get("name", "")
    if phase in ("Available", "Bound"):
        return Diagnosis(subject, healthy=True)
    words, see = (f"{phase}: {status.get('message', '')}".rstrip(": "),), f"get pv {name}"
    if phase == "Released":
        sentence = say(
            en=f"volume {name} still belongs to claim {claim}, which is gone, so no other claim gets it",
            zh=f"卷 {name} 仍属于已经不存在的声明 {claim}，其他声明得不到它",
        )
        return Diagnosis(subject, (trail.cause("volume-released", sentence, words=words, see=see),))
    if phase == "Failed":
        sentence = say(en=f"volume {name} could not be given back", zh=f"卷 {name} 回收失败")
        return Diagnosis(subject, (trail.cause("volume-failed", sentence, words=words, see=see),))
    return Diagnosis(subject, moving=say(en=f"volume {name} is being made", zh=f"卷 {name} 正在创建"))
