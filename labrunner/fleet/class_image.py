"""The image of a class's Pods: the grader with this program, a course's labs, and what they need of the cache."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from labrunner.environment import addon_manifest, build, bundle_contents, cache, images, shipped, target
from labrunner.environment.bundle_contents import DOCKER, KUBERNETES
from labrunner.environment.cell import IMAGE as HANDS
from labrunner.environment.workbench import Workbench
from labrunner.errors import EnvironmentNotReady
from labrunner.fleet.place import Place
from labrunner.grading.course import folder_hash
from labrunner.lab import Lab
from labrunner.narrate import Narrator, stage
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

RECIPE = "provision/class"
REPOSITORY = "labrunner-grader"
PROGRAM = ("labrunner", "labs", "provision")
CONFIG = "kind-config.yaml"
LABEL = "labrunner.image=class"
USED = {"kubernetes": ("kind", "kubectl", "etcdctl"), "metallb": (addon_manifest.METALLB,)}
"""Of targets that hold more than a Pod needs, the programs and files that it needs: the rest is in images."""


def targets(labs: Iterable[Lab]) -> list[str]:
    """Return what Pods need of the cache for some labs: what a bundle has for them, and the image of the hands.

    What a cluster is made of is among it where a lab uses one, and only there: it is more than all the rest.
    """
    parts = bundle_contents.targets(labs)
    return sorted({*parts[DOCKER], *parts[KUBERNETES], target.IMAGE + HANDS})


def key(labs: Iterable[Lab], pack: Path | None) -> str:
    """Return what names the image: 16 hex digits of all that it is made of."""
    seen = hashlib.sha256(target.key(target.IMAGE + "grader").encode())
    for name in targets(labs):
        seen.update(f"{name} {target.key(name)}\n".encode())
    folders = [*(shipped.path(name) for name in PROGRAM), shipped.path(RECIPE), *([pack] if pack else [])]
    for folder in folders:
        seen.update(folder_hash(folder).encode())
    seen.update(shipped.path(CONFIG).read_bytes())
    return seen.hexdigest()[: target.KEY_LENGTH]


def pushed(place: Place, labs: Iterable[Lab], pack: Path | None, endpoint: Endpoint, narrator: Narrator) -> str:
    """Have the image in a registry, and return what nodes pull.

    Args:
        place: the registry.
        labs: those that are graded.
        pack: the folder of a teacher's own labs; None for none.
        endpoint: the engine that builds it.
        narrator: shows what is built, and that it is pushed.

    Raises:
        SourceMissing: something that it is made of is not to be had.
        EnvironmentNotReady: the registry does not take it.
    """
    wanted = list(labs)
    tag = key(wanted, pack)
    if not place.shelf(REPOSITORY).bound(tag):
        _build(f"{place.push}/{REPOSITORY}:{tag}", wanted, pack, endpoint, narrator)
    return f"{place.pull}/{REPOSITORY}:{tag}"


def _build(reference: str, labs: list[Lab], pack: Path | None, endpoint: Endpoint, narrator: Narrator) -> None:
    environ = endpoint.environ()
    below = {name: build.built(name, narrator, environ) for name in targets(labs)}
    base = images.environment_image("grader", narrator, environ)
    label = say(en="building the image of the class's Pods", zh="构建班级 Pod 的镜像")
    with cache.unfinished("class") as folder, Workbench(environ) as bench:
        program = folder / "program"
        for name in PROGRAM:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(shipped.path(name), program / name, ignore=ignored)
        shutil.copyfile(shipped.path(CONFIG), program / CONFIG)
        own = folder / "pack"
        own.mkdir()
        if pack is not None:
            shutil.copytree(pack, own, ignore=shutil.ignore_patterns("__pycache__", ".git"), dirs_exist_ok=True)
        extra = contents(below)
        with stage(narrator, label) as show:
            bench.drop(reference)
            recipe = shipped.path(RECIPE)
            bench.build_folder(
                reference, recipe, {**extra, "program": program, "pack": own}, {"BASE": base}, LABEL, show
            )
        with stage(narrator, say(en=f"pushing {reference}", zh=f"推送 {reference}")):
            done = bench.docker("push", "--quiet", reference, check=False)
        if not done.ok:
            raise EnvironmentNotReady(
                say(
                    en=f"the registry does not take {reference}: {done.last_words}",
                    zh=f"镜像仓库没有接受 {reference}：{done.last_words}",
                ),
                hint=say(en="log in to it: docker login", zh="请先登录：docker login"),
            )


def contents(below: Mapping[str, Path]) -> dict[str, Path]:
    """Return what of the cache goes into the image: the place there → what is put there.

    Args:
        below: target → where it is in the cache.
    """
    found: dict[str, Path] = {}
    for name, place in below.items():
        inside = f"cache/{name}/{place.name}"
        if name in USED:
            found |= {f"{inside}/bin/{one}": place / "bin" / one for one in USED[name]}
        else:
            found[inside] = place
    return found
