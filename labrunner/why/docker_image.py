"""From an image's reference to why it is not here: not pulled, no such tag, no such name, or refused."""

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_scene import DockerScene, nearest
from labrunner.words import say
from labrunner.world.reference import tagged
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, reference: str) -> Diagnosis:
    """Walk from an image; see `explain`."""
    scene, subject = DockerScene(snapshot), f"image/{reference}"
    raw = scene.image(reference)
    if raw is not None:
        saw = tuple(f"RepoTags: {tag}" for tag in raw.get("RepoTags") or [])
        return Diagnosis(subject, healthy=True, saw=(f"Id: {raw['Id']}", *saw))
    return Diagnosis(subject, (absent(scene, reference),))


def absent(scene: DockerScene, reference: str) -> Cause:
    """Return why an image is not on this machine."""
    scene.miss("image", reference)
    repository, tag = split(reference)
    asked = scene.registry(repository)
    if asked is None or ("@" in reference and "tags" in asked):  # its tags tell nothing of a digest
        return _not_here(scene, reference, repository, tag)
    if words := asked.get("refused") or asked.get("silent"):
        return _ungiven(reference, repository, str(words), refused="refused" in asked)
    if "tags" not in asked:
        return _misnamed(scene, reference, repository, [str(one) for one in asked.get("repositories") or []])
    if tag in asked["tags"]:
        return _not_pulled(reference)
    return _no_tag(reference, repository, tag, [str(one) for one in asked["tags"]], registry=True)


def split(reference: str) -> tuple[str, str]:
    """Return the repository and the tag (or digest) of a reference."""
    if "@" in reference:
        repository, _, digest = reference.partition("@")
        return repository, digest
    repository, _, tag = tagged(reference).rpartition(":")
    return repository, tag


def _cause(code: str, reference: str, sentence: str, see: str, words: tuple[str, ...] = ()) -> Cause:
    return Cause(code, sentence, f"image/{reference}", (f"image/{reference}",), words, see)


def _not_pulled(reference: str) -> Cause:
    en = f"image {reference} is not on this machine; its registry has it (docker pull {reference})"
    zh = f"本机没有镜像 {reference}；它的仓库里有（docker pull {reference}）"
    return _cause("image-absent", reference, say(en=en, zh=zh), f"docker image ls {split(reference)[0]}")


def _no_tag(reference: str, repository: str, tag: str, tags: list[str], *, registry: bool) -> Cause:
    which = ", ".join(sorted(tags)) or "-"
    where_en, where_zh = ("the registry", "仓库里") if registry else ("this machine", "本机")
    en = f"{where_en} has no tag {tag} of {repository}; it has: {which}"
    zh = f"{where_zh}的 {repository} 没有标签 {tag}；有的是：{which}"
    host, _, path = repository.partition("/")
    see = f"curl -s http://{host}/v2/{path}/tags/list" if registry else f"docker image ls {repository}"
    return _cause(
        "image-tag-absent", reference, say(en=en, zh=zh), see, tuple(f"{repository}:{one}" for one in sorted(tags))
    )


def _misnamed(scene: DockerScene, reference: str, repository: str, known: list[str]) -> Cause:
    host, _, path = repository.partition("/")
    near = nearest(path, known)
    here = [split(one)[0].partition("/")[2] for one in scene.references() if one.startswith(f"{host}/")]
    near = near or nearest(path, here)
    en = f"the registry {host} has no repository {path}" + (f"; did you mean {near}?" if near else "")
    zh = f"仓库 {host} 里没有 {path}" + (f"；是不是 {near}？" if near else "")
    words = tuple(f"{host}/{one}" for one in known)
    return _cause("image-name-wrong", reference, say(en=en, zh=zh), f"curl -s http://{host}/v2/_catalog", words)


def _ungiven(reference: str, repository: str, words: str, *, refused: bool) -> Cause:
    """Return that its registry does not give an image: it says no, or nobody is there."""
    host = repository.partition("/")[0]
    if refused:
        en = f"image {reference} cannot be pulled: the registry {host} refuses it ({words})"
        zh = f"镜像 {reference} 拉不下来：仓库 {host} 拒绝了（{words}）"
    else:
        en = f"image {reference} cannot be pulled: no registry answers at {host} ({words})"
        zh = f"镜像 {reference} 拉不下来：{host} 没有镜像仓库回应（{words}）"
    code = "pull-refused" if refused else "registry-unreachable"
    return _cause(code, reference, say(en=en, zh=zh), f"docker pull {reference}", (words,))


def _near(references: list[str], reference: str, repository: str) -> str:
    """Return the image of the same name from elsewhere, or of one that is spelled nearly the same; else empty."""
    by_name: dict[str, str] = {}
    for one in references:
        by_name.setdefault(split(one)[0].rpartition("/")[2], one)
    own, named = repository.rpartition("/")[2], tagged(reference).rpartition("/")[2]
    same = [one for one in references if one.rpartition("/")[2] == named and one != tagged(reference)]
    return same[0] if same else by_name.get(own) or by_name.get(nearest(own, list(by_name)), "")


def _not_here(scene: DockerScene, reference: str, repository: str, tag: str) -> Cause:
    """Return what this machine alone can tell: no registry was asked."""
    references = scene.references()
    tags = [split(one)[1] for one in references if split(one)[0] == repository]
    if tags and "@" not in reference:
        return _no_tag(reference, repository, tag, tags, registry=False)
    near = _near(references, reference, repository)
    en = f"image {reference} is not on this machine" + (f" (but there is {near})" if near else "")
    zh = f"本机没有镜像 {reference}" + (f"（但是有 {near}）" if near else "")
    return _cause("image-absent", reference, say(en=en, zh=zh), "docker image ls")
