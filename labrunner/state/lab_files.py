"""The files that a lab hands out: copied to where the learner works, and taken back as far as they are still ours."""

import contextlib
import os
from pathlib import Path

from labrunner import atomic, places
from labrunner.catalog import LoadedLab
from labrunner.errors import LabBroken
from labrunner.words import say

MINE = ".mine"
"""What is appended to the name of a learner's file that is in the way of one that is handed out."""


def source(loaded: LoadedLab) -> Path:
    """Return the folder of what a lab hands out; many have none."""
    return loaded.entry.folder / "files"


def learners(loaded: LoadedLab) -> Path:
    """Return where a learner finds what a lab hands out."""
    return places.work_dir() / loaded.entry.slug


def place(loaded: LoadedLab, target: Path) -> str:
    """Copy out what a lab hands out; a file of the learner's that is in the way gets another name.

    Args:
        loaded: the lab.
        target: the folder.

    Returns:
        the folder; empty where the lab hands out nothing.

    Raises:
        LabBroken: what it hands out is a link, which may lead anywhere, or no file.
    """
    if not source(loaded).is_dir():
        return ""
    for file in _files(source(loaded)):
        if file.is_symlink() or not file.is_file():
            raise LabBroken(
                say(
                    en=f"{file}: a lab hands out plain files, and this is none",
                    zh=f"{file}：实验只发放普通文件，这个不是",
                )
            )
        wanted = target / file.relative_to(source(loaded))
        while links := _links(target, wanted):  # what they lead to is somewhere else, and not ours to write in
            links[0].rename(_unused(links[0]))
        wanted.parent.mkdir(parents=True, exist_ok=True)
        if wanted.is_file() and wanted.read_bytes() == file.read_bytes():
            continue
        if wanted.exists() or wanted.is_symlink():
            wanted.rename(_unused(wanted))
        atomic.write_bytes(wanted, file.read_bytes(), mode=file.stat().st_mode & 0o777)
    return str(target)


def take_back(loaded: LoadedLab, target: Path) -> list[Path]:
    """Remove what was handed out and is unchanged, and the folders that are empty then.

    Returns:
        what stays, because it is the learner's.
    """
    for file in _files(source(loaded)) if source(loaded).is_dir() else []:
        handed = target / file.relative_to(source(loaded))
        if _links(target, handed) or handed.is_symlink():
            continue
        atomic.sweep(handed)
        if handed.is_file() and handed.read_bytes() == file.read_bytes():
            handed.unlink()
    if target.is_symlink():
        return []
    folders = sorted((path for path in target.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True)
    for folder in (*folders, target, target.parent):
        with contextlib.suppress(OSError):  # something of the learner's is in it
            folder.rmdir()
    return _files(target) if target.is_dir() else []


def _links(target: Path, file: Path) -> list[Path]:
    """Return the folders on the way to a file, the target included, that are links to elsewhere."""
    between = [folder for folder in file.parents if folder.is_relative_to(target)]
    return [folder for folder in reversed(between) if folder.is_symlink()]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir() and "__pycache__" not in path.parts)


def _unused(path: Path) -> Path:
    names = (path.with_name(f"{path.name}{MINE}{number or ''}") for number in range(1000))
    return next(name for name in names if not os.path.lexists(name))
