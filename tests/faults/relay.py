"""A server's socket that stands before another one, and dies, falls silent or spoils what is said when a test wants."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from labrunner import wait

ENDLESS = 1 << 30
DRIP = 0.5
"""Seconds between two bytes of a reply that drips: each arrives in time, the whole never does."""
SLOW = 0.3
"""Seconds that each piece of a slow reply is late."""
PIECE = 1 << 16
EVERY = 41
"""Of so many bytes of a garbled reply, one is another."""
Way = Literal["dies", "hangs", "cuts", "garbles", "drips", "lags"]


class Relay:
    """`with Relay(front, back) as relay`: what connects to `front` speaks to `back`.

    Args:
        front: a socket's path; a port of loopback where it is a number, any free one where that is 0.
        back: the path or the port of the server.

    Attributes:
        accepted: how many connections there were since `fails`.
    """

    def __init__(self, front: Path | int, back: str | int) -> None:
        self.front, self.back = front, back
        self.accepted = 0
        self._left, self._times, self._at = ENDLESS, ENDLESS, 0
        self._way: Way = "dies"
        self._open: list[socket.socket] = []
        self._listener = socket.socket()

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def fails(self, after: int, way: Way, at: int = 0, *, times: int = ENDLESS) -> None:
        """After so many connections go wrong, so many times; what is open already goes on, but for one that dies.

        "dies" takes the socket away and cuts every connection, "hangs" accepts and never answers. The others spoil
        replies from their byte `at` on: "cuts" ends them there, "garbles" changes some bytes, "drips" says a byte at a
        time, "lags" says all of it late.
        """
        self.accepted, self._left, self._way, self._at, self._times = 0, after, way, at, times

    def works(self) -> None:
        """Be there again; who is connected has to connect anew."""
        self._left = ENDLESS
        self._close()
        self._listen()

    def silenced(self) -> None:
        """Let whatever is connected hear nothing more, and not even an end; what connects from now on as well."""
        self.fails(0, "hangs")
        self._hushed.set()

    def _listen(self) -> None:
        self._hushed = threading.Event()
        if isinstance(self.front, int):
            self._listener = socket.create_server(("127.0.0.1", self.front))
            self.front = self._listener.getsockname()[1]
        else:
            self.front.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(self.front))
        self._listener.listen(64)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _close(self) -> None:
        if not isinstance(self.front, int):
            self.front.unlink(missing_ok=True)
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open = []

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            self._open.append(caller)
            if self._left > 0 or self._times == 0:
                self._left -= 1
                self._joined(caller)
                continue
            self._times -= 1
            if self._way == "dies":
                self._close()
                return
            if self._way != "hangs":
                self._joined(caller, self._way)

    def _joined(self, caller: socket.socket, way: Way | None = None) -> None:
        if isinstance(self.back, int):
            server = socket.create_connection(("127.0.0.1", self.back))
        else:
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            server.connect(self.back)
        self._open.append(server)
        hushed = self._hushed
        for source, sink, spoilt in ((caller, server, None), (server, caller, way)):
            threading.Thread(target=_pour, args=(source, sink, spoilt, self._at, hushed), daemon=True).start()


def _pour(source: socket.socket, sink: socket.socket, way: Way | None, at: int, hushed: threading.Event) -> None:
    said = 0
    with contextlib.suppress(OSError):
        while data := source.recv(PIECE):
            if hushed.is_set():
                continue
            whole = max(0, at - said)
            said += len(data)
            sink.sendall(data[:whole])
            if way == "cuts" and len(data) > whole:
                source.shutdown(socket.SHUT_RDWR)
                break
            for piece in _spoilt(data[whole:], way):
                sink.sendall(piece)
    if not hushed.is_set():
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def _spoilt(data: bytes, way: Way | None) -> Iterator[bytes]:
    if way == "garbles":
        yield bytes(one ^ 0x11 if number % EVERY == 0 else one for number, one in enumerate(data))
    elif way == "drips":
        for one in data:
            wait.pause(DRIP)
            yield bytes([one])
    else:
        if way == "lags":
            wait.pause(SLOW)
        yield data
