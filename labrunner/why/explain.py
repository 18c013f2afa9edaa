"""The door of the walk: an object in, what is broken behind it out."""

from collections.abc import Callable
from dataclasses import replace

from labrunner.facts import NotRecorded
from labrunner.why import notes
from labrunner.why.diagnosis import Diagnosis
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

Walk = Callable[[Snapshot, str], Diagnosis]
"""Walks from the object of this name."""


def explain(snapshot: Snapshot, subject: str) -> Diagnosis:
    """Walk from an object to the first broken link.

    Args:
        snapshot: what was read.
        subject: "container/web", "image/redis:7.0", "Deployment/web"; kinds as Docker and manifests spell them.

    Returns:
        the causes in the order of the chain; healthy where there are none and the walk knows the kind; nothing known,
        with what was seen, where it does not: it never guesses.
    """
    kind, _, name = subject.partition("/")
    walk = walks().get(kind)
    if walk is None or not name or name == "*":
        return Diagnosis(subject, saw=(say(en=f"nothing is known of {kind}", zh=f"不了解 {kind}"),))
    try:
        return with_notes(walk(snapshot, name))
    except NotRecorded as unknown:
        return Diagnosis(subject, saw=(say(en=f"cannot know: {unknown}", zh=f"无法判断：{unknown}"),))
    except (LookupError, TypeError, ValueError, AttributeError) as odd:  # evidence may be of another make than ours
        broken = f"{type(odd).__name__}: {odd}"
        return Diagnosis(subject, saw=(say(en=f"the walk stumbled: {broken}", zh=f"查找原因时出错：{broken}"),))


def with_notes(found: Diagnosis) -> Diagnosis:
    """Return a diagnosis whose causes name the section of the notes that explains them."""
    causes = (
        cause if cause.notes else replace(cause, notes=notes.section(cause.code, cause.subject))
        for cause in found.causes
    )
    return replace(found, causes=tuple(causes))


def walks() -> dict[str, Walk]:
    """Return every walk by the kind that it begins at."""
    from labrunner.why import (
        autoscaler,
        claim,
        docker_container,
        docker_image,
        docker_network,
        docker_past,
        docker_volume,
        endpoints,
        ingress,
        job,
        namespace,
        node,
        pod,
        present,
        service,
        volume,
        workload,
        workload_set,
    )

    return {
        "container": docker_container.walk,
        "image": docker_image.walk,
        "network": docker_network.walk,
        "volume": docker_volume.walk,
        "past": docker_past.walk,
        "Service": service.walk,
        "EndpointSlice": endpoints.walk,
        "Ingress": ingress.walk,
        "HorizontalPodAutoscaler": autoscaler.walk,
        "Node": node.walk,
        "Namespace": namespace.walk,
        "Pod": pod.walk,
        "ReplicaSet": workload.replicaset,
        "Deployment": workload.deployment,
        "StatefulSet": workload_set.statefulset,
        "DaemonSet": workload_set.daemonset,
        "Job": job.job,
        "CronJob": job.cronjob,
        "PersistentVolumeClaim": claim.walk,
        "PersistentVolume": volume.walk,
        **present.walks(),
    }
