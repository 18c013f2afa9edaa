"""A reply that is whole, and in time: neither one that was cut off among its headers, nor one that only drips."""

import contextlib
import io
import socket
from functools import partial
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from typing import Any

from labrunner import wait


def bound(talk: HTTPConnection, ends: float = float("inf")) -> None:
    """Let the replies on a connection be whole, and the next one at a moment at the latest.

    A server that says a byte now and then keeps the limit of every step, and would never come to an end. And where a
    reply ends among its headers, http.client takes it for one with an empty body: what was cut off would be absent.

    Args:
        talk: the connection; the timeout of each of its steps holds as well.
        ends: on `wait.now`'s clock.
    """
    kind: Any = partial(_Reply, ends=ends)
    talk.response_class = kind


class _Reply(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, ends: float, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._heard = _Heard(self.fp.detach(), sock, ends)
        self.fp: Any = io.BufferedReader(self._heard)

    def begin(self) -> None:
        """Read the status and the headers, as http.client does; raises IncompleteRead where they do not end."""
        super().begin()
        if self._heard.ended:
            raise IncompleteRead(b"")


class _Heard(io.RawIOBase):
    """What a socket says, until a moment.

    Attributes:
        ended: True once it was asked for more than it says.
    """

    def __init__(self, raw: Any, sock: socket.socket, ends: float) -> None:
        self._raw, self._sock, self._ends, self._step = raw, sock, ends, sock.gettimeout()
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        left = self._ends - wait.now()
        if left <= 0:
            raise TimeoutError("timed out")
        if self._step is not None and left < self._step:
            self._sock.settimeout(left)
        read = self._raw.readinto(buffer)
        self.ended = not read
        return read

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):
                self._sock.settimeout(self._step)  # who asks next over the same connection has the usual patience
            self._raw.close()
        super().close()
