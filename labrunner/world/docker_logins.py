"""What `docker login` has kept: names, passwords and tokens of registries, in a file or with a credential helper."""

import warnings
from typing import Any


def of(host: str, file: str = "", told: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what is kept of one registry, as docker-py gives it; empty where nothing is.

    Args:
        host: of the registry, with its port.
        file: a `config.json`; where Docker looks for its own where empty.
        told: what such a file would hold, in its place.

    Raises:
        ValueError: an entry is broken, or a helper that the file names does not answer.
    """
    from docker.auth import AuthConfig
    from docker.errors import DockerException

    with warnings.catch_warnings(action="ignore"):  # of a helper that is not there: what is raised says it as well
        try:
            kept = AuthConfig.load_config(file or None, {"auths": {}, **told} if told is not None else None)
            return dict(kept.resolve_authconfig(host) or {})
        except (DockerException, AttributeError, TypeError) as broken:
            raise ValueError(str(broken)) from broken
