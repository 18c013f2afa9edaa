"""Where a bundle is read from: a folder, be it of a stick, or an address; a copy that broke off goes on."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from labrunner import wait
from labrunner.environment import cache
from labrunner.environment.bundle import FILE, MOST_BYTES, PIECE, Bundle, Part, parsed
from labrunner.errors import DiskFull, EnvironmentNotReady, UsageError
from labrunner.narrate import Quiet
from labrunner.words import say

PATIENCE = 20.0
"""Seconds in which a server must say something."""
ATTEMPTS = 5
BETWEEN = 2.0
"""Seconds between two attempts."""
BLOCK = 256 * 1024
Show = Callable[[float], None]


class Source:
    """A bundle that can be read.

    Args:
        place: a folder, its bundle.json, or the address of either.
    """

    def __init__(self, place: str) -> None:
        self.place = place.removesuffix(FILE).rstrip("/") or "/"
        self.remote = urlsplit(place).scheme in ("http", "https")

    def read(self) -> Bundle:
        """Return what the bundle says of itself.

        Raises:
            UsageError: it is no bundle, or is not there.
            EnvironmentNotReady: the server does not answer.
        """
        if self.remote:
            with self._answer(FILE) as answer:
                raw = answer.read(MOST_BYTES + 1)
        else:
            try:
                with (Path(self.place).expanduser() / FILE).open("rb") as file:
                    raw = file.read(MOST_BYTES + 1)
            except OSError as wrong:
                raise self._unreadable(FILE, wrong) from wrong
        return parsed(raw if len(raw) <= MOST_BYTES else b"", f"{self.place}/{FILE}")

    @contextmanager
    def part(self, part: Part, show: Show) -> Iterator[Path]:
        """Have a part as a file, every piece of it verified; a copy of it goes when the block ends well.

        Raises:
            UsageError: it is not what the bundle says.
            EnvironmentNotReady: the server does not answer, or breaks off again and again.
        """
        if not self.remote:
            there = Path(self.place).expanduser() / part.file
            _verify(there, part, show)
            yield there
            return
        with cache.alone("bundle", Quiet()):
            copy = cache.root() / "downloads" / part.sha256
            copy.parent.mkdir(parents=True, exist_ok=True)
            self._have(part, copy, show)
            yield copy
            copy.unlink()

    def _have(self, part: Part, copy: Path, show: Show) -> None:
        """Copy what is not there of a part; what is there is kept as far as its pieces are right."""
        broken: Exception | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                wait.pause(BETWEEN)
            begin = _whole_pieces(copy, part) * PIECE
            if begin >= part.size:
                return
            try:
                with self._answer(part.file, begin) as answer, copy.open("ab") as file:
                    file.truncate(begin)
                    _continue(answer, file, part, begin, show)
            except (OSError, http.client.HTTPException) as wrong:
                if isinstance(wrong, OSError) and wrong.errno is not None and wrong.filename:
                    raise
                broken = wrong
            else:
                return
        raise self._unanswered(part.file, broken or OSError()) from broken

    @contextmanager
    def _answer(self, name: str, begin: int = 0) -> Iterator[Any]:
        """Open a file of the bundle on its server, from a byte on; a server that knows no ranges is read over."""
        request = urllib.request.Request(f"{self.place}/{name}")  # noqa: S310 - its scheme was looked at
        if begin:
            request.add_header("Range", f"bytes={begin}-")
        proxies = urllib.request.ProxyHandler({} if _is_near(self.place) else None)
        try:
            answer = urllib.request.build_opener(proxies).open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as wrong:
            raise UsageError(
                say(en=f"{self.place}/{name}: HTTP {wrong.code}", zh=f"{self.place}/{name}：HTTP {wrong.code}")
            ) from wrong
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            raise self._unanswered(name, wrong) from wrong
        with answer:
            if begin and answer.status != http.client.PARTIAL_CONTENT:
                left = begin
                while left and (block := answer.read(min(left, BLOCK))):
                    left -= len(block)
            yield answer

    def _unanswered(self, name: str, wrong: Exception) -> EnvironmentNotReady:
        why = str(getattr(wrong, "reason", "") or wrong) or type(wrong).__name__
        return EnvironmentNotReady(
            say(en=f"{self.place}/{name} could not be had: {why}", zh=f"获取 {self.place}/{name} 失败：{why}"),
            hint=say(en="the same command goes on where it broke off", zh="同一条命令会从中断处继续"),
        )

    def _unreadable(self, name: str, wrong: OSError) -> UsageError:
        why = wrong.strerror or str(wrong)
        return UsageError(
            say(en=f"{self.place}/{name} cannot be read: {why}", zh=f"无法读取 {self.place}/{name}：{why}")
        )


def _continue(answer: Any, file: IO[bytes], part: Part, begin: int, show: Show) -> None:
    """Write what comes, piece by piece, each only once its hash is right."""
    for number in range(begin // PIECE, len(part.pieces)):
        size = min(PIECE, part.size - number * PIECE)
        piece = bytearray()
        while len(piece) < size:
            block = answer.read(min(BLOCK, size - len(piece)))
            if not block:
                raise ConnectionError(say(en="it broke off", zh="连接中断"))
            piece += block
        if hashlib.sha256(piece).hexdigest() != part.pieces[number]:
            raise is_other(part.file)
        try:
            file.write(piece)
            file.flush()
        except OSError as full:
            raise DiskFull(say(en=f"no space is left for {part.file}", zh=f"磁盘空间不足：{part.file}")) from full
        show((number * PIECE + size) / part.size)


def _whole_pieces(copy: Path, part: Part) -> int:
    """Return how many pieces at the beginning of a copy are right."""
    if not copy.exists():
        return 0
    with copy.open("rb") as file:
        for number, wanted in enumerate(part.pieces):
            if hashlib.sha256(file.read(PIECE)).hexdigest() != wanted:
                return number
    return len(part.pieces)


def _verify(file: Path, part: Part, show: Show) -> None:
    try:
        if file.stat().st_size != part.size:
            raise is_other(part.file)
        with file.open("rb") as opened:
            for number, wanted in enumerate(part.pieces):
                if hashlib.sha256(opened.read(PIECE)).hexdigest() != wanted:
                    raise is_other(part.file)
                show((number + 1) / len(part.pieces))
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{file} cannot be read: {why}", zh=f"无法读取 {file}：{why}")) from wrong


def verify_wheel(folder: Path, name: str, wanted: str) -> None:
    """Demand that a Python package beside the parts is what the bundle says.

    Raises:
        UsageError: it is not.
    """
    try:
        with (folder / "wheels" / name).open("rb") as opened:
            seen = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as wrong:
        raise is_other(name) from wrong
    if seen != wanted:
        raise is_other(name)


def is_other(name: str) -> UsageError:
    """Return the error that says that a file is not what its bundle says."""
    return UsageError(
        say(en=f"{name} is not what the bundle says", zh=f"{name} 与离线包的说明不符"),
        hint=say(en="copy it again", zh="请重新复制"),
    )


def _is_near(place: str) -> bool:
    """Tell whether a place is of this network, where a proxy has nothing to do."""
    import ipaddress

    host = urlsplit(place).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
