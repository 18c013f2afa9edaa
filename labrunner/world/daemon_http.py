"""HTTP to a Docker daemon's socket; the standard library only."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from labrunner import wait
from labrunner.world.bounded import bound

REFUSED = 400
PLAIN = 2375
"""The port of a daemon on TCP that names none."""


def get(url: str, path: str, *, limit: float) -> tuple[int, Any]:
    """GET a path, once.

    Args:
        url: where the daemon listens, `unix:///…` or `tcp://…`.
        path: "/info" and the like.
        limit: seconds for each step of the talk; the whole may take twice as long.

    Returns:
        the HTTP status and the JSON value.

    Raises:
        OSError, http.client.HTTPException: nothing answers there, or not in HTTP.
        ValueError: what answers is no JSON.
    """
    talk = Talk(url, limit)
    bound(talk, wait.now() + 2 * limit)
    try:
        talk.request("GET", path)
        answer = talk.getresponse()
        said = answer.read()
        return answer.status, json.loads(said or ("null" if answer.status >= REFUSED else ""))
    finally:
        talk.close()


class Talk(http.client.HTTPConnection):
    """HTTP over a socket of this machine.

    Args:
        url: where the daemon listens, `unix:///…` or `tcp://…`.
        limit: seconds for each step of the talk.
    """

    def __init__(self, url: str, limit: float) -> None:
        self.path = url.removeprefix("unix://") if url.startswith("unix://") else ""
        parts = urlsplit("" if self.path else url)
        super().__init__(parts.hostname or "docker", parts.port or PLAIN, timeout=limit)

    def connect(self) -> None:
        """Connect; called by the first request."""
        if not self.path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
