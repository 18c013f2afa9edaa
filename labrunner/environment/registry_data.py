"""What the course's registry serves: the storage trees of single images, joined into one without copying them."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from labrunner import atomic, places

JOINED = "joined.json"
PUSHED = "/repositories/lr-"
"""What is in the path of everything that a learner pushed: labs prescribe names that begin so."""


def folder(install: str) -> Path:
    """Return the folder that the registry's container sees as its storage."""
    return places.state_dir() / "registry" / install[:6] / "data"


def join(install: str, trees: Iterable[Path]) -> list[Path]:
    """Add images' storage trees to what the registry serves; a running registry serves them at once.

    Blobs are never rewritten, so they are linked; the small files that name them may be, so they are copied.
    Layers and manifests come before the tags that lead to them: a pull never meets half an image.

    Args:
        install: whose registry.
        trees: folders that hold `docker/registry/v2/…`.

    Returns:
        those that were new.
    """
    data = places.private(folder(install))
    record = data.parent / JOINED
    known = set(_known(record))
    new = [tree for tree in trees if str(tree) not in known]
    for tree in new:
        files = [path for path in tree.rglob("*") if path.is_file()]
        for file in sorted(files, key=lambda path: ("_manifests/tags" in path.as_posix(), path)):
            _place(file, data / file.relative_to(tree))
        known.add(str(tree))
    if new:
        atomic.write(record, json.dumps(sorted(known)))
    return new


def copy(install: str, target: Path) -> None:
    """Have what the registry serves in another folder as well, without what learners pushed to it."""
    data = folder(install)
    for file in sorted(data.rglob("*"), key=lambda path: ("_manifests/tags" in path.as_posix(), path)):
        if file.is_file() and PUSHED not in file.as_posix():
            _place(file, target / file.relative_to(data))


def pushed(data: Path) -> dict[str, bytes]:
    """Return what leads to the images that learners pushed, by path below the folder: small files, without blobs."""
    found: dict[str, bytes] = {}
    for repository in _learners(data):
        for path in repository.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # an upload that ends meanwhile
                if path.is_file() and path.name == "link":
                    found[str(path.relative_to(data))] = path.read_bytes()
    return found


def put_back(data: Path, before: Mapping[str, bytes]) -> None:
    """Have the registry serve of learners' images what it served before, and nothing else; blobs stay."""
    for name in pushed(data).keys() - before.keys():
        (data / name).unlink(missing_ok=True)
    for name, content in before.items():
        path = data / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(path, content)
    for repository in _learners(data):
        if not any(path.is_file() for path in repository.rglob("*")):
            shutil.rmtree(repository, ignore_errors=True)


def forget_pushed(install: str) -> None:
    """Take away what learners pushed."""
    put_back(folder(install), {})


def _learners(data: Path) -> list[Path]:
    return sorted((data / "docker/registry/v2/repositories").glob("lr-*"))


def clear(install: str) -> None:
    """Remove what was joined; the images stay in the cache."""
    (folder(install).parent / JOINED).unlink(missing_ok=True)  # first: what it names would not be joined again
    shutil.rmtree(folder(install).parent, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder(install).parent.parent.rmdir()


def _known(record: Path) -> list[str]:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def _place(source: Path, target: Path) -> None:
    """Put one file there: a blob as a link where the disk allows it, anything else as a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.name == "data":
        return  # blobs are named by their content
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    if target.name == "data":
        try:
            os.link(source, temporary)
        except OSError:  # another filesystem, or one without links
            shutil.copyfile(source, temporary)
    else:
        shutil.copyfile(source, temporary)
    temporary.replace(target)
