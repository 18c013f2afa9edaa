"""The cluster's sleep: frozen at once when no lab needs it, stopped after a while, awake when it says so itself."""

import os
import subprocess
import sys
from datetime import datetime
from typing import Any

from labrunner import wait
from labrunner.environment import cluster_damage, cluster_record, cluster_routes, shipped
from labrunner.environment.cluster_record import ADDON, KindCluster
from labrunner.environment.docker_cli import docker, inspect
from labrunner.environment.kubectl import kubectl, read, ready
from labrunner.errors import ClusterDown
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

PATIENCE = 90.0
"""Seconds that a cluster gets to be awake; then it is made anew."""
FREEZING = 10.0
"""Seconds in which freezing is tried again; on cgroup v1 the kernel may say no while processes come and go."""
FAILED = ("CrashLoopBackOff", "Error")
WORKLOADS = ("deployments", "daemonsets")
"""What kube-system's Pods come from, beside files of the nodes."""
GONE, LOOK = 2.0, 30.0
"""Seconds between two looks whether a sleeping cluster is on record still, and whether it sleeps still."""
NAP = 20 * 60.0
"""Seconds frozen, after which the nodes are stopped and their memory given back."""


def states(endpoint: Endpoint, cluster: KindCluster) -> dict[str, str]:
    """Return each node's state as Docker calls it ("running", "paused", "exited"), "gone" where it is not there."""
    found = {node: inspect(endpoint, "containers", container) for node, container in cluster.nodes.items()}
    return {node: str(seen["State"]["Status"]) if seen else "gone" for node, seen in found.items()}


def wake(endpoint: Endpoint, cluster: KindCluster, *, within: float = PATIENCE) -> None:
    """Bring the nodes back, and wait until the cluster is awake.

    Awake: the API is ready, every node renewed its lease since, and the system's Pods are ready.

    Raises:
        ClusterDown: a node is gone, or the cluster was not awake in time.
    """
    seen = states(endpoint, cluster)
    if not seen or "gone" in seen.values():
        raise ClusterDown(say(en="a node of the course's cluster is gone", zh="课程集群缺少节点"))
    since = clock(endpoint)
    asleep = False
    for verb, status in (("unpause", {"paused"}), ("start", {"exited", "created", "dead"})):
        down = [cluster.nodes[node] for node, state in seen.items() if state in status]
        if down:
            asleep = True
            docker(endpoint, verb, *down)
            if verb == "start":
                cluster_routes.keep_inside(endpoint, down)
    if not asleep and is_awake(endpoint, cluster, None):
        return
    lost: list[str] = []

    def settled() -> bool:
        lost[:] = _deleted(endpoint, cluster)
        return bool(lost) or is_awake(endpoint, cluster, since if asleep else None)

    awake = wait.until(settled, within=within, every=0.3)
    if lost:
        names = ", ".join(f"kube-system/{name}" for name in lost)
        raise ClusterDown(
            say(en=f"the course's cluster has lost {names}", zh=f"课程集群缺少 {names}"), hint="labrunner reset"
        )
    if not awake:
        raise ClusterDown(
            say(
                en=f"the course's cluster was not awake after {within:.0f} s",
                zh=f"课程集群 {within:.0f} 秒后仍未就绪",
            ),
            hint="labrunner doctor",
        )
    if asleep:
        revive(endpoint, cluster)


def revive(endpoint: Endpoint, cluster: KindCluster) -> None:
    """Let add-ons that are not ready begin anew.

    One that began before the API was back has failed, and is begun again ever more seldom: minutes, in which the API
    cannot say which kinds it has, and no namespace can be removed. Its Pods are made again at once where they are gone.
    """
    listed = read(endpoint, cluster, f"/api/v1/namespaces?labelSelector={ADDON}").get("items", [])
    spaces = {str(one["metadata"]["name"]) for one in listed}
    for pod in read(endpoint, cluster, "/api/v1/pods").get("items", []) if spaces else []:
        space, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        if space in spaces and not cluster_damage.is_ready(pod) and _has_failed(pod):
            how = ("--grace-period=1", "--wait=false", "--ignore-not-found")
            kubectl(endpoint, cluster, "-n", space, "delete", "pod", name, *how, may_fail=True)


def _has_failed(pod: dict[str, Any]) -> bool:
    """Tell whether a container of a Pod waits to be begun again: one that is only starting is left alone."""
    states = [one.get("state") or {} for one in (pod.get("status") or {}).get("containerStatuses") or []]
    return any("terminated" in state or (state.get("waiting") or {}).get("reason") in FAILED for state in states)


def is_awake(endpoint: Endpoint, cluster: KindCluster, since: datetime | None) -> bool:
    """Tell whether the cluster is awake.

    Args:
        endpoint: the daemon.
        cluster: the cluster.
        since: when the nodes came back, by the daemon's clock; None where they were never away.
    """
    if not ready(endpoint, cluster):
        return False
    nodes = read(endpoint, cluster, "/api/v1/nodes").get("items", [])
    if len(nodes) != len(cluster.nodes) or not all(cluster_damage.is_ready(node) for node in nodes):
        return False
    if since is not None:
        leases = read(endpoint, cluster, "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases").get(
            "items", []
        )
        renewed = [_moment(lease["spec"].get("renewTime", "")) for lease in leases]
        if len(renewed) < len(nodes) or not all(moment and moment > since for moment in renewed):
            return False
    pods = read(endpoint, cluster, "/api/v1/namespaces/kube-system/pods").get("items", [])
    pods = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return not cluster_damage.lacking(pods) and all(cluster_damage.is_ready(pod) for pod in pods)


def _deleted(endpoint: Endpoint, cluster: KindCluster) -> list[str]:
    """Return what of the system somebody has deleted: that comes back by no waiting. Empty where the API is silent."""
    kinds = [read(endpoint, cluster, f"/apis/apps/v1/namespaces/kube-system/{kind}") for kind in WORKLOADS]
    if not all("items" in kind for kind in kinds):
        return []
    there = {str(one["metadata"]["name"]) for kind in kinds for one in kind["items"]}
    return [name for name in cluster_damage.SYSTEM if name not in there]


def sleep(endpoint: Endpoint, cluster: KindCluster, *, deeper_after: float = NAP) -> None:
    """Freeze the nodes, which costs nothing and ends in half a second; a while later they are stopped.

    Args:
        endpoint: the daemon.
        cluster: the cluster; no lab may be open on it.
        deeper_after: seconds until the nodes are stopped; 0 for never.
    """
    if not wait.until(lambda: _frozen(endpoint, cluster), within=FREEZING, every=0.5):
        stop(endpoint, cluster)  # what cannot be frozen gives its memory back at once
        return
    if deeper_after:
        subprocess.Popen(
            [sys.executable, "-m", "labrunner.environment.cluster_sleep", str(deeper_after), endpoint.url],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, cwd=shipped.CHECKOUT, env={**os.environ, "LABRUNNER_NAP_OF": cluster.name},
        )  # fmt: skip


def _frozen(endpoint: Endpoint, cluster: KindCluster) -> bool:
    """Freeze what runs; False where a busy machine has processes that cannot be frozen at this very moment."""
    awake = [cluster.nodes[node] for node, state in states(endpoint, cluster).items() if state == "running"]
    return not awake or docker(endpoint, "pause", *awake, may_fail=True).ok


def stop(endpoint: Endpoint, cluster: KindCluster) -> None:
    """Stop the nodes and give their memory back; waking takes some ten seconds then."""
    seen = states(endpoint, cluster)
    if paused := [cluster.nodes[node] for node, state in seen.items() if state == "paused"]:
        docker(endpoint, "unpause", *paused)
    if up := [cluster.nodes[node] for node, state in seen.items() if state in ("paused", "running")]:
        docker(endpoint, "stop", "-t", "10", *up, limit=90)


def deepen(seconds: float, url: str) -> None:
    """Wait, then stop the nodes where they are frozen still; what the process that `sleep` leaves behind does.

    It ends early where somebody woke the cluster meanwhile.
    """
    deadline, next_look = wait.now() + seconds, 0.0
    while (cluster := cluster_record.load()) is not None:
        if wait.now() >= min(deadline, next_look):
            endpoint = endpoints.reach(url)
            if set(states(endpoint, cluster).values()) != {"paused"}:
                return
            if wait.now() >= deadline:
                stop(endpoint, cluster)
                return
            next_look = wait.now() + LOOK
        wait.pause(min(GONE, max(0.1, deadline - wait.now())))


def clock(endpoint: Endpoint) -> datetime:
    """Return the time by the daemon's clock, which is the nodes' as well."""
    return _moment(endpoints.ask(endpoint.url, "/info")["SystemTime"]) or datetime.now().astimezone()


def _moment(text: str) -> datetime | None:
    """Read a moment; Docker writes nanoseconds, of which six digits are kept."""
    whole, dot, rest = text.partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        text = f"{whole}.{digits[:6]:0<6}{rest[len(digits) :]}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


if __name__ == "__main__":
    deepen(float(sys.argv[1]), sys.argv[2])
