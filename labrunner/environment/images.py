"""Images for a daemon and for the course's registry, each from the first source that has it."""

import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from labrunner import atomic, places
from labrunner.environment import cache, catalogue, debian_root, node_image, shipped, sources, target, wheelhouse
from labrunner.environment.catalogue import Image
from labrunner.environment.store import ScratchRegistry
from labrunner.environment.workbench import Workbench
from labrunner.errors import SourceMissing
from labrunner.narrate import Narrator, stage
from labrunner.words import say

OWN = "labrunner"
"""First part of the names of the environment's images on a daemon."""
TAR = "image.tar"
_ENVIRONMENT = re.compile(rf"{OWN}/[a-z0-9.-]+:[0-9a-f]{{{target.KEY_LENGTH}}}")


def course_store(names: Iterable[str], narrator: Narrator, endpoint_env: Mapping[str, str] | None = None) -> list[Path]:
    """Return, for each image, a registry's storage tree that holds it ("docker/registry/v2/…" below the path).

    Args:
        names: names or references of the catalogue.
        narrator: told what is pulled or built.
        endpoint_env: the environment with which the docker command reaches the daemon that builds.

    Raises:
        SourceMissing: no source has one of them.
        LabBroken: the catalogue lacks one of them.
    """
    wanted = [target.STORE + catalogue.find(name).name for name in names]
    make(wanted, narrator, endpoint_env)
    return [_slot(name) for name in wanted]


def reference_of(name: str) -> str:
    """Return what an image of the environment is called on a daemon, whether it is there or not."""
    return f"{OWN}/{catalogue.find(name).name}:{target.key(target.IMAGE + name)}"


def environment_image(name: str, narrator: Narrator, endpoint_env: Mapping[str, str] | None = None) -> str:
    """Have an image of the environment on a daemon.

    Args:
        name: "registry", "client", "sandbox-20.10", "sandbox-29" or "node".
        narrator: told what is built or loaded.
        endpoint_env: the environment with which the docker command reaches that daemon.

    Returns:
        its reference there.

    Raises:
        SourceMissing: it could not be built, or not be loaded.
    """
    reference = reference_of(name)
    bench = Workbench(endpoint_env or os.environ)
    if bench.has(reference):
        return reference
    _note([reference, *noted()])
    if not _slot(target.IMAGE + name).exists():
        make([target.IMAGE + name], narrator, endpoint_env, keep=True)
    if not bench.has(reference):
        with stage(narrator, say(en=f"loading {reference}", zh=f"载入 {reference}")):
            bench.docker("load", "--quiet", "--input", str(_slot(target.IMAGE + name) / TAR))
    return reference


def drop_environment(endpoint_env: Mapping[str, str] | None = None) -> list[str]:
    """Remove the environment's images that this installation put on a daemon; one that is in use stays.

    Args:
        endpoint_env: the environment with which the docker command reaches that daemon.

    Returns:
        the references that are gone.
    """
    bench = Workbench(endpoint_env or os.environ)
    listed = bench.docker("images", "--format", "{{.Repository}}:{{.Tag}}", f"{OWN}/*", check=False).stdout.split()
    known = noted()
    ours = [ref for ref in listed if _ENVIRONMENT.fullmatch(ref) and ref in known]
    gone = [ref for ref in ours if bench.docker("image", "rm", ref, check=False).ok]
    _note([ref for ref in known if ref in listed and ref not in gone])
    return gone


def _record() -> Path:
    return places.state_dir() / "environment-images.json"


def noted() -> list[str]:
    """Return what this installation put on a daemon; another one's images there are not ours to take away."""
    return [str(ref) for ref in atomic.read_json(_record()).get("references") or []]


def _note(references: list[str]) -> None:
    atomic.write_json(_record(), {"references": sorted(set(references))})


def make(
    names: Iterable[str], narrator: Narrator, endpoint_env: Mapping[str, str] | None = None, *, keep: bool = False
) -> None:
    """Build what is missing of some image targets, on one workbench.

    Args:
        names: targets, `image-NAME` or `store-NAME`.
        narrator: told what is built.
        endpoint_env: reaches the daemon that builds.
        keep: leave the images of `image-NAME` on that daemon, under their names of the environment.

    Raises:
        SourceMissing: no source has one of them.
    """
    wanted = [name for name in names if not _slot(name).exists()]
    if not wanted:
        return
    env = dict(endpoint_env or os.environ)
    # What an image holds is built before the lock and the workbench: minutes of Go are no reason to hold either.
    # Where an official image may be had instead, they are built only once it is known that it cannot.
    programs = _programs_of(wanted, narrator, env)
    with cache.alone("images", narrator), cache.unfinished("registry") as scratch, Workbench(env) as bench:
        making = _Making(bench, narrator, programs, scratch)
        for name in wanted:
            if _slot(name).exists():
                continue
            if name.startswith(target.IMAGE):
                making.image_target(name.removeprefix(target.IMAGE), keep=keep)
            else:
                making.store_target(name.removeprefix(target.STORE))


class _Making:
    """One round of building: remembers what is on its workbench already."""

    def __init__(self, bench: Workbench, narrator: Narrator, programs: dict[str, Path], scratch: Path) -> None:
        self._bench = bench
        self._scratch = scratch
        self._narrator = narrator
        self._programs = programs
        self._there: dict[str, str] = {}
        self._registry: ScratchRegistry | None = None

    def image_target(self, name: str, *, keep: bool) -> None:
        image = catalogue.find(name)
        there = self._there_or_made(image)
        self._save(image, there)
        if keep:
            self._bench.keep(self._bench.tag(there, reference_of(name)))

    def store_target(self, name: str) -> None:
        image = catalogue.find(name)
        there = self._there_or_made(image)
        label = say(
            en=f"packing {image.reference} for the course's registry", zh=f"打包 {image.reference} 到课程 registry"
        )
        registry_image = self._there_or_made(catalogue.find("registry"))
        with cache.unfinished(target.STORE + name) as folder, stage(self._narrator, label):
            registry = self._registry = self._registry or ScratchRegistry(self._bench, registry_image, self._scratch)
            registry.take(there, image.reference)
            registry.split(image.reference, folder)
            cache.publish(folder, _slot(target.STORE + name))

    def _there_or_made(self, image: Image) -> str:
        if image.name not in self._there:
            self._there[image.name] = self._loaded(image) or self._found(image) or self._built(image)
        return self._there[image.name]

    def _loaded(self, image: Image) -> str | None:
        tar = _slot(target.IMAGE + image.name) / TAR
        if not tar.exists():
            return None
        reference = reference_of(image.name)
        if not self._bench.has(reference):
            self._bench.drop(reference)
            self._bench.docker("load", "--quiet", "--input", str(tar))
        return self._bench.tag(reference, self._bench.name(image.name))

    def _found(self, image: Image) -> str | None:
        there = sources.official(image, self._bench, self._narrator)
        if there and _is_stood_on(image):
            self._save(image, there)
        return there

    def _built(self, image: Image) -> str:
        if image.machines and (here := platform.machine()).lower() not in image.machines:
            names = ", ".join(image.machines)
            raise SourceMissing(
                say(
                    en=f"{image.reference or image.name} is made for {names} alone, and this machine is {here}",
                    zh=f"{image.reference or image.name} 只为 {names} 制作，这台机器是 {here}",
                )
            )
        base = self._there_or_made(catalogue.find(image.base)) if image.base else ""
        called = image.reference or image.name
        self._have_programs(image)
        with stage(self._narrator, say(en=f"building {called} from packages", zh=f"用软件包构建 {called}")) as show:
            there = self._from_packages(image, base, show)
        if image.environment or _is_stood_on(image):
            self._save(image, there)
        return there

    def _have_programs(self, image: Image) -> None:
        from labrunner.environment.build import built

        for name in image.programs:
            if name not in self._programs:
                self._programs[name] = built(name, self._narrator)

    def _from_packages(self, image: Image, base: str, show: Callable[[str, float | None], None]) -> str:
        recipe = shipped.path(f"provision/images/{image.recipe}")
        if (recipe / "make").exists():
            return debian_root.make(self._bench, image, recipe, show)
        if image.name == "node":
            return node_image.make(self._bench, image, base, self._programs, show)
        extra = {Path(path).name: shipped.path(f"provision/{path}") for path in image.shared}
        if image.programs:
            extra["bin"] = self._programs[image.programs[0]] / "bin"
        if image.packages:
            extra["site"] = self._scratch / "site"
            wheelhouse.unpack(extra["site"], debian_root.PYTHON, self._narrator)
        others = {arg: self._there_or_made(catalogue.find(other)) for arg, other in image.images.items()}
        return self._bench.build(image, recipe, {"BASE": base, **others}, extra, show)

    def _save(self, image: Image, there: str) -> None:
        place = _slot(target.IMAGE + image.name)
        if place.exists():
            return
        reference = reference_of(image.name)
        if not self._bench.has(reference):
            self._bench.drop(reference)
            self._bench.tag(there, reference)
        with cache.unfinished(target.IMAGE + image.name) as folder:
            self._bench.docker("save", "--output", str(folder / TAR), reference)
            cache.publish(folder, place)


def _slot(name: str) -> Path:
    return cache.slot(name, target.key(name))


def _is_stood_on(image: Image) -> bool:
    return any(image.name in (other.base, *other.images.values()) for other in catalogue.images().values())


def _programs_of(wanted: list[str], narrator: Narrator, env: Mapping[str, str]) -> dict[str, Path]:
    from labrunner.environment.build import built

    needed: dict[str, Path] = {}
    for name in wanted:
        for below in target.find(name).stands_on:
            if below in target.programs():
                needed[below] = built(below, narrator, env)
    return needed
