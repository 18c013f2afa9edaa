"""References of images, as typed and as they are meant."""

from collections.abc import Mapping
from typing import Any


def tagged(reference: str) -> str:
    """Return a reference with its tag said: `redis` is `redis:latest`; a digest stays."""
    last = reference.rpartition("/")[2]
    return reference if ":" in last or "@" in last else f"{reference}:latest"


def references(image: Mapping[str, Any]) -> list[str]:
    """Return every reference of an image, by tag and by digest, as the daemon's list or inspect has them."""
    return [*(image.get("RepoTags") or []), *(image.get("RepoDigests") or [])]
