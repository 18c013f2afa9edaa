"""A result on its way through a Pod's log: a few files, packed, in lines that nothing else in a log looks like."""

import base64
import hashlib
import io
import re
import tarfile
from collections.abc import Iterable, Mapping

from labrunner.errors import EnvironmentNotReady
from labrunner.words import say

LINE = 8000
"""Characters of a line; what is longer than 16 KiB is split by container runtimes."""
MOST = 6 << 20
"""Bytes of a packed result: a kubelet rotates a log at 10 MiB, and only what is newest is read then."""
UNPACKED = 64 << 20
BEGIN, PART, END = "labrunner-result-begin", "labrunner-result-part", "labrunner-result-end"
NAME = re.compile(r"(result\.json|error\.txt|evidence/[a-z0-9-]+/[a-z0-9-]+(\.later)?\.json\.gz)")


def lines(files: Mapping[str, bytes], blob: str) -> list[str]:
    """Return the lines that carry some files.

    Args:
        files: by their names below the result's folder.
        blob: the digest of the submission that they are about.

    Raises:
        EnvironmentNotReady: it is too much for a log.
    """
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz", compresslevel=6) as tar:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            tar.addfile(entry, io.BytesIO(files[name]))
    data = held.getvalue()
    if len(data) > MOST:
        raise EnvironmentNotReady(
            say(
                en=f"what was read is {len(data) >> 20} MiB, more than a Pod's log can carry",
                zh=f"读到的内容有 {len(data) >> 20} MiB，超出 Pod 日志所能承载的大小",
            )
        )
    text = base64.b64encode(data).decode()
    parts = [f"{PART} {text[at : at + LINE]}" for at in range(0, len(text), LINE)]
    return [f"{BEGIN} {blob} {hashlib.sha256(data).hexdigest()}", *parts, END]


def read(log: Iterable[str], blob: str) -> dict[str, bytes]:
    """Return the files that a log carries.

    Args:
        log: its lines, whatever else is among them.
        blob: the digest of the submission that they must be about.

    Returns:
        the files by their names; empty where the log carries none that is whole.
    """
    data = _whole(log, blob)
    found: dict[str, bytes] = {}
    if not data:
        return found
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
            for entry in tar:
                total += entry.size
                if not entry.isreg() or not NAME.fullmatch(entry.name) or total > UNPACKED:
                    return {}
                opened = tar.extractfile(entry)
                found[entry.name] = opened.read() if opened is not None else b""
    except (tarfile.TarError, OSError, EOFError):
        return {}
    return found


def _whole(log: Iterable[str], blob: str) -> bytes:
    """Return the last packed result of a log whose hash is right; empty where there is none."""
    wanted, parts, found = "", list[str](), b""
    for line in log:
        word, _, rest = line.partition(" ")
        if word == BEGIN:
            named, _, wanted = rest.strip().partition(" ")
            wanted, parts = wanted if named == blob else "", []
        elif word == PART and wanted:
            parts.append(rest.strip())
        elif line.strip() == END and wanted:
            try:
                data = base64.b64decode("".join(parts), validate=True)
            except ValueError:
                data = b""
            if hashlib.sha256(data).hexdigest() == wanted:
                found = data
            wanted = ""
    return found
