"""The files of a submission that is a folder: walked without following a link, read without trusting a name twice."""

import errno
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from labrunner.errors import Refused, UsageError
from labrunner.grading import taking
from labrunner.words import say

MOST_ENTRIES = 20000
"""Names that are looked at; a folder with more is no submission."""
SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".venv", "__MACOSX"})
"""Folders that are not even looked into."""
Found = tuple[str, bytes | None]
"""A path and its bytes; None for what is left alone."""


def files(folder: Path, labs: Collection[str] | None) -> Iterator[Found]:
    """Yield every file of a folder, in the order of names.

    Args:
        folder: the submission.
        labs: the labs that there are.

    Raises:
        Refused: something that would be taken is a link, a device, or larger than a file may be.
        UsageError: the folder cannot be read, or holds too many names.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as wrong:
        raise _unreadable(str(folder), wrong) from wrong
    try:
        yield from _Walk(labs).below(handle, "")
    finally:
        os.close(handle)


class _Walk:
    def __init__(self, labs: Collection[str] | None) -> None:
        self._labs, self._seen = labs, 0

    def below(self, handle: int, prefix: str) -> Iterator[Found]:
        """Yield what is below an open folder."""
        for name in sorted(os.listdir(handle)):
            self._seen += 1
            if self._seen > MOST_ENTRIES:
                raise UsageError(
                    say(
                        en=f"the submission holds more than {MOST_ENTRIES} files",
                        zh=f"提交内容超过 {MOST_ENTRIES} 个文件",
                    )
                )
            path = prefix + name
            if not path.isprintable():
                yield path, None
                continue
            yield from self._one(handle, name, path)

    def _one(self, handle: int, name: str, path: str) -> Iterator[Found]:
        try:
            mode = os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode
        except OSError as wrong:
            raise _unreadable(path, wrong) from wrong
        if stat.S_ISDIR(mode):
            if name in SKIPPED or path.count("/") > taking.DEEPEST or (not self._is_of_lab(path)):
                yield path + "/", None
                return
            inner = _opened(name, path, handle, os.O_DIRECTORY)
            try:
                yield from self.below(inner, path + "/")
            finally:
                os.close(inner)
        elif taking.is_taken(path, self._labs):
            yield path, _bytes(name, path, handle)
        elif stat.S_ISLNK(mode) and taking.is_lab(path, self._labs):
            raise is_link(path)
        else:
            yield path, None

    def _is_of_lab(self, path: str) -> bool:
        return taking.is_lab(path.partition("/")[0], self._labs)


def is_link(path: str) -> Refused:
    """Return the error that says that a file is a link."""
    return Refused(
        say(en=f"{path} of the submission is a link", zh=f"提交中的 {path} 是链接"),
        hint=say(en="hand in the file itself", zh="请提交文件本身"),
    )


def is_large(path: str) -> Refused:
    """Return the error that says that a file is too large."""
    size = taking.MOST_BYTES // 1024
    return Refused(say(en=f"{path} of the submission is larger than {size} KiB", zh=f"提交中的 {path} 超过 {size} KiB"))


def _bytes(name: str, path: str, handle: int) -> bytes:
    opened = _opened(name, path, handle, 0)
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(say(en=f"{path} of the submission is no file", zh=f"提交中的 {path} 不是普通文件"))
        if found.st_nlink > 1:
            raise is_link(path)
        data = file.read(taking.MOST_BYTES + 1)
    if len(data) > taking.MOST_BYTES:
        raise is_large(path)
    return data


def _opened(name: str, path: str, handle: int, kind: int) -> int:
    """Open a file or a folder below an open one; a link is not followed, a pipe is not waited for."""
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | kind, dir_fd=handle)
    except OSError as wrong:
        if wrong.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
            raise is_link(path) from wrong
        raise _unreadable(path, wrong) from wrong


def _unreadable(path: str, wrong: OSError) -> UsageError:
    why = wrong.strerror or str(wrong)
    return UsageError(say(en=f"{path} cannot be read: {why}", zh=f"无法读取 {path}：{why}"))
