"""The Pods of a controller, walked one after another; what is broken in all of them alike is said once."""

from labrunner.outcome import Cause
from labrunner.why import pod, refusal
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail


def of(trail: Trail, controller: Raw) -> Diagnosis:
    """Walk from a controller into what keeps it from making Pods, and into each of its Pods.

    Args:
        trail: stands at the controller.
        controller: a ReplicaSet, StatefulSet, DaemonSet or Job.

    Returns:
        healthy only where there is a Pod, and all are well.
    """
    pods = trail.scene.owned("Pod", controller)[::-1]
    walked = [pod.of(trail.to(one), one) for one in pods]
    refused = refusal.failure(trail, controller)
    causes = [*([refused] if refused else []), *(cause for one in walked for cause in one.causes)]
    return Diagnosis(
        trail.path[-1],
        alike_once(causes, {one["metadata"]["name"] for one in pods}),
        healthy=bool(walked) and all(one.healthy for one in walked),
        moving=next((one.moving for one in walked if one.moving), ""),
        saw=tuple(dict.fromkeys(phrase for one in walked for phrase in one.saw)),
    )


def alike_once(causes: list[Cause], pods: set[str]) -> tuple[Cause, ...]:
    """Return causes as they came, of those that differ in nothing but the Pod's name the first.

    Args:
        causes: in the order of the chain.
        pods: the names of the Pods.
    """
    found: dict[tuple[str, str], Cause] = {}
    for cause in causes:
        sentence = cause.sentence
        for name in sorted(pods, key=len, reverse=True):
            sentence = sentence.replace(name, "")
        found.setdefault((cause.code, sentence), cause)
    return tuple(found.values())
