"""Official images: already on the daemon, or pulled, through a mirror where one is configured."""

import json

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
        narrator: told what is pulled, and once that a registry does not answer.

    Returns:
        its name on the workbench; None where no source has it.
    """
    if not image.official:
        return None
    familiar = image.official.removeprefix(f"{DEFAULT_REGISTRY}library/").removeprefix(DEFAULT_REGISTRY)
    if _was_pulled(bench, familiar):
        return bench.tag(familiar, bench.name(image.name))
    prefix = settings.load().mirror
    wanted = prefix + image.official.removeprefix(DEFAULT_REGISTRY) if prefix else image.official
    registry = wanted.split("/", 1)[0]
    if registry in _silent or not _pulled(wanted, registry, bench, narrator):
        return None
    return bench.tag(wanted, bench.name(image.name))


def _was_pulled(bench: Workbench, reference: str) -> bool:
    seen = bench.docker("image", "inspect", "--format", "{{json .RepoDigests}}", reference, check=False)
    # Without a digest of that very repository somebody made it, or named it so, here: it may hold anything.
    repository = reference.rsplit(":", 1)[0]
    return seen.ok and any(digest.startswith(f"{repository}@") for digest in json.loads(seen.stdout) or [])


def _pulled(reference: str, registry: str, bench: Workbench, narrator: Narrator) -> bool:
    if not bench.has(reference):
        bench.drop(reference)
    began = bench.docker("pull", reference, limit=ANSWER, check=False)
    if not began.ok and "Pulling from" in began.stdout:
        with stage(narrator, say(en=f"pulling {reference}", zh=f"拉取 {reference}")):
            began = bench.docker("pull", reference, limit=TRANSFER, check=False)
    if began.ok:
        return True
    _silent.add(registry)
    narrator.say(
        say(
            en=f"{registry} gives no images here; building them from packages (a mirror: LABRUNNER_MIRROR=…)",
            zh=f"{registry} 无法提供镜像，改为用软件包构建（可设置镜像站：LABRUNNER_MIRROR=…）",
        )
    )
    return False
