"""What goes wrong in talking to a Docker daemon, as errors of ours."""

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.words import say

REFUSED = 400
CAP = 1 << 16
"""Bytes that are read of a refusal."""


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Turn what docker-py, what it stands on, and HTTP raise into our tree; the most specific wins."""
    try:
        yield
    except Exception as error:
        refusals, broken = _theirs()
        if isinstance(error, refusals):
            raise EngineRefused(str(error.explanation or error), error.status_code or 0) from error
        if not isinstance(error, broken):
            raise
        raise DockerDown(
            say(
                en=f"the Docker daemon stopped answering: {_brief(error)}",
                zh=f"Docker 守护进程不再回应：{_brief(error)}",
            ),
            hint=say(en="see: labrunner doctor", zh="查看：labrunner doctor"),
        ) from error


def _theirs() -> tuple[tuple[Any, ...], tuple[type[Exception], ...]]:
    """Return what docker-py refuses with, and what it and HTTP break with; what nobody imported raises nothing."""
    broken: list[type[Exception]] = [http.client.HTTPException, OSError, json.JSONDecodeError, UnicodeDecodeError]
    refusals: tuple[Any, ...] = ()
    if (docker := sys.modules.get("docker.errors")) is not None:
        refusals = (docker.APIError,)
        broken += [docker.DockerException, docker.StreamParseError]
    if (requests := sys.modules.get("requests.exceptions")) is not None:
        broken.append(requests.RequestException)
    if (urllib3 := sys.modules.get("urllib3.exceptions")) is not None:
        broken.append(urllib3.HTTPError)
    return refusals, tuple(broken)


class EngineRefused(EnvironmentNotReady):
    """The daemon answered a call with an error.

    Attributes:
        status: the HTTP status; 404 where the object is not there.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def refuse(status: int, said: bytes) -> None:
    """Raise what the daemon refuses with, if it does.

    Args:
        status: the HTTP status.
        said: the body.

    Raises:
        EngineRefused: the status is an error's.
    """
    if status < REFUSED:
        return
    try:
        message = str(json.loads(said)["message"])
    except (ValueError, TypeError, KeyError):
        message = said[:200].decode(errors="replace").strip() or f"HTTP {status}"
    raise EngineRefused(message, status)


def refuse_if_told(answer: http.client.HTTPResponse) -> None:
    """Raise what a stream's beginning says that the daemon refuses with, if it does; as `refuse`."""
    if answer.status >= REFUSED:
        refuse(answer.status, answer.read(CAP))


def _brief(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
