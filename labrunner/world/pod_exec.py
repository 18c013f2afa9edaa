"""A shell line inside a Pod, over a WebSocket of the API server's; the standard library only.

kubectl takes 0.15 s to be begun, which is most of what a probe takes; this takes a handshake.
"""

import http.client
import json
import os
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any, BinaryIO
from urllib.parse import urlencode

OUT, ERR, STATUS = 1, 2, 3
"""Channels: the first byte of each message."""
CONTINUED, CLOSE, PING, PONG = 0, 8, 9, 10
"""Kinds of frames, beside text and binary."""
SWITCHED = 101
PROTOCOL = "v4.channel.k8s.io"
"""Every server of the last ten years speaks it; the next one only adds a way to close stdin."""
LARGEST = 1 << 24
"""Bytes of one message; who says more is no API server."""


class Refused(Exception):
    """The server answers with a status and a text instead of beginning to run."""

    def __init__(self, status: int, said: bytes) -> None:
        super().__init__(status)
        self.status, self.said = status, said


def answered(  # noqa: PLR0913, PLR0917 - what an exec is made of
    talk: HTTPConnection, path: str, command: list[str], cap: int, on: Callable[[], bool], container: str = ""
) -> tuple[bytes, bytes, int | None]:
    """Run a command in a Pod.

    Args:
        talk: a connection that is used for nothing else.
        path: of the Pod's exec, without a query.
        command: the program and its arguments.
        cap: bytes of each stream that are kept; what comes after is dropped.
        on: asked before each frame whether to go on.
        container: which one of the Pod; the one that the server takes for the usual one where empty.

    Returns:
        stdout, stderr and the exit code, None where `on` said no.

    Raises:
        Refused: the server does not begin it.
        OSError, http.client.HTTPException, ValueError: the talk broke, or was no WebSocket.
    """
    chosen = [("container", container)] if container else []
    query = urlencode([("command", word) for word in command] + [("stdout", "1"), ("stderr", "1"), *chosen])
    if talk.sock is None:
        talk.connect()
    socket = talk.sock
    asked = {
        "Host": f"{talk.host}:{talk.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Protocol": PROTOCOL,
    }
    lines = [f"GET {path}?{query} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items()), "", ""]
    socket.sendall("\r\n".join(lines).encode())
    with socket.makefile("rb") as heard:
        status = int(heard.readline(LARGEST).split()[1])
        headers = http.client.parse_headers(heard)
        if status != SWITCHED:
            raise Refused(status, heard.read(min(int(headers.get("Content-Length") or 0), LARGEST)))
        kept: dict[int, bytearray] = {OUT: bytearray(), ERR: bytearray(), STATUS: bytearray()}
        for channel, part in _messages(heard, socket.sendall):
            if not on():
                return bytes(kept[OUT]), bytes(kept[ERR]), None
            if (into := kept.get(channel)) is not None:
                into += part[: cap - len(into)]
            if channel == STATUS and part:
                break
    return bytes(kept[OUT]), bytes(kept[ERR]), _code(json.loads(bytes(kept[STATUS])))


def _messages(heard: BinaryIO, send: Callable[[bytes], object]) -> Iterator[tuple[int, bytes]]:
    """Yield the channel and the bytes of each message until the server closes; answers its pings."""
    begun = b""
    while True:
        first, second = _read(heard, 2)
        length = second & 0x7F
        if length > 125:  # noqa: PLR2004 - RFC 6455: then the length is in the next two or eight bytes
            length = int.from_bytes(_read(heard, 2 if length == 126 else 8), "big")  # noqa: PLR2004 - same
        if length > LARGEST:
            raise ValueError("a message without end")
        said, kind = _read(heard, length), first & 0x0F
        if kind == CLOSE:
            return
        if kind == PING:
            send(struct.pack("!BBI", 0x80 | PONG, 0x80 | len(said), 0) + said)  # a mask of zeros is one
        elif kind != PONG:
            begun = begun + said if kind == CONTINUED else said
            if first & 0x80 and begun:
                yield begun[0], begun[1:]


def _read(heard: BinaryIO, size: int) -> bytes:
    said = heard.read(size)
    if len(said) < size:
        raise http.client.IncompleteRead(said)
    return said


def _code(status: dict[str, Any]) -> int:
    """Return the exit code that the last word of an exec tells.

    Raises:
        ValueError: it could not be run at all.
    """
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    raise ValueError(str(status.get("message") or status))
