"""What a Pod refers to and is not there: ConfigMaps, Secrets and their keys, claims."""

from collections.abc import Iterator
from dataclasses import dataclass

from labrunner.outcome import Cause
from labrunner.why import claim
from labrunner.why.absent import not_there
from labrunner.why.docker_scene import nearest
from labrunner.why.pod_scheduling import claims_of
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a Pod refers to: its kind, its name, and the key in it; no key where the whole is wanted."""

    kind: str
    name: str
    key: str = ""


def of_volumes(trail: Trail, pod: Raw) -> list[Cause]:
    """Return what the volumes of a Pod are of and that is not there; the walk stands at the Pod.

    A claim counts in any case, for the scheduler wants it; what no container mounts, the kubelet does not look for.
    """
    spec = pod["spec"]
    claims = [_claim(trail, name) for name in claims_of(pod)]
    containers = [*(spec.get("initContainers") or []), *spec["containers"]]
    mounted = {one["name"] for container in containers for one in container.get("volumeMounts") or []}
    volumes = [volume for volume in spec.get("volumes") or [] if volume["name"] in mounted]
    needs = dict.fromkeys(need for volume in volumes for need in _of_volume(volume))
    found = [*claims, *(_lacking(trail, pod, need) for need in needs)]
    return [cause for cause in found if cause is not None]


def of_containers(trail: Trail, pod: Raw, containers: list[Raw]) -> list[Cause]:
    """Return what some containers of a Pod, as its spec has them, want in their environment and that is not there."""
    needs = dict.fromkeys(need for container in containers for need in _of_container(container))
    found = (_lacking(trail, pod, need) for need in needs)
    return [cause for cause in found if cause is not None]


def _of_volume(volume: Raw) -> Iterator[Need]:
    for source in [volume, *((volume.get("projected") or {}).get("sources") or [])]:
        for field, kind, named in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
            told = source.get(field)
            if not told or told.get("optional"):
                continue
            name = told.get(named) or told.get("name", "")
            yield from (Need(kind, name, item["key"]) for item in told.get("items") or [])
            if not told.get("items"):
                yield Need(kind, name)


def _of_container(container: Raw) -> Iterator[Need]:
    for source in container.get("envFrom") or []:
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if (told := source.get(field)) and not told.get("optional"):
                yield Need(kind, told["name"])
    for variable in container.get("env") or []:
        source = variable.get("valueFrom") or {}
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if (told := source.get(field)) and not told.get("optional"):
                yield Need(kind, told["name"], told["key"])


def _claim(trail: Trail, name: str) -> Cause | None:
    found = trail.scene.find("PersistentVolumeClaim", name)
    if found is not None:
        return claim.pending(trail, found)
    if not trail.scene.lists("PersistentVolumeClaim"):
        return None
    pod = trail.path[-1].partition("/")[2]
    reason = not_there(trail.scene, "PersistentVolumeClaim", name)
    sentence = say(en=f"Pod {pod} wants a volume of a claim: {reason}", zh=f"Pod {pod} 要用一个声明的卷：{reason}")
    way = trail.named(f"PersistentVolumeClaim/{name}")
    return way.cause("claim-absent", sentence, words=_said(trail, name), see="get pvc")


def _lacking(trail: Trail, pod: Raw, need: Need) -> Cause | None:
    scene = trail.scene
    found = scene.find(need.kind, need.name)
    if found is None:
        if not scene.lists(need.kind) or need.name == "kube-root-ca.crt":
            return None  # that one comes by itself in every namespace
        return _absent(trail, pod, need)
    keys = _keys(found)
    if not need.key or keys is None or need.key in keys:
        return None
    near = nearest(need.key, keys)
    has = ", ".join(keys[:5]) or say(en="none", zh="一个也没有")
    sentence = say(
        en=f"{need.kind} {need.name} has no key {need.key}"
        + (f": did you mean {near}?" if near else f"; its keys: {has}"),
        zh=f"{need.kind} {need.name} 里没有键 {need.key}" + (f"：是不是 {near}？" if near else f"；它的键：{has}"),
    )
    way = trail.to(found)
    words = _said(trail, need.key)
    see = f"describe {need.kind.lower()} {need.name}"
    if need.kind == "Secret":
        return way.cause("secret-key-absent", sentence, words=words, see=see)
    return way.cause("configmap-key-absent", sentence, words=words, see=see)


def _absent(trail: Trail, pod: Raw, need: Need) -> Cause:
    name = pod["metadata"]["name"]
    reason = not_there(trail.scene, need.kind, need.name)
    sentence = say(en=f"Pod {name} cannot start: {reason}", zh=f"Pod {name} 无法启动：{reason}")
    way = trail.named(f"{need.kind}/{need.name}")
    words = _said(trail, need.name)
    if need.kind == "Secret":
        return way.cause("secret-absent", sentence, words=words, see="get secrets")
    return way.cause("configmap-absent", sentence, words=words, see="get configmaps")


def _keys(found: Raw) -> list[str] | None:
    """Return the names of the keys that a ConfigMap or Secret has; None where the snapshot does not hold them."""
    if found["kind"] == "Secret" and "data" not in found:
        return None
    return sorted({**(found.get("data") or {}), **(found.get("binaryData") or {})})


def _said(trail: Trail, name: str) -> tuple[str, ...]:
    """Return what the kubelet or the scheduler said of a name, about the Pod where the walk stands."""
    return spoken(trail.scene, trail.path[-1].partition("/")[2], name)


def spoken(scene: Scene, pod: str, name: str) -> tuple[str, ...]:
    """Return the last message about a Pod that has a name in it; of its containers' states first, then of Events."""
    raw = scene.find("Pod", pod)
    if raw is None:
        return ()
    status = raw.get("status") or {}
    states = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    messages = [str(((one.get("state") or {}).get("waiting") or {}).get("message", "")) for one in states]
    messages += [str(event.get("message", "")) for event in scene.events(raw) if event.get("type") == "Warning"]
    return tuple(message for message in messages if name in message)[:1]
