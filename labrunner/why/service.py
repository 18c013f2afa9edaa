"""From a Service along the way that a request takes: its selector, its Pods, their readiness, who listens there."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from labrunner.outcome import Cause
from labrunner.why.absent import absent
from labrunner.why.behind import behind, together
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.endpoints import readiness, ready_names
from labrunner.why.scene import Raw, Scene
from labrunner.why.service_ports import listeners, unnamed
from labrunner.why.service_types import by_hand, external, pending
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

MAKERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
"""Kinds that make Pods which go on serving, those that own the others first."""
FINISHED = ("Succeeded", "Failed")
HASHES = ("pod-template-hash", "controller-revision-hash", "apps.kubernetes.io/pod-index")
"""Labels that controllers add: nobody selects by them."""


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from a Service to the first thing that keeps a request from being answered."""
    scene, subject = Scene(snapshot), f"Service/{name}"
    raw = scene.find("Service", name)
    if raw is None:
        return absent(scene, "Service", name)
    if "deletionTimestamp" in raw["metadata"]:
        return Diagnosis(subject, moving=say(en=f"Service {name} is being deleted", zh=f"Service {name} 正在删除"))
    spec = raw.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return external(scene, raw)
    if not spec.get("selector"):
        return together(subject, [by_hand(scene, raw), pending(scene, raw)])
    pods = [pod for pod in scene.matching("Pod", spec["selector"]) if serves(pod)]
    if not pods:
        return _nobody(snapshot, scene, raw)
    ready = ready_names(scene, raw)
    answering = [pod for pod in pods if pod["metadata"]["name"] in ready]
    return together(
        subject,
        [
            unnamed(scene, raw, pods),
            readiness(snapshot, scene, raw, pods),
            listeners(scene, raw, answering),
            pending(scene, raw),
        ],
    )


def serves(pod: Raw) -> bool:
    """Tell whether a Pod may still answer somebody: it is neither finished nor going."""
    return "deletionTimestamp" not in pod["metadata"] and (pod.get("status") or {}).get("phase") not in FINISHED


def written(labels: Mapping[str, str]) -> str:
    """Return labels as kubectl takes them, those of controllers left out."""
    return ",".join(f"{key}={value}" for key, value in labels.items() if key not in HASHES)


def _nobody(snapshot: Snapshot, scene: Scene, raw: Raw) -> Diagnosis:
    """Return why a selector finds no Pod: whoever is to make them is broken, or nobody bears these labels."""
    name, selector = raw["metadata"]["name"], raw["spec"]["selector"]
    subject = f"Service/{name}"
    for kind in MAKERS:
        for maker in scene.of_kind(kind):
            labels = ((maker.get("spec") or {}).get("template") or {}).get("metadata", {}).get("labels") or {}
            if not selector.items() <= labels.items():
                continue
            found = behind(snapshot, (subject,), f"{kind}/{maker['metadata']['name']}")
            if found.causes or found.moving:
                return Diagnosis(subject, found.causes, moving=found.moving, saw=found.saw)
            if found.healthy:  # two lists are read some milliseconds apart
                return Diagnosis(subject, moving=say(en=f"{kind} makes its Pods", zh=f"{kind} 正在创建 Pod"))
            return Diagnosis(subject, (_no_pod(scene, raw, maker),), saw=found.saw)
    return Diagnosis(subject, (_nothing_matches(scene, raw),))


def _no_pod(scene: Scene, raw: Raw, maker: Raw) -> Cause:
    name, whose = raw["metadata"]["name"], f"{maker['kind']} {maker['metadata']['name']}"
    path = (f"Service/{name}", whose.replace(" ", "/"))
    sentence = say(
        en=f"Service {name} has nobody to send requests to: {whose} has no Pod",
        zh=f"Service {name} 没有可以转发请求的对象：{whose} 没有 Pod",
    )
    see = f"kubectl get pods -n {scene.namespace} -l {written(raw['spec']['selector'])}"
    return Cause("endpoints-not-ready", sentence, path[0], path, (), see)


def _nothing_matches(scene: Scene, raw: Raw) -> Cause:
    name, wanted = raw["metadata"]["name"], written(raw["spec"]["selector"])
    found: dict[str, str] = {}
    for pod in scene.of_kind("Pod"):
        if serves(pod):
            labels = written(pod["metadata"].get("labels") or {}) or say(en="no labels", zh="没有标签")
            found.setdefault(labels, f"Pod {pod['metadata']['name']}: {labels}")
    theirs = dict(sorted(found.items(), key=lambda one: -SequenceMatcher(None, wanted, one[0]).ratio()))
    what = say(en=" or ", zh=" 或 ").join(list(theirs)[:3])
    if theirs:
        en, zh = f"the Pods here have {what}", f"这里的 Pod 的标签是 {what}"
    else:
        en, zh = f"there is no Pod in namespace {scene.namespace}", f"命名空间 {scene.namespace} 里没有 Pod"
    return Cause(
        "selector-matches-nothing",
        say(
            en=f"Service {name} looks for Pods with {wanted}, and no Pod has that: {en}",
            zh=f"Service {name} 要找标签为 {wanted} 的 Pod，但没有这样的 Pod：{zh}",
        ),
        f"Service/{name}",
        (f"Service/{name}",),
        (f"selector: {wanted}", *list(theirs.values())[:5]),
        f"kubectl get pods -n {scene.namespace} --show-labels",
    )
