"""What a registry on loopback has of a repository: two GETs, and never to a registry elsewhere."""

import http.client
import json
from typing import Any
from urllib.parse import quote

LOOPBACK = ("localhost", "127.0.0.1")
LIMIT = 0.4
"""Seconds that each step of the talk may take."""
CAP = 1 << 20


def ask(repository: str) -> dict[str, Any] | None:
    """Ask a registry on loopback for a repository's tags.

    Args:
        repository: with its host, `localhost:5777/web`.

    Returns:
        {"tags": […]}; {"repositories": […]}, all that there are, where this is none of them; {"refused": words} where
        the registry says no; {"silent": words} where nobody answers as a registry does; None where the repository's
        registry is not on loopback.
    """
    host, slash, path = repository.partition("/")
    name, colon, port = host.partition(":")
    if not slash or name not in LOOPBACK or not colon or not port.isdigit():
        return None
    try:
        status, told = _get(int(port), f"/v2/{quote(path)}/tags/list")
        if status == http.client.NOT_FOUND:
            _, known = _get(int(port), "/v2/_catalog")
            return {"repositories": list(known.get("repositories") or [])}
        if status == http.client.OK:
            return {"tags": list(told.get("tags") or [])}
    except (OSError, http.client.HTTPException, ValueError) as broken:
        return {"silent": getattr(broken, "strerror", "") or str(broken) or type(broken).__name__}
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    said = first.get("message", "") if isinstance(first, dict) else ""
    return {"refused": f"HTTP {status}" + (f": {said}" if said else "")}


def _get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        talk.request("GET", path)
        answer = talk.getresponse()
        said = answer.read(CAP)
        try:
            told = json.loads(said or "null")
        except ValueError:
            if answer.status == http.client.OK:
                raise
            told = None  # a proxy's page, maybe; its status says enough
        return answer.status, told if isinstance(told, dict) else {}
    finally:
        talk.close()
