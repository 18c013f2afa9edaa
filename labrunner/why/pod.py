"""Why a Pod does not run: no node, something missing, its init containers, its containers, their probes."""

from labrunner.outcome import Cause
from labrunner.why import clock, node, pod_container, pod_needs, pod_scheduling
from labrunner.why.absent import absent
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.pod_container import State
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

PATIENCE = 30.0
"""Seconds in which a scheduler, or a Pod's removal, is expected to come."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a Pod to what keeps it from running."""
    scene = Scene(snapshot)
    pod = scene.find("Pod", name)
    if pod is None:
        return absent(scene, "Pod", name)
    return of(Trail(scene, (f"Pod/{name}",)), pod)


def of(trail: Trail, pod: Raw) -> Diagnosis:
    """Walk from a Pod that is there.

    Args:
        trail: the way to the Pod, which it ends with.
        pod: it.
    """
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    subject, phase = f"Pod/{name}", status.get("phase", "Pending")
    if "deletionTimestamp" in pod["metadata"]:
        return Diagnosis(subject, moving=say(en=f"Pod {name} is being removed", zh=f"Pod {name} 正在被删除"))
    if phase == "Succeeded":
        return Diagnosis(subject, healthy=True, saw=(f"Pod {name}: {phase}",))
    if phase == "Failed" and status.get("reason"):
        return Diagnosis(subject, (_put_out(trail, pod),))
    where = pod["spec"].get("nodeName", "")
    if where and (lost := node.down(trail.scene, where, trail.path)):
        return Diagnosis(subject, (lost,))
    if where and trail.scene.of_kind("Node") and trail.scene.find("Node", where) is None:
        sentence = say(
            en=f"Pod {name} is to run on node {where}, and there is no such node",
            zh=f"Pod {name} 要在节点 {where} 上运行，但没有这个节点",
        )
        return Diagnosis(subject, (trail.named(f"Node/{where}").cause("node-absent", sentence, see="get nodes"),))
    return _walked(trail, pod)


def _walked(trail: Trail, pod: Raw) -> Diagnosis:
    name, subject = pod["metadata"]["name"], trail.path[-1]
    first, own = pod["spec"].get("initContainers") or [], pod["spec"]["containers"]
    fresh = _fresh(pod)
    volumes = pod_needs.of_volumes(trail, pod) if len(fresh) == len(first) + len(own) else []
    before = pod_needs.of_containers(trail, pod, [one for one in first if one["name"] in fresh])
    after = pod_needs.of_containers(trail, pod, [one for one in own if one["name"] in fresh])
    said = pod_scheduling.refusal(pod)
    if said is not None:
        claims = any(cause.code in ("claim-absent", "claim-pending", "claim-lost") for cause in volumes)
        unscheduled = pod_scheduling.unscheduled(trail, pod, said, claims_told=claims)
        return Diagnosis(subject, _each_once(*unscheduled, *volumes, *before, *after), saw=(said,))
    begun, states = _inits(trail, pod, told=bool(volumes or before))
    if begun:
        states += _own(trail, pod, told=bool(volumes or after))
    told = [cause for state in states for cause in state.causes]
    causes = _each_once(*volumes, *before, *(() if begun else told), *after, *(told if begun else ()))
    saw = tuple(state.saw for state in states if state.saw)
    if causes:
        return Diagnosis(subject, causes, saw=saw)
    if saw:
        return Diagnosis(subject, saw=saw)
    moving = next((state.moving for state in states if state.moving), "")
    return Diagnosis(subject, moving=moving) if moving else _settled(trail, pod, name)


def _each_once(*causes: Cause) -> tuple[Cause, ...]:
    """Return causes as they came, what two containers of one Pod lack alike once."""
    return tuple({(one.code, one.sentence): one for one in reversed(causes)}.values())[::-1]


def _settled(trail: Trail, pod: Raw, name: str) -> Diagnosis:
    """Return what is to be said where nothing can be said against any container."""
    subject, conditions = trail.path[-1], (pod.get("status") or {}).get("conditions") or []
    true = {one["type"] for one in conditions if one["status"] == "True"}
    if "Ready" in true:
        return Diagnosis(subject, healthy=True)
    gates = [one["conditionType"] for one in pod["spec"].get("readinessGates") or []]
    closed = [gate for gate in gates if gate not in true]
    if closed and "ContainersReady" in true:
        sentence = say(
            en=f"Pod {name} is not ready: nobody has set its readiness gate {closed[0]}",
            zh=f"Pod {name} 没有就绪：没有谁设置它的 readiness gate {closed[0]}",
        )
        return Diagnosis(subject, (trail.cause("readiness-gate", sentence),))
    waited = clock.seconds(pod["metadata"].get("creationTimestamp"), trail.scene.taken)
    if not pod["spec"].get("nodeName") and waited > PATIENCE:
        scheduler = pod["spec"].get("schedulerName", "default-scheduler")
        return Diagnosis(subject, saw=(f"Pod {name}: Pending; schedulerName: {scheduler}; PodScheduled: -",))
    return Diagnosis(subject, moving=say(en=f"Pod {name} is not ready yet", zh=f"Pod {name} 还没有就绪"))


def _put_out(trail: Trail, pod: Raw) -> Cause:
    name, status = pod["metadata"]["name"], pod["status"]
    words = (f"{status['reason']}: {status.get('message', '')}",)
    if status["reason"] == "Evicted":
        sentence = say(
            en=f"Pod {name} was evicted: its node was short of something, and ended it",
            zh=f"Pod {name} 被驱逐了：它的节点资源不足，把它结束了",
        )
        return trail.cause("evicted", sentence, words=words)
    reason = status["reason"]
    sentence = say(en=f"Pod {name} has failed as a whole ({reason})", zh=f"Pod {name} 整体失败了（{reason}）")
    return trail.cause("pod-failed", sentence, words=words)


def _statuses(pod: Raw) -> dict[str, Raw]:
    status = pod.get("status") or {}
    both = (*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or []))
    return {one["name"]: one for one in both}


def _fresh(pod: Raw) -> set[str]:
    """Return the names of those of a Pod's containers that never ran: what ran needed nothing more."""
    statuses = _statuses(pod)

    def fresh(name: str) -> bool:
        status = statuses.get(name, {})
        begun = {"running", "terminated"} & (status.get("state") or {}).keys()
        return not begun and not status.get("lastState") and not status.get("restartCount")

    every = [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]
    return {container["name"] for container in every if fresh(container["name"])}


def _inits(trail: Trail, pod: Raw, *, told: bool) -> tuple[bool, list[State]]:
    """Return whether the init containers have done their work, and what is to be said of them up to there."""
    statuses = _statuses(pod)
    states: list[State] = []
    for container in pod["spec"].get("initContainers") or []:
        status = statuses.get(container["name"])
        if status is None:
            return False, states
        init = container.get("restartPolicy") != "Always"
        states.append(pod_container.of(trail, pod, status, init=init, told=told))
        if init and ((status.get("state") or {}).get("terminated") or {}).get("exitCode") != 0:
            return False, states
    return True, states


def _own(trail: Trail, pod: Raw, *, told: bool) -> list[State]:
    statuses = _statuses(pod)
    found = (statuses.get(container["name"]) for container in pod["spec"]["containers"])
    return [pod_container.of(trail, pod, status, told=told) for status in found if status is not None]
