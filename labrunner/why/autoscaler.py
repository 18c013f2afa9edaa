"""From a HorizontalPodAutoscaler to what it needs: the object that it scales, that object's requests, and metrics."""

from labrunner.outcome import Cause
from labrunner.why import clock
from labrunner.why.absent import absent, not_there
from labrunner.why.behind import behind, together
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.words import say
from labrunner.world.snapshot import Snapshot

KIND = "HorizontalPodAutoscaler"
METRICS = "v1beta1.metrics.k8s.io"
"""The APIService by which a metrics server offers what Pods use."""
PATIENCE = 90.0
"""Seconds until a metrics server has measured a Pod and an autoscaler has asked it: each looks a few times a minute."""
NO_METRICS = ("FailedGetResourceMetric", "FailedGetContainerResourceMetric", "FailedGetPodsMetric")


def walk(snapshot: Snapshot, name: str) -> Diagnosis:
    """Walk from an autoscaler to the first thing that keeps it from scaling."""
    scene, subject = Scene(snapshot), f"{KIND}/{name}"
    raw = scene.find(KIND, name)
    if raw is None:
        return absent(scene, KIND, name)
    wanted = (raw.get("spec") or {}).get("scaleTargetRef") or {}
    kind, of = str(wanted.get("kind", "")), str(wanted.get("name", ""))
    if not scene.lists(kind):
        saw = say(en=f"what it scales, {kind} {of}, was not asked for", zh=f"没有查询它要伸缩的 {kind} {of}")
        return _by_itself(scene, raw, Diagnosis(subject, saw=(saw,)))
    target = scene.find(kind, of)
    if target is None:
        return Diagnosis(subject, (_no_target(scene, raw, kind, of),))
    if (target.get("spec") or {}).get("replicas", 1) == 0:
        return Diagnosis(subject, (_at_zero(scene, raw, kind, of),))
    return _by_itself(
        scene, raw, together(subject, [_requests(scene, raw, target), _metrics(snapshot, scene, raw, target)])
    )


def _by_itself(scene: Scene, raw: Raw, found: Diagnosis) -> Diagnosis:
    """Add what the autoscaler says of itself and nobody else found a reason for."""
    name = raw["metadata"]["name"]
    subject, conditions = f"{KIND}/{name}", _conditions(raw)
    if found.causes or found.moving:
        return found
    for kind in ("AbleToScale", "ScalingActive"):
        one = conditions.get(kind, {})
        if one.get("status") == "False":
            sentence = say(
                en=f"autoscaler {name} says that it cannot scale: {one.get('reason', kind)}",
                zh=f"自动伸缩器 {name} 说它无法伸缩：{one.get('reason', kind)}",
            )
            words = (str(one.get("message", "")),)
            return Diagnosis(
                subject, (Cause("autoscaler-cannot-scale", sentence, subject, (subject,), words, _see(scene, name)),)
            )
    if "ScalingActive" not in conditions:
        return Diagnosis(
            subject, moving=say(en=f"autoscaler {name} has not looked yet", zh=f"自动伸缩器 {name} 还没有查看")
        )
    return found


def _conditions(raw: Raw) -> dict[str, Raw]:
    return {one["type"]: one for one in (raw.get("status") or {}).get("conditions") or []}


def _see(scene: Scene, name: str) -> str:
    return f"kubectl describe hpa {name} -n {scene.namespace}"


def _no_target(scene: Scene, raw: Raw, kind: str, of: str) -> Cause:
    name, missing = raw["metadata"]["name"], not_there(scene, kind, of)
    path = (f"{KIND}/{name}", f"{kind}/{of}")
    sentence = say(
        en=f"autoscaler {name} is to scale {kind} {of}, and {missing}",
        zh=f"自动伸缩器 {name} 要伸缩 {kind} {of}，但{missing}",
    )
    said = _conditions(raw).get("AbleToScale", {})
    words = (str(said["message"]),) if said.get("status") == "False" and said.get("message") else ()
    see = f"kubectl get {kind.lower()} -n {scene.namespace}"
    return Cause("autoscaler-target-absent", sentence, path[1], path, words, see)


def _at_zero(scene: Scene, raw: Raw, kind: str, of: str) -> Cause:
    name = raw["metadata"]["name"]
    path = (f"{KIND}/{name}", f"{kind}/{of}")
    sentence = say(
        en=f"{kind} {of} is scaled to zero, and autoscaler {name} leaves it there: from zero it never scales",
        zh=f"{kind} {of} 的副本数是 0，自动伸缩器 {name} 不会改变它：从 0 开始不会伸缩",
    )
    return Cause("scaled-to-zero", sentence, path[1], path, ("spec.replicas: 0",), _see(scene, name))


def _wanted_shares(raw: Raw) -> set[tuple[str, str]]:
    """Return (resource, container) of what is to be kept at a share of requests; no container stands for all."""
    found = set()
    for metric in (raw.get("spec") or {}).get("metrics") or []:
        one = metric.get("resource") or metric.get("containerResource") or {}
        if (one.get("target") or {}).get("type") == "Utilization":
            found.add((str(one["name"]), str(one.get("container", ""))))
    return found


def _requests(scene: Scene, raw: Raw, target: Raw) -> Diagnosis:
    """Look whether each container requests what the autoscaler is to keep at a share of."""
    name, of = raw["metadata"]["name"], target["metadata"]["name"]
    subject, whose = f"{KIND}/{name}", f"{target['kind']}/{target['metadata']['name']}"
    whole = ((target.get("spec") or {}).get("template") or {}).get("spec") or {}
    causes = []
    for resource, only in sorted(_wanted_shares(raw)):
        concerned = [one for one in whole.get("containers") or [] if only in ("", one["name"])]
        without = [str(one["name"]) for one in concerned if not _requested(one, resource)]
        if not without or _requested(whole, resource) or _defaulted(scene, resource):
            continue
        sentence = say(
            en=f"autoscaler {name} keeps {resource} at a share of what Pods request, and container "
            f"{', '.join(without)} of {target['kind']} {of} requests no {resource}",
            zh=f"自动伸缩器 {name} 按 {resource} 请求量的百分比伸缩，但 {target['kind']} {of} 的容器 "
            f"{'、'.join(without)} 没有写 {resource} 请求",
        )
        see = f"kubectl get {target['kind'].lower()} {of} -n {scene.namespace} "
        see += "-o jsonpath='{.spec.template.spec.containers[*].resources}'"
        words = tuple(f"{one}: resources.requests.{resource}: -" for one in without)
        causes.append(Cause("no-requests", sentence, whose, (subject, whose), words, see))
    return Diagnosis(subject, tuple(causes), healthy=not causes)


def _requested(container: Raw, resource: str) -> bool:
    """Tell whether a container, or a Pod as a whole, requests a resource; a limit is a request too."""
    resources = container.get("resources") or {}
    return any(resource in (resources.get(part) or {}) for part in ("requests", "limits"))


def _defaulted(scene: Scene, resource: str) -> bool:
    """Tell whether a LimitRange gives every container a request."""
    limits = [one for raw in scene.of_kind("LimitRange") for one in (raw.get("spec") or {}).get("limits") or []]
    return any(
        resource in (one.get(part) or {})
        for one in limits
        if one.get("type") == "Container"
        for part in ("defaultRequest", "default")
    )


def _metrics(snapshot: Snapshot, scene: Scene, raw: Raw, target: Raw) -> Diagnosis:
    name = raw["metadata"]["name"]
    subject, active = f"{KIND}/{name}", _conditions(raw).get("ScalingActive", {})
    if active.get("status") == "True":
        return Diagnosis(subject, healthy=True)
    if active.get("reason") not in NO_METRICS:
        return Diagnosis(subject)
    whose = f"{target['kind']}/{target['metadata']['name']}"
    served = _served(scene)
    if served is not False:  # somebody measures, so it is the Pods that are not measured yet
        found = behind(snapshot, (subject,), whose)
        if found.causes or found.moving:
            return found
        if clock.seconds(target["metadata"].get("creationTimestamp"), scene.taken) < PATIENCE:
            moving = say(en="the Pods have not been measured yet", zh="Pod 的用量还没有被测量")
            return Diagnosis(subject, moving=moving)
    en = "no metrics server is in this cluster" if served is False else "the metrics are missing"
    zh = "这个集群里没有 metrics server" if served is False else "缺少度量数据"
    sentence = say(
        en=f"autoscaler {name} does not know how much the Pods use: {en}",
        zh=f"自动伸缩器 {name} 不知道 Pod 用了多少资源：{zh}",
    )
    path: tuple[str, ...] = (subject, f"APIService/{METRICS}")
    see = f"kubectl get apiservice {METRICS}"
    if served is not False:
        path, see = (subject,), f"kubectl top pods -n {scene.namespace}"
    words = (str(active.get("message", "")),)
    return Diagnosis(subject, (Cause("no-metrics", sentence, path[-1], path, words, see),))


def _served(scene: Scene) -> bool | None:
    """Tell whether somebody offers metrics; None where that was not asked."""
    if not scene.lists("APIService"):
        return None
    raw = scene.find("APIService", METRICS)
    return raw is not None and _conditions(raw).get("Available", {}).get("status") == "True"
