"""Which Pods behind a Service are ready, as its EndpointSlices have it, and why the others are not."""

from labrunner.outcome import Cause
from labrunner.why.absent import absent
from labrunner.why.behind import behind, together
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.node import down
from labrunner.why.scene import Raw, Scene
from labrunner.why.workload import by_revision
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

OF_SERVICE = "kubernetes.io/service-name"
"""The label by which an EndpointSlice says whose it is."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from an EndpointSlice, or from what is called as a Service is, to the Service whose endpoints it has."""
    scene, subject = Scene(snapshot), f"EndpointSlice/{name}"
    raw = scene.find("EndpointSlice", name)
    owner = (raw["metadata"].get("labels") or {}).get(OF_SERVICE) if raw is not None else None
    if raw is None and scene.find("Service", name) is not None:
        owner = name  # endpoints are asked about by the Service's name
    if raw is None and owner is None:
        return absent(scene, "EndpointSlice", name)
    if owner is None:
        return Diagnosis(subject, saw=(say(en="it belongs to no Service", zh="它不属于任何 Service"),))
    found = behind(snapshot, (subject,), f"Service/{owner}")
    return Diagnosis(subject, found.causes, found.healthy, found.moving, found.saw)


def slices(scene: Scene, service: str) -> list[Raw]:
    """Return a Service's EndpointSlices."""
    return scene.matching("EndpointSlice", {OF_SERVICE: service})


def ready_names(scene: Scene, service: Raw) -> set[str]:
    """Return the names of the Pods that requests are sent to; what an endpoint does not say means ready.

    Where EndpointSlices were not asked for, the Pods' own word is taken.
    """
    if not scene.lists("EndpointSlice"):
        pods = scene.matching("Pod", service["spec"]["selector"])
        return {str(pod["metadata"]["name"]) for pod in pods if ready_condition(pod).get("status") == "True"}
    return {
        str((end.get("targetRef") or {}).get("name", ""))
        for one in slices(scene, service["metadata"]["name"])
        for end in one.get("endpoints") or []
        if (end.get("conditions") or {}).get("ready") is not False
    }


def readiness(snapshot: Snapshot, scene: Scene, service: Raw, pods: list[Raw]) -> Diagnosis:
    """Walk into each Pod that the Service does not send requests to."""
    name = service["metadata"]["name"]
    subject, ready = f"Service/{name}", ready_names(scene, service)
    lacking = [pod for pod in pods if pod["metadata"]["name"] not in ready]
    current = [pod for pod in lacking if not _is_replaced(scene, pod)]
    if len(current) < len(lacking) and not (current or ready):
        going = say(en=f"Pods of Service {name} are being replaced", zh=f"Service {name} 的 Pod 正在被替换")
        return Diagnosis(subject, moving=going)
    walked = [_of(snapshot, scene, service, pod) for pod in current]
    if not walked:
        return Diagnosis(subject, healthy=True, saw=(_seen(len(ready), len(pods)),))
    whole = together(subject, walked)
    return Diagnosis(subject, whole.causes, moving=whole.moving, saw=(_seen(len(ready), len(pods)), *whole.saw))


def _seen(ready: int, pods: int) -> str:
    return say(en=f"{ready} of {pods} Pods are ready", zh=f"{pods} 个 Pod 中有 {ready} 个就绪")


def _of(snapshot: Snapshot, scene: Scene, service: Raw, pod: Raw) -> Diagnosis:
    way, name = (f"Service/{service['metadata']['name']}",), pod["metadata"]["name"]
    subject = f"Pod/{name}"
    node = (pod.get("spec") or {}).get("nodeName", "")
    if node and (lost := down(scene, node, (*way, subject))) is not None:
        return Diagnosis(subject, (lost,))
    found = behind(snapshot, way, subject)
    if found.causes or found.moving:
        return found
    condition = ready_condition(pod)
    if condition.get("status") == "True" or found.healthy:  # two lists are read some milliseconds apart
        phrase = say(
            en=f"Pod {name} is ready and not yet in the endpoints", zh=f"Pod {name} 已就绪，但还没有进入 endpoints"
        )
        return Diagnosis(subject, moving=phrase)
    said = str(condition.get("message") or (pod.get("status") or {}).get("phase", ""))
    sentence = say(
        en=f"Service {way[0].partition('/')[2]} sends nothing to Pod {name}, because the Pod is not ready",
        zh=f"Service {way[0].partition('/')[2]} 不会向 Pod {name} 转发请求，因为该 Pod 未就绪",
    )
    see = f"kubectl describe pod {name} -n {scene.namespace}"
    cause = Cause("endpoints-not-ready", sentence, subject, (*way, subject), (said,) if said else (), see)
    return Diagnosis(subject, (cause,), saw=found.saw)


def _is_replaced(scene: Scene, pod: Raw) -> bool:
    """Tell whether a Pod is of a ReplicaSet that a newer one replaces: it only waits to go."""
    for owner in pod["metadata"].get("ownerReferences") or []:
        own = scene.find("ReplicaSet", owner["name"]) if owner["kind"] == "ReplicaSet" else None
        for whole in (own["metadata"].get("ownerReferences") or []) if own is not None else []:
            deployment = scene.find("Deployment", whole["name"])
            sets = by_revision(scene.owned("ReplicaSet", deployment)) if deployment is not None else []
            return bool(sets) and sets[0]["metadata"]["name"] != owner["name"]
    return False


def ready_condition(pod: Raw) -> Raw:
    """Return a Pod's condition Ready; empty where it has none yet."""
    for condition in (pod.get("status") or {}).get("conditions") or []:
        if condition["type"] == "Ready":
            found: Raw = condition
            return found
    return {}
