"""What can be built, what it is made of, and the key that changes exactly when one of these changes."""

import hashlib
import json
import platform
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from labrunner.environment import catalogue, shipped
from labrunner.errors import UsageError
from labrunner.words import say

REVISION = "1"
"""Changed by hand when the code that builds would make something else from the same files."""
KEY_LENGTH = 16
IMAGE = "image-"
"""`image-NAME`: an image as the tar that `docker load` reads."""
STORE = "store-"
"""`store-NAME`: an image as the storage tree of a registry that holds it under the course's reference."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be built.

    Attributes:
        name: what it is called.
        files: files and folders that it is made of, as they are called in a checkout.
        spec: what its entry says, without the words for people.
        stands_on: names of the targets that it is made of.
    """

    name: str
    files: tuple[str, ...] = ()
    spec: dict[str, Any] = field(default_factory=dict)
    stands_on: tuple[str, ...] = ()


@cache
def programs() -> dict[str, dict[str, Any]]:
    """Return the targets that are built from Go modules, by their names."""
    table: dict[str, dict[str, Any]] = tomllib.loads(shipped.text("provision/programs.toml"))
    return table


def names() -> list[str]:
    """Return every target's name."""
    every = catalogue.images().values()
    return [
        *programs(),
        *(IMAGE + image.name for image in every),
        *(STORE + image.name for image in every if image.reference),
    ]


def find(name: str) -> Target:
    """Return the target of a name.

    Raises:
        UsageError: there is none.
    """
    if name in programs():
        entry = programs()[name]
        folders = tuple(f"provision/go/{build['folder']}" for build in entry["build"])
        return Target(name, folders, {"build": entry["build"]}, tuple(entry.get("stands_on", ())))
    if name.startswith(IMAGE) and (image := catalogue.images().get(name.removeprefix(IMAGE))):
        files = (f"provision/images/{image.recipe}", *(f"provision/{path}" for path in image.shared))
        spec = {"official": image.official, "args": image.args}
        below = (image.base, *image.images.values()) if image.base else ()
        return Target(name, files, spec, (*(IMAGE + one for one in below), *image.programs))
    if name.startswith(STORE) and (image := catalogue.images().get(name.removeprefix(STORE))) and image.reference:
        return Target(name, (), {"reference": image.reference}, (IMAGE + image.name,))
    raise UsageError(
        say(en=f"nothing called {name} can be built", zh=f"没有可以构建的 {name}"),
        hint=say(en=f"one of: {', '.join(names())}", zh=f"可选：{', '.join(names())}"),
    )


def key(name: str) -> str:
    """Return what names the artefact of a target: 16 hex digits of everything that it is made of.

    Raises:
        UsageError: there is no such target.
    """
    target = find(name)
    seen = hashlib.sha256()
    for part in (REVISION, platform.machine(), json.dumps(target.spec, sort_keys=True)):
        seen.update(part.encode() + b"\0")
    for path in target.files:
        _add(seen, path, shipped.path(path))
    for below in target.stands_on:
        seen.update(key(below).encode())
    return seen.hexdigest()[:KEY_LENGTH]


def _add(seen: "hashlib._Hash", name: str, path: Path) -> None:
    files = sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
    for file in files:
        # The mode is left out: a checkout on another file system may not keep it, and recipes set their own.
        relative = file.relative_to(path).as_posix() if path.is_dir() else ""
        seen.update(f"{name}/{relative}".encode() + b"\0")
        seen.update(hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).digest())
