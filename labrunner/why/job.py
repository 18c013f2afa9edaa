"""Why a Job does not get done, and what became of a CronJob's last one."""

from labrunner.outcome import Cause
from labrunner.why import workload_pods
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def job(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a Job into its Pods."""
    scene = Scene(snapshot)
    raw = scene.find("Job", name)
    if raw is None:
        return absent(scene, "Job", name)
    return _of(Trail(scene, (f"Job/{name}",)), raw)


def cronjob(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a CronJob into its last Job."""
    scene, subject = Scene(snapshot), f"CronJob/{name}"
    raw = scene.find("CronJob", name)
    if raw is None:
        return absent(scene, "CronJob", name)
    trail = Trail(scene, (subject,))
    if raw["spec"].get("suspend"):
        return Diagnosis(subject, (_suspended(trail, raw),))
    made = scene.owned("Job", raw)
    if made:
        found = _of(trail.to(made[0]), made[0])
        return Diagnosis(subject, found.causes, found.healthy, found.moving, found.saw)
    schedule = raw["spec"].get("schedule", "")
    never = say(
        en=f"CronJob {name} has not been due yet; its schedule is {schedule}",
        zh=f"CronJob {name} 还没到时间；它的时间表是 {schedule}",
    )
    last = (raw.get("status") or {}).get("lastScheduleTime")
    return Diagnosis(subject, healthy=bool(last), moving="" if last else never)


def _of(trail: Trail, raw: Raw) -> Diagnosis:
    name, status, subject = raw["metadata"]["name"], raw.get("status") or {}, trail.path[-1]
    true = {one["type"]: one for one in status.get("conditions") or [] if one["status"] == "True"}
    if "Complete" in true:
        return Diagnosis(subject, healthy=True)
    if raw["spec"].get("suspend"):
        return Diagnosis(subject, (_suspended(trail, raw),))
    below = workload_pods.of(trail, raw)
    failed = true.get("Failed") or true.get("FailureTarget")
    if failed:
        return Diagnosis(subject, (*below.causes, _failed(trail, name, failed)), saw=below.saw)
    if below.causes:
        return Diagnosis(subject, below.causes, saw=below.saw)
    if below.saw and not below.moving and not below.healthy:
        return Diagnosis(subject, saw=below.saw)
    runs = say(en=f"Job {name} is not done yet", zh=f"Job {name} 还没有完成")
    return Diagnosis(subject, moving=below.moving or runs, saw=below.saw)


def _failed(trail: Trail, name: str, condition: Raw) -> Cause:
    reason, said = condition.get("reason", ""), condition.get("message", "")
    why = {
        "DeadlineExceeded": say(en="it took longer than it may", zh="它超过了允许的时间"),
        "BackoffLimitExceeded": say(en="its Pods failed as often as they may", zh="它的 Pod 失败次数达到了上限"),
    }.get(reason, reason)
    sentence = say(en=f"Job {name} has failed and is not tried again: {why}", zh=f"Job {name} 失败了，不会再试：{why}")
    return trail.cause("job-failed", sentence, words=(f"{reason}: {said}",))


def _suspended(trail: Trail, raw: Raw) -> Cause:
    kind, name = raw["kind"], raw["metadata"]["name"]
    sentence = say(
        en=f"{kind} {name} is suspended: it starts nothing until spec.suspend is false",
        zh=f"{kind} {name} 被挂起了：spec.suspend 改为 false 之前不会启动任何东西",
    )
    return trail.cause("job-suspended", sentence, words=("spec.suspend: true",), see=f"get {kind.lower()} {name}")
