"""A daemon's socket that stands before another one, and dies or falls silent when a test wants it to."""

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

ENDLESS = 1 << 30


class Relay:
    """`with Relay(front, back) as relay`: what connects to `front` speaks to `back`.

    Attributes:
        accepted: how many connections there were since `fails`.
    """

    def __init__(self, front: Path, back: str) -> None:
        self.front, self.back = front, back
        self.accepted = 0
        self._left = ENDLESS
        self._way: Literal["dies", "hangs"] = "dies"
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def fails(self, after: int, way: Literal["dies", "hangs"]) -> None:
        """After so many connections: take the socket away and cut all of them, or accept and never answer."""
        self.accepted, self._left, self._way = 0, after, way

    def works(self) -> None:
        """Be there again."""
        self._left = ENDLESS
        self._close()
        self._listen()

    def _listen(self) -> None:
        self.front.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.front))
        self._listener.listen(64)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _close(self) -> None:
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
            if self._left > 0:
                self._left -= 1
                self._joined(caller)
            elif self._way == "dies":
                self._close()
                return

    def _joined(self, caller: socket.socket) -> None:
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.connect(self.back)
        self._open.append(daemon)
        for source, sink in ((caller, daemon), (daemon, caller)):
            threading.Thread(target=_pour, args=(source, sink), daemon=True).start()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
