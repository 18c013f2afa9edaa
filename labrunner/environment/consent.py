"""System packages, installed only after their owner has seen the very commands and said yes."""

import os
import shutil
from collections.abc import Sequence

from labrunner import process
from labrunner.errors import EnvironmentNotReady
from labrunner.narrate import Narrator, require, stage
from labrunner.words import say

PATIENCE = 900.0
"""Seconds that a package installation may take; mirrors can be slow."""


def can_install() -> bool:
    """Tell whether this process could install system packages: root, on a Debian."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def commands(packages: Sequence[str]) -> list[str]:
    """Return the lines that install packages, as they are shown before and run after."""
    return ["apt-get update", f"apt-get install -y --no-install-recommends {' '.join(packages)}"]


def install(narrator: Narrator, packages: Sequence[str], question: str, also: Sequence[str] = ()) -> None:
    """Ask, then install system packages.

    Args:
        narrator: where the commands are shown and the answer comes from.
        packages: names of Debian packages.
        question: what it is for, as a question.
        also: other changes that the same answer allows; the caller makes them.

    Raises:
        Declined: the owner said no.
        EnvironmentNotReady: apt-get failed.
    """
    lines = commands(packages)
    require(narrator, question, [*lines, *also])
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with stage(narrator, say(en="installing system packages", zh="安装系统软件包")) as show:
        for line in lines:
            argv = [*line.split(), "-o", "DPkg::Lock::Timeout=300"]
            done = process.run(argv, limit=PATIENCE, env=environ, on_line=lambda said: show(said[:100], None))
            if not done.ok:
                raise EnvironmentNotReady(
                    say(en=f"{line} failed: {done.last_words}", zh=f"{line} 失败：{done.last_words}"),
                    hint=say(en=f"run it by hand: {line}", zh=f"请手动运行：{line}"),
                )
