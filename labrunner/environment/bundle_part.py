"""One part of a bundle as a file: a tar of the distinct contents of cache folders, each packed where that helps."""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from labrunner.environment.bundle import HASH, PIECE
from labrunner.errors import UsageError
from labrunner.words import say

LEVEL = 4
"""Of gzip: a tenth more than level 6 leaves, in half of its time."""
SAMPLE = 1024 * 1024
WORTH = 0.9
"""What a sample must shrink to; layers are packed already."""
INDEX = "index.json"
MOST_INDEX = 64 * 1024 * 1024
BLOCK = 1024 * 1024
PATH = re.compile(r"[^/\0]+(?:/[^/\0]+)*")
Show = Callable[[float], None]
Files = dict[str, list[list[Any]]]
"""Target → its files: path in its folder, SHA-256, mode."""


class Hashed(io.RawIOBase):
    """A file that is written, with its hashes: whole, and of each piece."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._whole, self._piece, self._left = file, hashlib.sha256(), hashlib.sha256(), PIECE
        self.size, self._pieces = 0, list[str]()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Write, and take what is written into account."""
        view = memoryview(data)
        self._file.write(view)
        self._whole.update(view)
        self.size += len(view)
        at = 0
        while at < len(view):
            part = view[at : at + self._left]
            self._piece.update(part)
            at, self._left = at + len(part), self._left - len(part)
            if not self._left:
                self._turn()
        return len(view)

    def sums(self) -> tuple[str, tuple[str, ...]]:
        """Return the hash of the whole, and those of the pieces."""
        if self._left < PIECE:
            self._turn()
        return self._whole.hexdigest(), tuple(self._pieces)

    def _turn(self) -> None:
        self._pieces.append(self._piece.hexdigest())
        self._piece, self._left = hashlib.sha256(), PIECE


def write(into: IO[bytes], folders: Mapping[str, Path], show: Show) -> Hashed:
    """Write a part.

    Args:
        into: the file.
        folders: target → its folder in the cache.
        show: told which part of it is done.

    Returns:
        the file with its hashes.
    """
    files: Files = {}
    sources: dict[str, Path] = {}
    inodes: dict[tuple[int, int], str] = {}
    for name, folder in sorted(folders.items()):
        files[name] = []
        for path in sorted(found for found in folder.rglob("*") if found.is_file()):
            seen = path.stat()
            digest = inodes.setdefault((seen.st_dev, seen.st_ino), "") or _digest(path)
            inodes[seen.st_dev, seen.st_ino] = digest
            sources.setdefault(digest, path)
            files[name].append([path.relative_to(folder).as_posix(), digest, seen.st_mode & 0o777])
    hashed = Hashed(into)
    whole, done = sum(path.stat().st_size for path in sources.values()) or 1, 0
    with tarfile.open(fileobj=hashed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        index = json.dumps(files, sort_keys=True).encode()
        tar.addfile(_entry(INDEX, len(index)), io.BytesIO(index))
        for digest, path in sorted(sources.items()):
            _add(tar, digest, path)
            done += path.stat().st_size
            show(done / whole)
    return hashed


def _add(tar: tarfile.TarFile, digest: str, path: Path) -> None:
    with path.open("rb") as opened:
        sample = opened.read(SAMPLE)
        opened.seek(0)
        if len(zlib.compress(sample, 1)) > WORTH * len(sample):
            tar.addfile(_entry(digest, path.stat().st_size), opened)
            return
        import tempfile

        with tempfile.TemporaryFile() as packed:
            with gzip.GzipFile("", "wb", LEVEL, packed, mtime=0) as squeezed:
                shutil.copyfileobj(opened, squeezed, BLOCK)
            size = packed.tell()
            packed.seek(0)
            tar.addfile(_entry(f"{digest}.gz", size), packed)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    return entry


def unpack(part: Path, wanted: Collection[str], into: Path, show: Show) -> dict[str, Path]:
    """Lay some of a part's targets out in a folder, each content's hash looked at.

    Args:
        part: the file.
        wanted: targets of it.
        into: an empty folder on the cache's file system.
        show: told which part of it is done.

    Returns:
        target → its folder, whole.

    Raises:
        UsageError: the file is none, or does not hold what its own index says.
    """
    blobs = into / "blobs"
    blobs.mkdir()
    try:
        with part.open("rb") as opened, tarfile.open(fileobj=opened, mode="r|") as tar:
            members = iter(tar)
            files = _index(tar, next(members), wanted)
            needed = {digest for every in files.values() for _, digest, _ in every}
            for member in members:
                digest = member.name.removesuffix(".gz")
                if digest in needed and member.isreg():
                    _blob(tar.extractfile(member), blobs / digest, packed=member.name.endswith(".gz"))
                show(opened.tell() / max(1, part.stat().st_size))
        return {name: _laid_out(into / name, every, blobs) for name, every in files.items()}
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, StopIteration, ValueError, KeyError) as wrong:
        said = say(en=f"{part.name} is not what it says: {wrong}", zh=f"{part.name} 内容不符：{wrong}")
        raise UsageError(said) from wrong


def _index(tar: tarfile.TarFile, member: tarfile.TarInfo, wanted: Collection[str]) -> Files:
    read = tar.extractfile(member) if member.name == INDEX and member.size <= MOST_INDEX else None
    if read is None:
        raise ValueError(INDEX)
    said = json.load(read)
    found: Files = {}
    for name in wanted:
        for path, digest, mode in said[name]:
            inside = isinstance(path, str) and PATH.fullmatch(path) and not {".", ".."} & set(path.split("/"))
            if not inside or not HASH.fullmatch(digest) or not isinstance(mode, int):
                raise ValueError(path)
        found[name] = said[name]
    return found


def _blob(read: IO[bytes] | None, into: Path, *, packed: bool) -> None:
    if read is None:
        raise ValueError(into.name)
    source: Any = gzip.GzipFile(fileobj=read) if packed else read
    seen = hashlib.sha256()
    with into.open("xb") as made:
        for block in _blocks(source):
            seen.update(block)
            made.write(block)
    if seen.hexdigest() != into.name:
        raise ValueError(into.name)


def _laid_out(folder: Path, files: list[list[Any]], blobs: Path) -> Path:
    for path, digest, mode in files:
        place, blob = folder / path, blobs / digest
        place.parent.mkdir(parents=True, exist_ok=True)
        if not blob.exists():
            raise ValueError(digest)
        try:
            blob.chmod(mode & 0o777)
            os.link(blob, place)
        except OSError:  # a file system without links
            shutil.copyfile(blob, place)
            place.chmod(mode & 0o777)
    return folder


def _blocks(source: Any) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
