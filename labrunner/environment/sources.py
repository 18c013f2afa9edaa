"""Official images: already on the daemon, or pulled, through a mirror where one is configured."""

import json
import re

from labrunner.environment import settings
from labrunner.environment.catalogue import Image
from labrunner.environment.workbench import Workbench
from labrunner.narrate import Narrator, stage
from labrunner.words import say

ANSWER = 5.0
"""Seconds in which a registry must have begun to answer."""
TRANSFER = 1800.0
"""Seconds for a pull that has begun."""
DEFAULT_REGISTRY = "docker.io/"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
OTHER = re.compile(r"verification failed|unexpected commit digest|digest validation|match digest", re.IGNORECASE)
"""What an engine says where a registry gave something else than was asked for by digest; engines of today say what."""
LACKS = re.compile(r"manifest unknown|manifest for \S+ not found|: not found", re.IGNORECASE)
"""What it says where the registry has nothing of that digest."""

_silent: set[str] = set()


def tried() -> str:
    """Return where official images were looked for, for a sentence."""
    mirror = settings.load().mirror
    return mirror or "Docker Hub"


def official(image: Image, bench: Workbench, narrator: Narrator) -> str | None:
    """Have the official image on the workbench, where some source has it.

    Args:
        image: the catalogue's entry.
        bench: where it is wanted.
        narrator: told what is pulled, once that a registry does not answer, and what a registry gave instead.

    Returns:
        its name on the workbench; None where no source has it.
    """
    if not image.official:
        return None
    familiar = image.official.removeprefix(f"{DEFAULT_REGISTRY}library/").removeprefix(DEFAULT_REGISTRY)
    for known in (familiar, _pinned(familiar, image)):
        if _was_pulled(bench, known, image):
            return bench.tag(known, bench.name(image.name))
    prefix = settings.load().mirror
    wanted = prefix + image.pinned.removeprefix(DEFAULT_REGISTRY) if prefix else image.pinned
    registry = wanted.split("/", 1)[0]
    if registry in _silent or not _pulled(wanted, registry, image, bench, narrator):
        return None
    return bench.tag(wanted, bench.name(image.name))


def _pinned(reference: str, image: Image) -> str:
    return f"{reference.rsplit(':', 1)[0]}@{image.digest}" if image.digest else reference


def _was_pulled(bench: Workbench, reference: str, image: Image) -> bool:
    seen = bench.docker("image", "inspect", "--format", "{{json .RepoDigests}}", reference, check=False)
    # Without a digest of that very repository somebody made it, or named it so, here: it may hold anything.
    repository = reference.partition("@")[0].rsplit(":", 1)[0]
    return seen.ok and any(one.startswith(f"{repository}@{image.digest}") for one in json.loads(seen.stdout) or [])


def _pulled(reference: str, registry: str, image: Image, bench: Workbench, narrator: Narrator) -> bool:
    if not bench.has(reference):
        bench.drop(reference)
    began = bench.docker("pull", reference, limit=ANSWER, check=False)
    refused = next((why for why in (OTHER, LACKS) if image.digest and not began.ok and why.search(began.stderr)), None)
    if not began.ok and not refused and "Pulling from" in began.stdout:
        with stage(narrator, say(en=f"pulling {reference}", zh=f"拉取 {reference}")):
            began = bench.docker("pull", reference, limit=TRANSFER, check=False)
    if began.ok:
        return True
    if refused:
        given = [one for one in DIGEST.findall(began.stderr) if one != image.digest]
        narrator.say(_refusal(image, registry, given[0] if given else "", other=refused is OTHER))
        return False
    _silent.add(registry)
    narrator.say(
        say(
            en=f"{registry} gives no images here; building them from packages (a mirror: LABRUNNER_MIRROR=…)",
            zh=f"{registry} 无法提供镜像，改为用软件包构建（可设置镜像站：LABRUNNER_MIRROR=…）",
        )
    )
    return False


def _refusal(image: Image, registry: str, given: str, *, other: bool) -> str:
    called = image.official.removeprefix(DEFAULT_REGISTRY)
    if other:
        instead = say(en=f"gave something else {given}".strip(), zh=f"给的是别的内容 {given}".strip())
    else:
        instead = say(en="does not have it", zh="没有它")
    return say(
        en=f"{registry} was asked for {called} by its digest {image.digest}, and {instead}: it is built from packages",
        zh=f"按摘要 {image.digest} 向 {registry} 要 {called}，对方{instead}：改为用软件包构建",
    )
