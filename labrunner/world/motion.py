"""Whether the world is still getting there: what moves, and what will never come by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.world.snapshot import Snapshot

STUCK_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
)
"""Reasons of a waiting container that do not go away by waiting (kubelet, container state reasons)."""
NEVER_STARTED = (125, 126, 127)
"""Exit codes of a container whose command is not there or cannot be run."""
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
    if kind in ("container", "network", "image", "volume"):
        return _container(snapshot, name) if kind == "container" else Motion()
    if snapshot.cluster is None:
        return Motion()
    return _cluster(snapshot.cluster["objects"], kind, name)


def _container(snapshot: Snapshot, name: str) -> Motion:
    containers = (snapshot.docker or {}).get("containers", {}).values()
    raw = next((one for one in containers if one["Name"].lstrip("/") == name), None)
    if raw is None:
        return Motion()
    state = raw["State"]
    if state["Status"] == "exited" and state["ExitCode"] in NEVER_STARTED:
        return Motion(stuck=f"container {name} exited {state['ExitCode']}: {state.get('Error') or 'no such command'}")
    if state["Status"] in ("restarting", "removing"):
        return Motion(moving=f"container {name} is {state['Status']}")
    if (state.get("Health") or {}).get("Status") == "starting":
        return Motion(moving=f"container {name}: health check is starting")
    return Motion()


def _cluster(objects: list[Raw], kind: str, name: str) -> Motion:
    pods = [one for one in objects if one["kind"] == "Pod" and "deletionTimestamp" not in one["metadata"]]
    if kind == "Deployment":
        deployment = next((o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name), None)
        if deployment is None:
            return Motion()
        for condition in (deployment.get("status") or {}).get("conditions") or []:
            if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
                return Motion(stuck=f"Deployment {name}: {condition.get('message', condition['reason'])}")
            if condition["type"] == "Progressing" and condition["status"] == "False":
                return Motion(stuck=f"Deployment {name}: {condition.get('message', condition['reason'])}")
        labels = deployment["spec"]["selector"].get("matchLabels") or {}
        return _pods(_matching(pods, labels)) if _lags(deployment) else Motion()
    if kind == "Service":
        service = next((o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name), None)
        labels = ((service or {}).get("spec") or {}).get("selector") or {}
        return _pods(_matching(pods, labels)) if labels else Motion()
    return _pods(pods if name == "*" else [pod for pod in pods if pod["metadata"]["name"] == name])


def _lags(deployment: Raw) -> bool:
    spec, status = deployment["spec"], deployment.get("status") or {}
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return True
    wanted = spec.get("replicas", 1)
    return bool(
        status.get("updatedReplicas", 0) < wanted
        or status.get("readyReplicas", 0) < wanted
        or status.get("replicas", 0) > wanted
    )


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
        if not ready:
            moving = f"Pod {name} is not ready yet"
    return Motion(moving=moving or ("" if pods else "no Pod is there yet"))
