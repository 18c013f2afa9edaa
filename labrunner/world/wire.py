"""HTTP to one server over connections that are kept; the standard library only, for it is on every command's way.

Measured for what `check` reads: docker-py takes 0.25 s to be imported and the kubernetes client 0.5 s and more, 31 and
60 MB; this takes 0.02 s and 2 MB. Reading JSON needs none of what they know, so it goes this way; what is removed goes
through them.
"""

import contextlib
import http.client
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse

from labrunner import wait
from labrunner.world.bounded import bound

LARGEST = 64 << 20
"""Bytes of one answer, or of one line of a stream; who says more is no server of ours."""
STEPS = 2
"""How many times the limit of a step a whole answer may take: what only drips is no answer."""
GENTLE = ("GET", "HEAD")
"""What may be asked a second time, where a kept connection turns out to be gone."""


class Wire:
    """Connections to one server, as many as are in use at once; threads may share it.

    Args:
        connection: makes one that is not connected yet; it has the timeout of each step of a talk.
    """

    def __init__(self, connection: Callable[[], HTTPConnection]) -> None:
        self._connection = connection
        self._idle: deque[HTTPConnection] = deque()
        self._open: set[HTTPConnection] = set()
        self._lock = threading.Lock()
        self.closed = False

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, limit: float | None = None
    ) -> tuple[int, bytes]:
        """Ask once, and read the whole answer.

        Args:
            method: GET, POST, DELETE …
            path: with its query.
            body: JSON, where there is something to say.
            limit: seconds for each step of the talk, where it is not the connection's own.

        Returns:
            the status and the bytes.

        Raises:
            OSError, http.client.HTTPException: nothing answers, or not in HTTP, or without end; TimeoutError where a
                step took longer than its limit, or the whole answer longer than STEPS of them.
        """
        with self._sent(method, path, body, limit) as answer:
            said = answer.read(LARGEST + 1)
            if len(said) > LARGEST:
                raise http.client.HTTPException(f"an answer of more than {LARGEST >> 20} MiB")
            if answer.length:  # what http.client only looks at where it reads without a limit
                raise http.client.IncompleteRead(said, answer.length)
            return answer.status, said

    @contextlib.contextmanager
    def stream(
        self, method: str, path: str, body: bytes | None = None, *, limit: float | None = None
    ) -> Iterator[HTTPResponse]:
        """Ask, and hand the answer out while it is still being said; closing this wire ends it.

        Args:
            method: GET or POST.
            path: with its query.
            body: JSON, where there is something to say.
            limit: seconds of silence; None for ever.
        """
        talk = self._fresh()
        talk.timeout = limit
        bound(talk)
        try:
            yield self._answer(talk, method, path, body)
        finally:
            self._drop(talk)

    @contextlib.contextmanager
    def bare(self, limit: float) -> Iterator[HTTPConnection]:
        """Hand out a connection of its own, for a talk that is not HTTP to its end; closing this wire ends it.

        Args:
            limit: seconds of silence.
        """
        talk = self._fresh()
        talk.timeout = limit
        try:
            yield talk
        finally:
            self._drop(talk)

    def lines(self, answer: HTTPResponse) -> Iterator[bytes]:
        """Yield the lines of a streamed answer that are not empty; ends with it, or when this wire is closed.

        Raises:
            OSError, http.client.HTTPException: the stream broke, or a line has no end.
        """
        while not self.closed:
            try:
                line = answer.readline(LARGEST)
            except (http.client.IncompleteRead, OSError, ValueError) as broken:
                if self.closed or isinstance(broken, http.client.IncompleteRead):
                    return  # over there they went away; nothing of what they said is lost
                raise
            if not line:
                return
            if len(line) == LARGEST:
                raise http.client.HTTPException(f"a line of more than {LARGEST >> 20} MiB")
            if line.strip():
                yield line

    def close(self) -> None:
        """Give every connection back; streams that others still read end at once."""
        with self._lock:
            self.closed = True
            talks = [*self._open, *self._idle]
            self._idle.clear()
        for talk in talks:
            if talk.sock is not None:
                with contextlib.suppress(OSError):
                    talk.sock.shutdown(socket.SHUT_RDWR)  # wakes whoever reads it; closing alone would not
            if talk not in self._open:
                talk.close()

    @contextlib.contextmanager
    def _sent(self, method: str, path: str, body: bytes | None, limit: float | None) -> Iterator[HTTPResponse]:
        kept = self._kept() if method in GENTLE else None
        answer = None
        if kept is not None:
            try:
                _hurry(kept, limit)
                answer, talk = self._answer(kept, method, path, body, limit), kept
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._drop(kept)  # it had been closed over there meanwhile
            except BaseException:
                self._drop(kept)
                raise
        if answer is None:
            talk = self._fresh()
            _hurry(talk, limit)
            try:
                answer = self._answer(talk, method, path, body, limit)
            except BaseException:
                self._drop(talk)
                raise
        try:
            yield answer
        except BaseException:
            self._drop(talk)
            raise
        if limit is not None and talk.sock is not None:  # who asks next has another patience
            talk.timeout = self._connection().timeout
            talk.sock.settimeout(talk.timeout)
        self._give_back(talk, answer)

    @staticmethod
    def _answer(
        talk: HTTPConnection, method: str, path: str, body: bytes | None, limit: float | None = None
    ) -> HTTPResponse:
        if limit is not None:
            talk.timeout = limit
            if talk.sock is not None:
                talk.sock.settimeout(limit)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        talk.request(method, path, body, headers)
        return talk.getresponse()

    def _kept(self) -> HTTPConnection | None:
        with self._lock:
            if not self._idle:
                return None
            talk = self._idle.pop()
            self._open.add(talk)
            return talk

    def _fresh(self) -> HTTPConnection:
        talk = self._connection()
        with self._lock:
            if self.closed:
                raise ConnectionAbortedError("closed")
            self._open.add(talk)
        return talk

    def _give_back(self, talk: HTTPConnection, answer: HTTPResponse) -> None:
        with self._lock:
            if not self.closed and answer.isclosed() and not answer.will_close and talk.sock is not None:
                self._open.discard(talk)
                self._idle.append(talk)
                return
        self._drop(talk)

    def _drop(self, talk: HTTPConnection) -> None:
        with self._lock:
            self._open.discard(talk)
        talk.close()


def _hurry(talk: HTTPConnection, limit: float | None) -> None:
    """Let the next answer be whole within STEPS of its limit."""
    step = talk.timeout if limit is None else limit
    bound(talk, wait.now() + STEPS * step if step else float("inf"))
