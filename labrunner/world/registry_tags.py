"""What a registry on loopback has of a repository: two GETs, and never to a registry elsewhere."""

import http.client
import json
from typing import Any
from urllib.parse import quote

LOOPBACK = ("localhost", "127.0.0.1")
LIMIT = 0.4
"""Seconds that each step of the talk may take."""
CAP = 1 << 20
REFUSALS = (401, 403)


def ask(repository: str) -> dict[str, Any] | None:
    """Ask a registry on loopback for a repository's tags.

    Args:
        repository: with its host, `localhost:5777/web`.

    Returns:
        {"tags": […]}; {"repositories": […]}, all that there are, where this is none of them; {"error": words} where
        the registry refuses or cannot be reached; None where the repository's registry is not on loopback.
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
        return {"error": getattr(broken, "strerror", "") or str(broken) or type(broken).__name__}
    said = (told.get("errors") or [{}])[0].get("message", "")
    return {"error": f"HTTP {status}" + (f": {said}" if said else "")}


def _get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        talk.request("GET", path)
        answer = talk.getresponse()
        told = json.loads(answer.read(CAP) or "null")
        return answer.status, told if isinstance(told, dict) else {}
    finally:
        talk.close()
