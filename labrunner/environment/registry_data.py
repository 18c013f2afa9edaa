"""What the course's registry serves: the storage trees of single images, joined into one without copying them."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from labrunner import atomic, places

JOINED = "joined.json"


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


def clear(install: str) -> None:
    """Remove what was joined; the images stay in the cache."""
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
