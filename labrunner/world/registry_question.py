"""A question to a registry on loopback, over HTTP, as the Distribution API has it; the standard library only."""

import hashlib
import http.client
from typing import Any

from labrunner.words import say

MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
"""Every kind of manifest that an engine of today pushes."""
CAP = 1 << 16
"""Bytes of an answer that are kept; a manifest is some kilobytes."""
REFUSED = 22
"""What curl exits with where a server refuses."""


def ask(port: int, path: str, limit: float) -> dict[str, Any]:
    """Ask a registry on loopback.

    Args:
        port: its port.
        path: what follows /v2/: "lr-sign/manifests/1", "lr-sign/tags/list".
        limit: seconds.

    Returns:
        a probe's reply: the body and its digest with exit code 0; "absent" where the registry has no such thing.
    """
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)
    try:
        talk.request("GET", f"/v2/{path}", headers={"Accept": ", ".join(MANIFESTS)})
        answer = talk.getresponse()
        body = answer.read(CAP + 1)
    except TimeoutError:
        return {"stdout": "", "stderr": "", "exit_code": None}
    except (OSError, http.client.HTTPException) as broken:
        return {"error": say(en=f"the course's registry: {broken}", zh=f"课程的镜像仓库：{broken}")}
    finally:
        talk.close()
    if answer.status == http.client.NOT_FOUND:
        return {"absent": say(en=f"the registry has no {path}", zh=f"镜像仓库里没有 {path}")}
    code = 0 if answer.status == http.client.OK else REFUSED
    text = body[:CAP].decode(errors="replace")
    return {"stdout": text, "stderr": "", "exit_code": code, "digest": f"sha256:{hashlib.sha256(body).hexdigest()}"}
