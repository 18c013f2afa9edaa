"""The Python packages of this program as wheels in a folder: what LABRUNNER_WHEELS names for bin/labrunner."""

import hashlib
import platform
import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from labrunner import process
from labrunner.environment import shipped
from labrunner.errors import SourceMissing, UsageError
from labrunner.narrate import Narrator, stage
from labrunner.words import say

LIMIT = 600.0
VERSION = re.compile(r"3\.\d{1,2}")


def here() -> str:
    """Return the version of the Python that runs this: "3.12"."""
    return ".".join(platform.python_version_tuple()[:2])


def fill(folder: Path, versions: Sequence[str], narrator: Narrator) -> dict[str, str]:
    """Have the packages in a folder, for some versions of Python on machines such as this one.

    Args:
        folder: where they are put; made where missing.
        versions: of Python, each "3.12".
        narrator: told what is fetched.

    Returns:
        file name → SHA-256.

    Raises:
        UsageError: a version is none.
        SourceMissing: the package index has not all of them as wheels.
    """
    requirements = _requirements()
    for version in versions:
        if not VERSION.fullmatch(version):
            raise UsageError(
                say(en=f"{version!r} is no Python version", zh=f"{version!r} 不是 Python 版本"), hint="3.12"
            )
        label = say(en=f"fetching Python packages for {version}", zh=f"下载 Python {version} 的包")
        with stage(narrator, label):
            words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
            words += ["--only-binary=:all:", "--python-version", version, "--dest", str(folder), *requirements]
            done = process.run(words, limit=LIMIT)
        if not done.ok:
            raise _not_fetched(done)
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.whl"))}


def unpack(folder: Path, version: str, narrator: Narrator) -> None:
    """Unpack the locked packages of this program in a folder that a Python of a version finds them in.

    Args:
        folder: where they are put; it must not be there yet.
        version: of the Python, "3.11", on a machine such as this one.
        narrator: told that they are fetched.

    Raises:
        SourceMissing: the package index has not all of them as wheels.
    """
    with stage(narrator, say(en="fetching Python packages", zh="下载 Python 包")):
        words = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--only-binary=:all:", "--python-version", version, "--target", str(folder), "--no-compile"]
        words += ["--require-hashes", "--requirement", str(shipped.path("provision/python/requirements.txt"))]
        done = process.run(words, limit=LIMIT)
    if not done.ok:
        raise _not_fetched(done)


def _not_fetched(done: process.Completed) -> SourceMissing:
    return SourceMissing(
        say(
            en=f"the Python packages could not be fetched: {done.last_words}",
            zh=f"Python 包下载失败：{done.last_words}",
        ),
        hint=say(en="a package mirror is set with PIP_INDEX_URL", zh="可用 PIP_INDEX_URL 设置镜像站"),
    )


def _requirements() -> list[str]:
    """Return what pyproject.toml demands; of an installed distribution, what its metadata does."""
    file = shipped.CHECKOUT / "pyproject.toml"
    if file.is_file():
        listed: list[str] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["dependencies"]
        return listed
    from importlib.metadata import requires

    return [line for line in requires("labrunner") or [] if "extra ==" not in line]
