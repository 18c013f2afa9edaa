"""A closer look at a namespace in which something is not well: what surrounds it, last log lines, who listens."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from labrunner.errors import EnvironmentNotReady
from labrunner.world import pod_listening
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.kube_cluster import AROUND, KINDS, KubeCluster

Raw = Mapping[str, Any]
LOGS = 16
"""Containers whose last lines are read."""
SIDE_BY_SIDE = 8
NAMED_BY = {
    "configMap": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "secretRef": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
"""Fields of a Pod's spec that name another object: its kind, and where in the field its name is."""


def closer(
    found: dict[str, Any], cluster: KubeCluster, engine: DockerEngine | None = None, *, subject: str = ""
) -> dict[str, Any]:
    """Add to a namespace's reading what explains it.

    Args:
        found: a snapshot's "cluster", with its objects; "around" is read where it is not there yet.
        cluster: the same cluster.
        engine: the daemon whose containers the nodes are; None where that is not known.
        subject: the object that is asked about, "Kind/name": it is looked for in other namespaces too.

    Returns:
        the same, with "around", "logs", "listening", "loopback" and "elsewhere".

    Raises:
        ClusterDown: the cluster does not answer.
    """
    objects, namespace = found["objects"], str(found["namespace"])
    pods = [raw for raw in objects if raw["kind"] == "Pod"]
    read = found["around"] if "around" in found else cluster.around()
    nodes = [raw for raw in read if raw["kind"] == "Node"]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        logs = {
            f"{pod}/{container}": pool.submit(cluster.pod_log, namespace, pod, container, previous=previous)
            for pod, container, previous in _unwell_containers(_reached(pods, nodes))
        }
        there = pool.submit(_elsewhere, cluster, namespace, _missing(objects, subject))
        heard: Future[tuple[Any, Any]] | None = None
        if engine is not None:
            heard = pool.submit(pod_listening.ports, engine, pods, nodes)
        others, alone = heard.result() if heard is not None else ({}, {})
        kinds = list(dict.fromkeys([*found.get("kinds", [kind for _, kind in KINDS]), *(kind for _, kind in AROUND)]))
        return {
            **found,
            "kinds": kinds,
            "around": read,
            "logs": {name: log.result() for name, log in logs.items()},
            "listening": others,
            "loopback": alone,
            "elsewhere": there.result(),
        }


def unwell(objects: Iterable[Raw]) -> bool:
    """Tell whether some object of a namespace is, by its own status, not as it should be."""
    return any(_bad(raw) for raw in objects)


def _bad(raw: Raw) -> bool:
    kind, spec, status = raw["kind"], raw.get("spec") or {}, raw.get("status") or {}
    conditions = {one["type"]: one["status"] for one in status.get("conditions") or []}
    bad = {
        "Pod": status.get("phase") != "Succeeded" and conditions.get("Ready") != "True",
        "DaemonSet": status.get("numberReady", 0) < status.get("desiredNumberScheduled", 0),
        "Job": conditions.get("Failed") == "True",
        "HorizontalPodAutoscaler": "False" in (conditions.get("AbleToScale"), conditions.get("ScalingActive")),
        "PersistentVolumeClaim": status.get("phase") != "Bound",
        "EndpointSlice": not raw.get("endpoints"),
        "Service": spec.get("type") == "LoadBalancer" and not (status.get("loadBalancer") or {}).get("ingress"),
    }
    if kind in ("Deployment", "StatefulSet", "ReplicaSet"):
        return bool(status.get("readyReplicas", 0) < spec.get("replicas", 1))
    return bool(bad.get(kind))


def _reached(pods: Iterable[Raw], nodes: Iterable[Raw]) -> list[Raw]:
    """Return the Pods whose node is ready: only such a node tells what its containers printed."""
    lost = {
        node["metadata"]["name"]
        for node in nodes
        for one in (node.get("status") or {}).get("conditions") or []
        if one["type"] == "Ready" and one["status"] != "True"
    }
    return [pod for pod in pods if (pod.get("spec") or {}).get("nodeName") not in lost]


def _unwell_containers(pods: Iterable[Raw]) -> Iterator[tuple[str, str, bool]]:
    """Yield (Pod, container, whether the run before) of those that ended badly or are not ready; alike ones once."""
    seen: set[tuple[str, str]] = set()
    for pod in pods:
        metadata, status = pod["metadata"], pod.get("status") or {}
        owner = next((one["uid"] for one in metadata.get("ownerReferences") or []), metadata["name"])
        statuses = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
        for one in statuses:
            now, last = one.get("state") or {}, (one.get("lastState") or {}).get("terminated") or {}
            ended = (now.get("terminated") or {}).get("exitCode", 0) != 0
            restarted = bool(last) and "running" in now
            lags = "running" in now and not one.get("ready")
            alike = (owner, one["name"])
            if alike in seen or len(seen) == LOGS or not (ended or last or lags):
                continue
            seen.add(alike)
            yield str(metadata["name"]), str(one["name"]), restarted and last.get("exitCode", 0) != 0


def _missing(objects: list[Raw], subject: str) -> set[tuple[str, str]]:
    """Return (kind, name) of what is asked about or named by some object, and is not there."""
    here = {(raw["kind"], str(raw["metadata"]["name"])) for raw in objects}
    wanted = {
        named
        for raw in objects
        if raw["kind"] in ("Pod", "Ingress", "HorizontalPodAutoscaler")
        for named in _names(raw)
    }
    if "/" in subject:
        kind, _, name = subject.partition("/")
        wanted.add((kind, name))
    return wanted - here


def _names(raw: Raw) -> Iterator[tuple[str, str]]:
    spec = raw.get("spec") or {}
    if raw["kind"] == "HorizontalPodAutoscaler":
        target = spec.get("scaleTargetRef") or {}
        yield str(target.get("kind", "")), str(target.get("name", ""))
    elif raw["kind"] == "Ingress":
        paths = [one for rule in spec.get("rules") or [] for one in (rule.get("http") or {}).get("paths") or []]
        for backend in [spec.get("defaultBackend") or {}, *(one.get("backend") or {} for one in paths)]:
            if backend.get("service"):
                yield "Service", str(backend["service"]["name"])
        yield from (("Secret", str(one["secretName"])) for one in spec.get("tls") or [] if one.get("secretName"))
    else:
        yield from _named_within(spec)


def _named_within(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _named_within(item)
    elif isinstance(value, Mapping):
        for field, item in value.items():
            kind, key = NAMED_BY.get(field, ("", ""))
            if kind and isinstance(item, Mapping) and item.get(key):
                yield kind, str(item[key])
            else:
                yield from _named_within(item)


def _elsewhere(cluster: KubeCluster, namespace: str, wanted: set[tuple[str, str]]) -> dict[str, list[str]]:
    """Return in which other namespaces objects of these names are; what may not be listed is left out."""
    versions = {kind: version for version, kind in KINDS}
    found: dict[str, list[str]] = {}
    for kind in sorted({kind for kind, _ in wanted if kind in versions}):
        with contextlib.suppress(EnvironmentNotReady):
            for raw in cluster.list(versions[kind], kind)[0]:
                where, name = raw["metadata"].get("namespace", ""), raw["metadata"]["name"]
                if (kind, name) in wanted and where != namespace:
                    found.setdefault(f"{kind}/{name}", []).append(where)
    return found
