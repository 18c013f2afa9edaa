"""Why a container's image is not on its node: what the kubelet says, and what the nodes have instead."""

import re

from labrunner.outcome import Cause
from labrunner.why.docker_scene import nearest
from labrunner.why.scene import Raw, Scene
from labrunner.why.trail import Trail
from labrunner.words import say

REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
"""Reasons of a waiting container whose image is not there (kubelet, pkg/kubelet/images/types.go)."""
NOT_THERE = re.compile(
    r"code = NotFound|: not found|manifest unknown|name unknown|does not exist\b(?! or may)", re.IGNORECASE
)
REFUSED = re.compile(
    r"\b40[13]\b|unauthorized|forbidden|denied|authentication required|authorization failed|toomanyrequests|\b429\b",
    re.IGNORECASE,
)
UNREACHABLE = re.compile(
    r"refused|no such host|no route to host|timeout|timed out|deadline exceeded|unreachable|reset by peer|x509|TLS"
    r"|HTTP response to HTTPS|server misbehaving|\b50[0-9]\b|: EOF",
    re.IGNORECASE,
)
PLATFORM = re.compile(r"no match for platform", re.IGNORECASE)
HUB = "docker.io/library/"


def unpulled(trail: Trail, pod: Raw, status: Raw, waiting: Raw) -> list[Cause]:  # noqa: PLR0911 - one a meaning
    """Return why the image of a container is not there.

    Args:
        trail: stands at the Pod.
        pod: it.
        status: the container's status.
        waiting: its state, with one of REASONS.
    """
    name, image = status["name"], _wanted(pod, status)
    said = _said(trail, pod, name, str(waiting.get("message", "")))
    who = say(en=f"container {name} of Pod {trail.path[-1][4:]}", zh=f"Pod {trail.path[-1][4:]} 的容器 {name}")
    reason, words = waiting["reason"], (f"{waiting['reason']}: {said}" if said else waiting["reason"],)
    if reason == "InvalidImageName":
        sentence = say(
            en=f"{image} is no valid image name ({who})",
            zh=f"{image} 不是合法的镜像名（{who}）",
        )
        return [trail.cause("image-name-wrong", sentence, words=words)]
    if reason == "ErrImageNeverPull":
        sentence = say(
            en=f"image {image} is not on the node, and {who} says imagePullPolicy: Never",
            zh=f"节点上没有镜像 {image}，而{who}写了 imagePullPolicy: Never",
        )
        return [trail.cause("image-not-on-node", sentence, words=words)]
    if PLATFORM.search(said):
        sentence = say(
            en=f"image {image} is not made for this machine's kind of processor",
            zh=f"镜像 {image} 没有适合这台机器处理器架构的版本",
        )
        return [trail.cause("image-wrong-platform", sentence, words=words)]
    if NOT_THERE.search(said):
        return [_not_there(trail, image, words)]
    if REFUSED.search(said):
        sentence = say(
            en=f"the registry refuses {image}: it wants a login, has no such image, or limits how often it is asked",
            zh=f"仓库拒绝提供镜像 {image}：需要登录，或没有这个镜像，或拉取过于频繁",
        )
        return [trail.cause("pull-refused", sentence, words=words), *_logins(trail, pod)]
    if UNREACHABLE.search(said):
        sentence = say(
            en=f"image {image} cannot be pulled: the node cannot reach its registry, {registry_of(image)}",
            zh=f"无法拉取镜像 {image}：节点连不上它的仓库 {registry_of(image)}",
        )
        return [trail.cause("registry-unreachable", sentence, words=words)]
    sentence = say(en=f"image {image} cannot be pulled ({who})", zh=f"无法拉取镜像 {image}（{who}）")
    return [trail.cause("pull-failed", sentence, words=words)]


def normal(reference: str) -> str:
    """Return a reference with all that is implied: "redis" is "docker.io/library/redis:latest"."""
    first, slash, _ = reference.partition("/")
    if not slash:
        reference = HUB + reference
    elif "." not in first and ":" not in first and first != "localhost":
        reference = f"docker.io/{reference}"
    return reference if ":" in reference.rsplit("/", 1)[-1] or "@" in reference else f"{reference}:latest"


def registry_of(reference: str) -> str:
    """Return the registry that an image comes from."""
    return normal(reference).partition("/")[0]


def _not_there(trail: Trail, image: str, words: tuple[str, ...]) -> Cause:
    repository, _, tag = normal(image).rpartition(":")
    known = _known(trail.scene)
    tags = sorted(one.rpartition(":")[2] for one in known if one.rpartition(":")[0] == repository)
    short = image.rpartition(":")[0] if ":" in image.rsplit("/", 1)[-1] else image
    if tags:
        others = ", ".join(f"{short}:{one}" for one in tags[:5])
        sentence = say(
            en=f"image {short} has no tag {tag}; the nodes have {others}",
            zh=f"镜像 {short} 没有标签 {tag}；节点上有 {others}",
        )
        if ":" not in image.rsplit("/", 1)[-1]:
            sentence = say(
                en=f"image {short} is asked for without a tag, and has no tag latest; the nodes have {others}",
                zh=f"镜像 {short} 没有写标签，而它没有 latest 标签；节点上有 {others}",
            )
        return trail.cause("image-tag-absent", sentence, words=words)
    place, _, last = repository.rpartition("/")
    beside = {one.rpartition(":")[0] for one in known if one.rpartition(":")[0].rpartition("/")[0] == place}
    if near := nearest(last, sorted(one.rpartition("/")[2] for one in beside)):
        meant = f"{place}/{near}".removeprefix(HUB)
        sentence = say(
            en=f"there is no image {image}; is {meant} meant, which the nodes have?",
            zh=f"没有镜像 {image}；是不是 {meant}？节点上有它",
        )
        return trail.cause("image-name-wrong", sentence, words=words)
    sentence = say(
        en=f"there is no image {image}: its registry has no such name, or no such tag of it",
        zh=f"没有镜像 {image}：它的仓库里没有这个名字，或没有这个标签",
    )
    return trail.cause("image-absent", sentence, words=words)


def _known(scene: Scene) -> set[str]:
    """Return the images that the nodes have, and those that containers run, as whole references with tags."""
    on_nodes = [
        name
        for node in scene.of_kind("Node")
        for image in (node.get("status") or {}).get("images") or []
        for name in image.get("names") or []
    ]
    running = [
        str(status["image"])
        for pod in scene.of_kind("Pod")
        for status in (pod.get("status") or {}).get("containerStatuses") or []
        if "running" in (status.get("state") or {})
    ]
    return {normal(name) for name in (*on_nodes, *running) if "@" not in name and not name.startswith("sha256:")}


def _wanted(pod: Raw, status: Raw) -> str:
    """Return the reference that the container of this status asks for, as it is written in the Pod."""
    containers = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
    return next((str(one["image"]) for one in containers if one["name"] == status["name"]), str(status.get("image")))


def _said(trail: Trail, pod: Raw, container: str, message: str) -> str:
    """Return what the kubelet says of a pull: its state while it waits for the next try may only say that it waits."""
    if any(one.search(message) for one in (NOT_THERE, REFUSED, UNREACHABLE, PLATFORM)):
        return message
    for event in trail.scene.events(pod, reason="Failed"):
        about = str(event["involvedObject"].get("fieldPath", ""))
        if about.endswith(f"{{{container}}}") and str(event.get("message", "")).startswith("Failed to pull"):
            return str(event["message"])
    return message


def _logins(trail: Trail, pod: Raw) -> list[Cause]:
    """Return the Secrets that the Pod would log in with, and that are not there."""
    scene, found = trail.scene, []
    for one in pod["spec"].get("imagePullSecrets") or []:
        name = one.get("name", "")
        if scene.lists("Secret") and scene.find("Secret", name) is None:
            sentence = say(
                en=f"the Secret {name} that Pod {pod['metadata']['name']} logs in to the registry with is not there",
                zh=f"Pod {pod['metadata']['name']} 登录仓库所用的 Secret {name} 不存在",
            )
            found.append(trail.named(f"Secret/{name}").cause("secret-absent", sentence, see="get secrets"))
    return found
