"""The cluster's part of the recorder: what became of a lab's objects, appended to the same log."""

import threading
from pathlib import Path
from typing import Any

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.state import journal
from labrunner.world.kube_cluster import KubeCluster

KINDS = (("v1", "Pod"), ("v1", "Service"), ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"))
"""What is watched; Events are left out, for they repeat what these say."""
AGAIN = 5.0
"""Seconds until a watch that broke is begun again: the cluster may be asleep."""


def follow(kubeconfig: Path, namespace: str, file: Path) -> None:
    """Watch a namespace in threads of their own, for as long as this process lives.

    Args:
        kubeconfig: the lab's own.
        namespace: the lab's.
        file: the log.
    """
    for version, kind in KINDS:
        threading.Thread(target=_watched, args=(kubeconfig, namespace, file, version, kind), daemon=True).start()


def _watched(kubeconfig: Path, namespace: str, file: Path, version: str, kind: str) -> None:
    last: dict[str, dict[str, Any]] = {}
    while kubeconfig.exists():
        try:
            for action, raw in KubeCluster(kubeconfig).watch(version, kind, namespace):
                said = brief(raw)
                uid = str(raw["metadata"]["uid"])
                if action == "DELETED" or last.get(uid) != said:
                    record = {"type": "object", "kind": kind, "action": action, "id": uid}
                    journal.append(file, {**record, "name": raw["metadata"]["name"], "attributes": said})
                last[uid] = said
        except (LabrunnerError, OSError):
            wait.pause(AGAIN)


def brief(raw: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an object: what it wants, what it has, and why it has less."""
    spec, status = raw.get("spec") or {}, raw.get("status") or {}
    containers = status.get("containerStatuses") or []
    kept = {
        "generation": raw["metadata"].get("generation"),
        "replicas": spec.get("replicas"),
        "ready": status.get("readyReplicas"),
        "type": spec.get("type"),
        "phase": status.get("phase"),
        "node": spec.get("nodeName"),
        "restarts": sum(one.get("restartCount", 0) for one in containers) if containers else None,
        "state": {one["name"]: _state(one.get("state") or {}) for one in containers} or None,
    }
    return {key: value for key, value in kept.items() if value is not None}


def _state(state: dict[str, Any]) -> str:
    for name, said in state.items():
        parts = [name, str(said.get("reason") or ""), str(said.get("exitCode", ""))]
        return " ".join(part for part in parts if part)
    return "unknown"
