"""What a container prints, as the daemon sends it: frames of two streams, or plain bytes where it has a terminal."""

from collections.abc import Callable, Iterator
from http.client import HTTPResponse, IncompleteRead

HEADER = 8
"""Bytes before each frame: the stream (1 out, 2 err), three zeros, the length."""
ERR = 2


def parted(said: bytes) -> tuple[bytes, bytes]:
    """Return what went to stdout and to stderr; all of it is stdout where there are no frames."""
    found: tuple[list[bytes], list[bytes]] = ([], [])
    for stream, part in _frames(said):
        found[stream == ERR].append(part)
    return b"".join(found[0]), b"".join(found[1])


def joined(said: bytes) -> bytes:
    """Return what was printed, in the order in which it was."""
    return b"".join(part for _, part in _frames(said))


def read(answer: HTTPResponse, cap: int, on: Callable[[], bool]) -> tuple[bytes, bytes] | None:
    """Read frames to their end.

    Args:
        answer: where they come from.
        cap: bytes of each stream that are kept; what comes after is read and dropped.
        on: asked before each frame whether to go on.

    Returns:
        stdout and stderr; None where `on` said no.

    Raises:
        IncompleteRead: it ended in the middle of a frame: somebody cut it off, and what is missing may be what matters.
    """
    kept = (bytearray(), bytearray())
    while on():
        head = answer.read(HEADER)
        if not head:
            return bytes(kept[0]), bytes(kept[1])
        if len(head) < HEADER:
            raise IncompleteRead(head, HEADER - len(head))
        left = int.from_bytes(head[4:], "big")
        into = kept[head[0] == ERR]
        while left and on():
            part = answer.read1(min(left, cap))
            if not part:
                raise IncompleteRead(b"", left)
            into += part[: cap - len(into)]
            left -= len(part)
    return None


def _frames(said: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(said):
        head = said[at : at + HEADER]
        if len(head) < HEADER or head[0] > ERR or head[1:4] != bytes(3):
            yield 1, said[at:]
            return
        end = at + HEADER + int.from_bytes(head[4:], "big")
        yield head[0], said[at + HEADER : end]
        at = end
