"""The keeper of an open outage: a process of its own that looks at the world every second, and ends it in time.

It ends by itself when somebody else brought the component back.
"""

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labrunner import wait
from labrunner.environment import cluster_record, outage, outage_record
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.outage_record import Open
from labrunner.errors import LabrunnerError
from labrunner.state import outages
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.kube_cluster import KubeCluster

EVERY = 1.0
"""Seconds between two looks."""
PATIENCE = 1.5
"""Seconds that the API server and a sample get."""
KEPT = ("name", "uid", "labels", "deletionTimestamp", "creationTimestamp")
"""What is kept of a Pod's metadata."""


def main() -> int:
    """Look until the outage is over, or its time is up, and then bring the component back."""
    from filelock import FileLock, Timeout

    try:
        alone = FileLock(outage_record.keeper_lock(), timeout=5, mode=0o600)
        alone.acquire()
    except Timeout:
        return 0
    try:
        record, cluster = outage_record.load(), cluster_record.load()
        if record is None or cluster is None:
            return 0
        _watch(_Looking(record, cluster), record)
    finally:
        alone.release()
    return 0


def _watch(looking: "_Looking", record: Open) -> None:
    directory = Path(record.directory)
    ends = wait.now() + record.until - time.time()  # whatever becomes of the clock meanwhile
    while wait.now() < ends:
        began = wait.now()
        look = looking.look()
        if (now := outage_record.load()) is None or now.token != record.token:
            return
        outages.looked(directory, record.token, look)
        wait.pause(max(0.05, EVERY - (wait.now() - began)))
    with suppress(LabrunnerError):  # the next command tries again, and says why
        outage.over()


class _Looking:
    """Looks at the API, the nodes, the lab's Pods, and what the lab wants sampled.

    Args:
        record: the outage.
        cluster: the cluster.
    """

    def __init__(self, record: Open, cluster: KindCluster) -> None:
        directory = Path(record.directory)
        told = outage.services(directory)
        self._exports = "".join(f"{name}={value};" for name, value in told.items())
        self._samples, asked_on = outage.samples(directory, record.component)
        self._container = cluster.node(asked_on)
        self._engine = DockerEngine(record.url)
        self._kube = KubeCluster(Path(cluster.kubeconfig), patience=PATIENCE)
        self._namespace = outage.namespace(directory)
        self._prefix = f"{cluster.name}-"

    def look(self) -> dict[str, Any]:
        """Look once; takes some seconds where nobody answers."""
        nodes, pods = None, None
        with suppress(LabrunnerError):
            nodes = {_role(one, self._prefix): _ready(one) for one in self._kube.list("v1", "Node")[0]}
            pods = [_brief(one) for one in self._kube.list("v1", "Pod", self._namespace)[0]]
        said = {name: self._said(command) for name, command in self._samples.items()}
        return {"api": "silent" if nodes is None else "ok", "nodes": nodes, "pods": pods, "said": said}

    def _said(self, command: str) -> str:
        try:
            answer = self._engine.ask_inside(self._container, self._exports + command, limit=PATIENCE * 2)
        except LabrunnerError as broken:
            return broken.message
        return str(answer.get("stdout") or "").strip()[:400]


def _role(node: Mapping[str, Any], prefix: str) -> str:
    return str(node["metadata"]["name"]).removeprefix(prefix)


def _ready(node: Mapping[str, Any]) -> str:
    conditions = (node.get("status") or {}).get("conditions") or []
    return next((str(one["status"]) for one in conditions if one["type"] == "Ready"), "Unknown")


def _brief(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a lesson needs of a Pod, in the API's own shape."""
    meta = {key: pod["metadata"][key] for key in KEPT if key in pod["metadata"]}
    status = pod.get("status") or {}
    kept = [
        {"name": one["name"], "ready": one["ready"], "restartCount": one["restartCount"]}
        for one in status.get("containerStatuses") or []
    ]
    return {
        "metadata": meta,
        "spec": {"nodeName": (pod.get("spec") or {}).get("nodeName")},
        "status": {"phase": status.get("phase"), "containerStatuses": kept},
    }


if __name__ == "__main__":
    sys.exit(main())
