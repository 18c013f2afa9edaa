"""Which git commit a folder stands at, read from its files; git, which would obey the folder's settings, is not run."""

import os
import re
from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
REF = re.compile(r"ref: (refs/[A-Za-z0-9_][\w./-]*)")
MOST = 1024 * 1024


def of(folder: Path) -> str:
    """Return the commit, hex; empty where the folder is no work tree, or what it says is not understood."""
    git = folder / ".git"
    if git.is_symlink() or not git.is_dir():
        return ""
    head = _text(git / "HEAD")
    if COMMIT.fullmatch(head):
        return head
    ref = REF.fullmatch(head)
    if ref is None or ".." in ref[1]:
        return ""
    found = _text(git / ref[1])
    if COMMIT.fullmatch(found):
        return found
    for line in _text(git / "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name == ref[1] and COMMIT.fullmatch(commit):
            return commit
    return ""


def _text(file: Path) -> str:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(handle, "rb") as opened:
        try:
            return opened.read(MOST).decode("utf-8", errors="replace").strip()
        except OSError:
            return ""
