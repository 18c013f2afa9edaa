"""Why a container was not made, by the kubelet's words alone: what it refers to, or how it is to run."""

import re

from labrunner.outcome import Cause
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

WHOLE = re.compile(r'(configmap|secret) "([^"]+)" not found')
KEY = re.compile(r"key \S+ in (ConfigMap|Secret) [^/]+/(\S+)")


def not_made(trail: Trail, status: Raw, reason: str, said: str) -> Cause | str:
    """Return why a container was not made; a phrase where what it wanted has come since.

    Args:
        trail: stands at the Pod.
        status: the container's status.
        reason: the reason for which it waits.
        said: the kubelet's words.
    """
    name, pod = status["name"], trail.path[-1].partition("/")[2]
    if found := WHOLE.search(said):
        return _absent(trail, "Secret" if found[1] == "secret" else "ConfigMap", found[2], said)
    if found := KEY.search(said):
        way, see = trail.named(f"{found[1]}/{found[2]}"), f"describe {found[1].lower()} {found[2]}"
        sentence = _cannot(pod, said)
        secret = found[1] == "Secret"
        return way.cause("secret-key-absent" if secret else "configmap-key-absent", sentence, words=(said,), see=see)
    words = (f"{reason}: {said}",)
    if "runAsNonRoot" in said:
        sentence = say(
            en=f"container {name} of Pod {pod} would run as root, which its runAsNonRoot forbids",
            zh=f"Pod {pod} 的容器 {name} 会以 root 运行，而它的 runAsNonRoot 不允许",
        )
        return trail.cause("runs-as-root", sentence, words=words)
    sentence = say(en=f"container {name} of Pod {pod} could not be made", zh=f"Pod {pod} 的容器 {name} 无法创建")
    return trail.cause("container-not-created", sentence, words=words)


def _absent(trail: Trail, kind: str, wanted: str, said: str) -> Cause | str:
    pod = trail.path[-1].partition("/")[2]
    if trail.scene.find(kind, wanted) is not None:
        return say(
            en=f"{kind} {wanted} is there now; Pod {pod} will try again",
            zh=f"{kind} {wanted} 已经有了；Pod {pod} 会再试",
        )
    way, see = trail.named(f"{kind}/{wanted}"), f"get {kind.lower()}s"
    secret = kind == "Secret"
    return way.cause("secret-absent" if secret else "configmap-absent", _cannot(pod, said), words=(said,), see=see)


def _cannot(pod: str, said: str) -> str:
    return say(en=f"Pod {pod} cannot start: {said}", zh=f"Pod {pod} 无法启动：{said}")
