"""Why the API server took no Pod from a controller: quota, limit range, Pod Security, a missing ServiceAccount."""

import re

from labrunner.outcome import Cause
from labrunner.why.absent import not_there
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

ACCOUNT = re.compile(r'serviceaccount "([^"]+)" not found')
EXCEEDED = re.compile(r"exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)$")
UNSAID = re.compile(r"failed quota: ([^:]+): must specify (.+)$")
LIMITS = re.compile(
    r"((?:maximum|minimum) .+? usage per (?:Container|Pod|PersistentVolumeClaim) is .+|max limit to request ratio.+)"
)
SECURITY = re.compile(r'violates PodSecurity "([^"]+)": (.+)$')
WEBHOOK = re.compile(r'admission webhook "([^"]+)" denied the request|ValidatingAdmissionPolicy \'([^\']+)\'')


def failure(trail: Trail, controller: Raw) -> Cause | None:
    """Return why a controller could not make Pods, where it says so.

    Args:
        trail: stands at the controller.
        controller: a ReplicaSet, StatefulSet, DaemonSet or Job.
    """
    for condition in (controller.get("status") or {}).get("conditions") or []:
        if (condition["type"], condition["status"]) == ("ReplicaFailure", "True"):
            return refused(trail, str(condition.get("message", "")))
    if controller["kind"] == "ReplicaSet":
        return None  # it always says so by a condition, which goes when it has succeeded
    events = trail.scene.events(controller)
    last = next((one for one in events if one.get("reason") in ("FailedCreate", "SuccessfulCreate")), None)
    if last is None or last["reason"] != "FailedCreate":
        return None
    return refused(trail, str(last.get("message", "")))


def refused(trail: Trail, said: str) -> Cause:  # noqa: PLR0911 - one a meaning
    """Return what the API server's refusal means.

    Args:
        trail: stands at who was refused.
        said: the API server's words.
    """
    who = trail.path[-1].replace("/", " ")
    if found := ACCOUNT.search(said):
        return _account(trail, who, found[1], said)
    if found := EXCEEDED.search(said):
        way = trail.named(f"ResourceQuota/{found[1]}")
        sentence = say(
            en=f"{who} cannot make Pods: ResourceQuota {found[1]} is used up ({found[3]} of {found[4]})",
            zh=f"{who} 无法创建 Pod：ResourceQuota {found[1]} 已经用完（已用 {found[3]}，上限 {found[4]}）",
        )
        return way.cause("quota-exceeded", sentence, words=(said,))
    if found := UNSAID.search(said):
        way = trail.named(f"ResourceQuota/{found[1]}")
        sentence = say(
            en=f"{who} cannot make Pods: ResourceQuota {found[1]} counts what they do not say: {found[2]}",
            zh=f"{who} 无法创建 Pod：ResourceQuota {found[1]} 要求写明而它们没有写：{found[2]}",
        )
        return way.cause("quota-wants-requests", sentence, words=(said,))
    if found := LIMITS.search(said):
        sentence = say(
            en=f"{who} cannot make Pods: a LimitRange of the namespace forbids it: {found[1]}",
            zh=f"{who} 无法创建 Pod：命名空间的 LimitRange 不允许：{found[1]}",
        )
        return trail.cause("limit-range-refused", sentence, words=(said,), see="describe limitrange")
    if found := SECURITY.search(said):
        sentence = say(
            en=f"{who} cannot make Pods: the namespace enforces Pod Security {found[1]}, which they violate",
            zh=f"{who} 无法创建 Pod：命名空间强制执行 Pod Security {found[1]}，而它们违反了它",
        )
        return trail.cause("admission-refused", sentence, words=(said,))
    if found := WEBHOOK.search(said):
        rule = found[1] or found[2]
        sentence = say(
            en=f"{who} cannot make Pods: {rule} does not admit them", zh=f"{who} 无法创建 Pod：{rule} 不准许"
        )
        return trail.cause("admission-refused", sentence, words=(said,))
    if " is invalid:" in said:
        sentence = say(
            en=f"{who} cannot make Pods: its template is not valid", zh=f"{who} 无法创建 Pod：它的模板不合法"
        )
        return trail.cause("pod-invalid", sentence, words=(said,))
    if "is forbidden" in said:
        sentence = say(en=f"{who} cannot make Pods: they are forbidden", zh=f"{who} 无法创建 Pod：被禁止")
        return trail.cause("admission-refused", sentence, words=(said,))
    sentence = say(en=f"{who} cannot make Pods", zh=f"{who} 无法创建 Pod")
    return trail.cause("create-refused", sentence, words=(said,))


def _account(trail: Trail, who: str, name: str, said: str) -> Cause:
    scene = trail.scene
    known = scene.lists("ServiceAccount")
    en = zh = ""
    if known:
        en = zh = not_there(scene, "ServiceAccount", name)
    else:
        en = f"there is no ServiceAccount {name} in namespace {scene.namespace}"
        zh = f"命名空间 {scene.namespace} 里没有 ServiceAccount {name}"
    sentence = say(en=f"{who} cannot make Pods: {en}", zh=f"{who} 无法创建 Pod：{zh}")
    way = trail.named(f"ServiceAccount/{name}")
    return way.cause("serviceaccount-absent", sentence, words=(said,), see="get serviceaccounts")
