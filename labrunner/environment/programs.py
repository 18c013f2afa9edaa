"""Targets of provision/programs.toml: a folder with bin/, built from Go modules, beside what it stands on."""

import os
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

from labrunner import process
from labrunner.environment import consent, go, shipped
from labrunner.environment.target import programs
from labrunner.errors import SourceMissing
from labrunner.narrate import Narrator, stage
from labrunner.words import say


def build(name: str, folder: Path, below: list[Path], narrator: Narrator) -> None:
    """Build a target's programs.

    Args:
        name: a target of programs.toml.
        folder: where bin/ is made; on the file system of the cache.
        below: the artefacts that it stands on, whose programs are taken along.
        narrator: told what is built.

    Raises:
        SourceMissing: something that it is built from is not to be had.
        Declined: a C compiler is needed, and installing one was refused.
    """
    into = folder / "bin"
    into.mkdir()
    for artefact in below:
        for program in (artefact / "bin").iterdir():
            os.link(program, into / program.name)
    steps: list[dict[str, Any]] = programs()[name]["build"]
    modules = [shipped.path(f"provision/go/{step['folder']}") for step in steps]
    tool = go.toolchain(go.needed(modules), narrator)
    for step, module in zip(steps, modules, strict=True):
        label = say(en=f"building {name} ({module.name})", zh=f"构建 {name}（{module.name}）")
        env = go.environ(tool, GOBIN=str(into))
        if step.get("cgo"):
            _with_libraries(step.get("static", []), folder, env, narrator)
        with stage(narrator, label) as show:
            go.install_tools(tool, module, _flags(step, module), env, show, step.get("only", "tool"))
            if files := step.get("files"):
                go.copy_files(tool, module, step["module"], files, env)
        for made, wanted in step.get("rename", {}).items():
            (into / made).rename(into / wanted)
    shutil.rmtree(folder / "libraries", ignore_errors=True)


def _flags(step: dict[str, Any], module: Path) -> list[str]:
    version = go.version_of(module, step["version_of"]) if "version_of" in step else ""
    minor = re.sub(r"^v\d+\.(\d+).*", r"\1", version)
    linked = ["-s", "-w"]
    for flag in step.get("ldflags", []):
        linked += shlex.split(flag.format(version=version, minor=minor))
    tags = ["-tags", ",".join(step["tags"])] if step.get("tags") else []
    return [*tags, "-ldflags", " ".join(linked)]


def _with_libraries(packages: list[str], folder: Path, env: dict[str, str], narrator: Narrator) -> None:
    if shutil.which("gcc") is None:
        question = say(
            en="install a C compiler, to build Engine 29's runc?", zh="安装 C 编译器，用来构建 Engine 29 的 runc？"
        )
        consent.install(narrator, ["gcc", "libc6-dev"], question)
    tree = folder / "libraries"
    unpack = shipped.path("provision/unpack-packages")
    ended = process.run(["bash", str(unpack), str(tree), *packages], limit=300)
    if not ended.ok:
        raise SourceMissing(
            say(
                en=f"{', '.join(packages)} could not be had: {ended.last_words}",
                zh=f"获取 {', '.join(packages)} 失败：{ended.last_words}",
            ),
            hint=say(en="see whether `apt-get update` works here", zh="请检查 `apt-get update` 是否可用"),
        )
    static = next(iter(tree.rglob("*.a")), tree)
    # Answers what Go asks pkg-config, which knows only what is installed.
    answers = folder / "libraries" / "pkg-config"
    library = static.stem.removeprefix("lib")
    answers.write_text(
        "#!/bin/sh\ncase $* in\n"
        f"  *--cflags*) echo '-I{tree}/usr/include' ;;\n"
        f"  *) echo '-L{static.parent} -l{library}' ;;\nesac\n"
    )
    answers.chmod(0o755)
    env |= {"CGO_ENABLED": "1", "PKG_CONFIG": str(answers)}
