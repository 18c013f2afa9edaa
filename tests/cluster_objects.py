"""Small raw objects of a cluster and a snapshot of them, for the walks of why: as much as a walk reads."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from labrunner.outcome import Cause
from labrunner.why import Diagnosis, explain
from labrunner.world import Snapshot
from labrunner.world.kube_cluster import AROUND, KINDS

Raw = dict[str, Any]
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
SPACE = "lab"
LISTED = tuple(kind for _, kind in (*KINDS, *AROUND))


def ago(seconds: float) -> str:
    """Return a time before the snapshot was taken, as Kubernetes writes it."""
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def world(*objects: Raw, kinds: Iterable[str] = LISTED, **cluster: Any) -> Snapshot:
    """Return a snapshot of a namespace; `cluster` holds what else is known: around, logs, listening, elsewhere."""
    whole = {"namespace": SPACE, "kinds": list(kinds), "objects": list(objects), "around": [node("n1")], **cluster}
    return Snapshot(cluster=whole, taken=NOW.isoformat())


def why(subject: str, *objects: Raw, **cluster: Any) -> Diagnosis:
    """Walk from an object over a snapshot of these."""
    return explain(world(*objects, **cluster), subject)


def first(found: Diagnosis) -> Cause:
    """Return the first cause; there has to be one."""
    assert found.causes, found
    return found.causes[0]


def codes(found: Diagnosis) -> list[str]:
    """Return the codes, in order."""
    return [cause.code for cause in found.causes]


def thing(kind: str, name: str, *, owner: str = "", **fields: Any) -> Raw:
    """Return an object; its UID is its kind and name, its owner is said by that."""
    metadata = {"name": name, "uid": f"{kind}/{name}", "creationTimestamp": ago(300), **fields.pop("metadata", {})}
    if owner:
        metadata["ownerReferences"] = [{"uid": owner, "kind": owner.partition("/")[0], "controller": True}]
    return {"kind": kind, "metadata": metadata, **fields}


def container(name: str = "main", **said: Any) -> Raw:
    """Return a container of a Pod's spec."""
    return {"name": name, "image": "localhost:5000/web:1", **said}


def status(name: str = "main", *, ready: bool = False, restarts: int = 0, last: Raw | None = None, **state: Any) -> Raw:
    """Return a container's status: `waiting=`, `running=` or `terminated=` is its state, `last` how it ended before."""
    before = {"terminated": last} if last else {}
    return {"name": name, "state": state, "lastState": before, "ready": ready, "restartCount": restarts}


def waiting(reason: str, message: str = "") -> Raw:
    """Return the state of a container that waits."""
    return {"waiting": {"reason": reason, "message": message}}


def ended(code: int, reason: str = "Error", *, began: float = 20, finished: float = 10, message: str = "") -> Raw:
    """Return how a container ended; the times are seconds before the snapshot."""
    times = {"startedAt": ago(began), "finishedAt": ago(finished)}
    return {"exitCode": code, "reason": reason, "message": message, **times}


def looping(code: int, reason: str = "Error", **said: Any) -> Raw:
    """Return the status of a container that is started again and again."""
    return status(restarts=3, last=ended(code, reason, **said), **waiting("CrashLoopBackOff", "back-off 40s"))


def running(since: float = 250, **said: Any) -> Raw:
    """Return the status of a container that runs."""
    return status(running={"startedAt": ago(since)}, **said)


def pod(  # noqa: PLR0913 - each by name, and most left out
    name: str = "web-1",
    *statuses: Raw,
    spec: Mapping[str, Any] | None = None,
    inits: Iterable[Raw] = (),
    conditions: Mapping[str, str] | None = None,
    owner: str = "",
    scheduled: str = "n1",
    **more: Any,
) -> Raw:
    """Return a Pod; its containers' statuses follow its name, `conditions` are a type and its status."""
    whole = {"containers": [container()], **({"nodeName": scheduled} if scheduled else {}), **(spec or {})}
    told = [{"type": kind, "status": value} for kind, value in (conditions or {}).items()]
    state = {
        "phase": "Pending",
        "startTime": ago(290),
        "conditions": told,
        "containerStatuses": list(statuses),
        "initContainerStatuses": list(inits),
        **more,
    }
    return thing("Pod", name, owner=owner, spec=whole, status=state)


def unscheduled(name: str, message: str, *, spec: Mapping[str, Any] | None = None) -> Raw:
    """Return a Pod for which the scheduler found no node."""
    raw = pod(name, spec=spec, scheduled="")
    raw["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    ]
    return raw


def node(name: str, *, taints: Iterable[str] = (), cpu: str = "2", memory: str = "4Gi", **labels: str) -> Raw:
    """Return a node that is ready; a taint is "key:effect", a label's name is written with _ for /."""
    spec = {"taints": [dict(zip(("key", "effect"), one.rsplit(":", 1), strict=True)) for one in taints]}
    has = {
        "allocatable": {"cpu": cpu, "memory": memory},
        "conditions": [{"type": "Ready", "status": "True"}],
        "images": [{"names": ["localhost:5000/web@sha256:abc", "localhost:5000/web:1"]}],
    }
    return thing("Node", name, metadata={"labels": labels}, spec=spec, status=has)


def event(about: Raw, reason: str, message: str, *, of: str = "", before: float = 5) -> Raw:
    """Return an Event about an object, or about a container of it; `before` are seconds."""
    target = {"kind": about["kind"], "name": about["metadata"]["name"], "uid": about["metadata"]["uid"]}
    if of:
        target["fieldPath"] = f"spec.containers{{{of}}}"
    told = {
        "reason": reason,
        "message": message,
        "type": "Warning",
        "lastTimestamp": ago(before),
        "involvedObject": target,
    }
    return thing("Event", f"{reason}-{len(message)}-{before}", **told)


def deployment(name: str = "web", *, wanted: int = 1, conditions: Iterable[Raw] = (), **told: Any) -> Raw:
    """Return a Deployment; what else is said is in its status, `wanted` and `paused` in its spec."""
    spec = {"replicas": wanted, "selector": {"matchLabels": {"app": name}}}
    if told.pop("paused", False):
        spec["paused"] = True
    state = {"observedGeneration": 1, "conditions": list(conditions), **told}
    return thing("Deployment", name, metadata={"generation": 1}, spec=spec, status=state)


def replicaset(name: str, owner: str = "Deployment/web", *, revision: int = 1, replicas: int = 1, **told: Any) -> Raw:
    """Return a ReplicaSet of a Deployment."""
    notes = {"deployment.kubernetes.io/revision": str(revision)}
    spec = {"replicas": replicas}
    return thing("ReplicaSet", name, owner=owner, metadata={"annotations": notes}, spec=spec, status=told)
