"""A Debian of our own as an image of one layer, made by debootstrap where no registry has one."""

import os
from collections.abc import Callable
from pathlib import Path

from labrunner import process
from labrunner.environment import cache, shipped, sources
from labrunner.environment.catalogue import Image
from labrunner.environment.workbench import DONE, Workbench
from labrunner.errors import SourceMissing
from labrunner.words import say

PATIENCE = 1200.0
"""Seconds for a debootstrap over a slow mirror."""
PYTHON = "3.11"
"""The Python that this Debian has, official image or not."""
LINES = 460
"""About as many lines does debootstrap say, from its first to its last."""


def make(bench: Workbench, image: Image, recipe: Path, show: Callable[[str, float | None], None]) -> str:
    """Run a recipe's `make` and import what it made.

    Args:
        bench: where the image is wanted.
        image: the catalogue's entry.
        recipe: its folder.
        show: told what is done.

    Returns:
        its name on the workbench.

    Raises:
        SourceMissing: this machine or this user cannot make it.
    """
    if os.geteuid() != 0:
        raise _missing(image, say(en="building it needs root", zh="构建它需要 root"))
    lines = 0
    phases = {
        "I: Retrieving": say(en="fetching packages", zh="下载软件包"),
        "I: Unpacking": say(en="unpacking", zh="解包"),
        "I: Configuring": say(en="configuring", zh="配置"),
    }

    def heard(line: str) -> None:
        nonlocal lines
        lines += 1
        # "I: Retrieving libc6 2.36": the verb is news, the package is not.
        phase = next((said for verb, said in phases.items() if verb in line), None)
        if phase:
            show(phase, min(lines / LINES, 0.99))

    with cache.unfinished("debian-root") as folder:
        env = {**os.environ, "UNPACK": str(shipped.path("provision/unpack-packages")), "LC_ALL": "C.UTF-8"}
        ended = process.run(["bash", str(recipe / "make"), str(folder)], limit=PATIENCE, env=env, on_line=heard)
        if not ended.ok:
            raise _missing(image, ended.last_words)
        changes = [f"LABEL {image.label}", f"LABEL {DONE}", 'CMD ["bash"]']
        flags = [word for change in changes for word in ("--change", change)]
        reference = bench.name(image.name)
        bench.docker("import", *flags, str(folder / "root.tar"), reference)
        return reference


def _missing(image: Image, why: str) -> SourceMissing:
    called = image.reference or image.name
    tried = sources.tried()
    return SourceMissing(
        say(
            en=f"no source has {called}: it is not on this machine, {tried} does not give it, and {why}",
            zh=f"找不到 {called}：本机没有，{tried} 无法提供，而且{why}",
        ),
        hint=say(
            en="name a mirror that can be reached: LABRUNNER_MIRROR=registry.example/ (ending in a slash)",
            zh="请设置可用的镜像站：LABRUNNER_MIRROR=registry.example/（以斜杠结尾）",
        ),
    )
