"""Whether the world is still getting there: what moves, and what will never come by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.words import say
from labrunner.world.loops import HOPELESS
from labrunner.world.snapshot import Snapshot

STUCK_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
)
"""Reasons of a waiting container that do not go away by waiting (kubelet, container state reasons)."""
NEVER_STARTED = (125, 126, 127)
"""Exit codes of a container whose command is not there or cannot be run."""
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
REVISION = "deployment.kubernetes.io/revision"
"""The annotation by which a Deployment numbers its ReplicaSets."""
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Motion:
    """What a wait may hope for.

    Attributes:
        moving: what is still on its way, as a phrase; empty where nothing is.
        stuck: what will not come by itself, in the object's own words; empty where nothing is.
    """

    moving: str = ""
    stuck: str = ""


def of(snapshot: Snapshot, subject: str) -> Motion:
    """Return what moves or is stuck around an object ("container/lr-web", "Deployment/web")."""
    kind, _, name = subject.partition("/")
    if kind == "container":
        return _container(snapshot, name)
    if snapshot.cluster is None or not kind[:1].isupper():
        return Motion()
    return _cluster(snapshot.cluster["objects"], kind, name)


def _container(snapshot: Snapshot, name: str) -> Motion:
    containers = (snapshot.docker or {}).get("containers", {}).values()
    raw = next((one for one in containers if one["Name"].lstrip("/") == name), None)
    if raw is None:
        return Motion()
    state = raw["State"]
    status = state["Status"]
    if status == "exited" and state["ExitCode"] in NEVER_STARTED:
        return Motion(stuck=f"container {name} exited {state['ExitCode']}: {state.get('Error') or 'no such command'}")
    if status == "restarting" and int(raw.get("RestartCount") or 0) >= HOPELESS:
        said = say(
            en=f"container {name} crashes again and again, with exit code {state['ExitCode']}",
            zh=f"容器 {name} 一再崩溃，退出码 {state['ExitCode']}",
        )
        return Motion(stuck=said)
    if status in ("restarting", "removing"):
        return Motion(moving=say(en=f"container {name} is {status}", zh=f"容器 {name} 的状态是 {status}"))
    if (state.get("Health") or {}).get("Status") == "starting":
        return Motion(moving=say(en=f"container {name}: health check is starting", zh=f"容器 {name}：健康检查正在开始"))
    return Motion()


def _cluster(objects: list[Raw], kind: str, name: str) -> Motion:
    pods = [one for one in objects if one["kind"] == "Pod" and "deletionTimestamp" not in one["metadata"]]
    pods = _present(objects, pods)
    raw = next((o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name), None)
    if kind == "Pod":
        return _pods([pod for pod in pods if name in ("*", pod["metadata"]["name"])])
    if raw is None:
        return Motion()
    spec = raw.get("spec") or {}
    if kind == "Service":
        labels = spec.get("selector") or {}
        return _pods(_matching(pods, labels)) if labels else Motion()
    if kind in WORKLOADS and (lags := _lags(raw)):
        labels = (spec.get("selector") or {}).get("matchLabels") or {}
        found = _conditions(raw) or _pods(_matching(pods, labels))
        return found if found.stuck or found.moving else Motion(moving=lags)
    return Motion()


def _present(objects: list[Raw], pods: list[Raw]) -> list[Raw]:
    """Leave out the Pods of ReplicaSets that a newer one has replaced: what they are stuck in was mended already."""
    newest: dict[str, tuple[int, str]] = {}
    sets = [one for one in objects if one["kind"] == "ReplicaSet"]
    for one in sets:
        revision = int((one["metadata"].get("annotations") or {}).get(REVISION, 0))
        for owner in one["metadata"].get("ownerReferences") or []:
            newest[owner["uid"]] = max(newest.get(owner["uid"], (0, "")), (revision, one["metadata"]["uid"]))
    present = {uid for _, uid in newest.values()}
    past = {one["metadata"]["uid"] for one in sets if one["metadata"].get("ownerReferences")} - present
    return [p for p in pods if not any(o["uid"] in past for o in p["metadata"].get("ownerReferences") or [])]


def _conditions(workload: Raw) -> Motion | None:
    """Return what a Deployment itself says that it is stuck in; nothing where that was said of an older spec."""
    status = workload.get("status") or {}
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return None
    for condition in status.get("conditions") or []:
        if (condition["type"], condition["status"]) in (("ReplicaFailure", "True"), ("Progressing", "False")):
            said = condition.get("message") or condition.get("reason", "")
            return Motion(stuck=f"{workload['kind']} {workload['metadata']['name']}: {said}")
    return None


def _lags(workload: Raw) -> str:
    """Return how far a workload is behind what it was told, as a phrase; empty where it is not."""
    kind, name = workload["kind"], workload["metadata"]["name"]
    spec, status = workload.get("spec") or {}, workload.get("status") or {}
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return f"{kind} {name} has not been looked at yet"
    wanted = status.get("desiredNumberScheduled", 0) if kind == "DaemonSet" else spec.get("replicas", 1)
    ready = status.get("numberReady" if kind == "DaemonSet" else "readyReplicas", 0)
    updated = status.get("updatedNumberScheduled" if kind == "DaemonSet" else "updatedReplicas", wanted)
    if kind == "Deployment":
        updated = status.get("updatedReplicas", 0)
    if ready < wanted or updated < wanted or status.get("replicas", 0) > wanted:
        return f"{kind} {name} has {ready} of {wanted} ready"
    return ""


def _matching(pods: list[Raw], labels: Mapping[str, str]) -> list[Raw]:
    return [pod for pod in pods if labels.items() <= (pod["metadata"].get("labels") or {}).items()]


def _pods(pods: list[Raw]) -> Motion:
    moving = ""
    for pod in pods:
        name, status = pod["metadata"]["name"], pod.get("status") or {}
        for condition in status.get("conditions") or []:
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                return Motion(stuck=f"Pod {name}: {condition.get('message', condition.get('reason', ''))}")
        for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") in STUCK_REASONS:
                said = waiting.get("message", "")
                return Motion(stuck=f"Pod {name}: {waiting['reason']}" + (f": {said}" if said else ""))
        ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or [])
        if not ready and status.get("phase") not in ("Succeeded", "Failed"):
            moving = say(en=f"Pod {name} is not ready yet", zh=f"Pod {name} 还没有就绪")
    return Motion(moving=moving)
