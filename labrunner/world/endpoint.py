"""Which Docker daemon is meant, whether it is on this machine, and whether it answers; the standard library only."""

import hashlib
import http.client
import ipaddress
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labrunner.errors import ContextUnknown, DockerDown, RemoteDocker
from labrunner.words import say
from labrunner.world import daemon_http, endpoint_words

DEFAULT = "unix:///var/run/docker.sock"
PATIENCE = 5.0
"""Seconds that a daemon gets to answer; one that accepts and stays silent is down."""
HEART, BUSY = "/version", 60.0
"""What a daemon answers whatever it is at, and the seconds that it then gets for the rest: while it removes a large
volume, it lists none (the local driver holds one lock for both)."""
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
ALONE = "localhost,127.0.0.1,::1"
STEERING = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_API_VERSION",
    "DOCKER_CONTENT_TRUST",
    "DOCKER_DEFAULT_PLATFORM",
    "DOCKER_HIDE_LEGACY_COMMANDS",
)
"""Variables that would point the CLI elsewhere or change what it prints."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One Docker daemon on this machine.

    Attributes:
        url: where it listens, `unix:///…` or a loopback `tcp://…`.
        cli: path of the docker program that speaks to it; empty where there is none.
        daemon_id: what the daemon calls itself; another id is another daemon.
        engine: its version.
    """

    url: str
    cli: str = ""
    daemon_id: str = ""
    engine: str = ""

    def environ(self) -> dict[str, str]:
        """Return a whole environment in which `docker` means this daemon and no proxy leaks into containers."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in STEERING and name.lower() not in (*PROXIES, "no_proxy")
        }
        kept["DOCKER_HOST"] = self.url
        kept["NO_PROXY"] = kept["no_proxy"] = ALONE
        if self.cli:
            folder = str(Path(self.cli).parent)
            kept["PATH"] = os.pathsep.join([folder, kept.get("PATH", os.defpath)])
        return kept

    @property
    def socket(self) -> str:
        """The path of its socket; empty where it listens on TCP."""
        return self.url.removeprefix("unix://") if self.url.startswith("unix://") else ""


def resolve(host: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """Find which daemon is meant, as docker itself would; nothing is connected to.

    Args:
        host: what was asked for on the command line; wins over everything.
        environ: where DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CONFIG are looked up; the process' own where None.

    Returns:
        the URL of a daemon on this machine.

    Raises:
        ContextUnknown: a context is named that does not exist.
        RemoteDocker: the daemon is not on this machine.
    """
    env = os.environ if environ is None else environ
    url = host or env.get("DOCKER_HOST") or _of_context(env) or DEFAULT
    if not is_local(url):
        raise RemoteDocker(
            say(
                en=f"the Docker daemon at {url} is not on this machine, and labs only run on this one",
                zh=f"{url} 的 Docker 守护进程不在本机，实验只在本机运行",
            ),
            hint=say(
                en="unset DOCKER_HOST DOCKER_CONTEXT, or: docker context use default",
                zh="unset DOCKER_HOST DOCKER_CONTEXT，或 docker context use default",
            ),
        )
    return url


def is_local(url: str) -> bool:
    """Tell whether a daemon's URL is a socket of this machine or its loopback."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return True
    if parts.scheme not in ("tcp", "http") or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def reach(url: str) -> Endpoint:
    """Ask the daemon who it is.

    Raises:
        DockerDown: nothing answers there within PATIENCE seconds.
        DockerForbidden: this user may not talk to it.
    """
    info = ask(url, "/info")
    return Endpoint(
        url=url,
        cli=shutil.which("docker") or "",
        daemon_id=str(info.get("ID", "")),
        engine=str(info.get("ServerVersion", "")),
    )


def ask(url: str, path: str) -> dict[str, Any]:
    """GET one JSON object from a daemon; raises as `reach` does."""
    status, found = look(url, path)
    if status == http.client.OK and isinstance(found, dict):
        return found
    said = found.get("message", "") if isinstance(found, dict) else ""
    raise DockerDown(
        say(
            en=f"the Docker daemon at {url} answers {status}: {said}",
            zh=f"{url} 的 Docker 守护进程回应 {status}：{said}",
        ),
        hint=say(en="labrunner doctor tells more", zh="labrunner doctor 会说明更多"),
    )


def look(url: str, path: str) -> tuple[int, Any]:
    """GET from a daemon whatever it says, a 404 included.

    Args:
        url: the daemon's.
        path: "/containers/NAME/json" and the like.

    Returns:
        the HTTP status and the JSON value.

    Raises:
        DockerDown: nothing answers there within PATIENCE seconds; within BUSY, where it answers something else.
        DockerForbidden: this user may not talk to it.
    """
    limit = PATIENCE
    try:
        try:
            return daemon_http.get(url, path, limit=limit)
        except TimeoutError:
            if not _beats(url):
                raise
            limit = BUSY
            return daemon_http.get(url, path, limit=limit)
    except PermissionError as refused:
        raise endpoint_words.forbidden(url) from refused
    except TimeoutError as silent:
        raise endpoint_words.silent(url, limit) from silent
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise endpoint_words.down(url, broken, default=url == DEFAULT) from broken


def _beats(url: str) -> bool:
    try:
        return daemon_http.get(url, HEART, limit=PATIENCE / 2)[0] == http.client.OK
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _of_context(env: Mapping[str, str]) -> str:
    """Return the URL of the docker CLI's current context; empty for the default one."""
    folder = Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME") or Path.home()) / ".docker")
    name = env.get("DOCKER_CONTEXT") or _json(folder / "config.json").get("currentContext") or "default"
    if name == "default":
        return ""
    meta = _json(folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json")
    url = meta.get("Endpoints", {}).get("docker", {}).get("Host", "")
    if not url:
        raise ContextUnknown(
            say(en=f'there is no Docker context "{name}"', zh=f"没有名为“{name}”的 Docker context"),
            hint=say(
                en="docker context ls lists them; unset DOCKER_CONTEXT, or: docker context use default",
                zh="docker context ls 列出全部；unset DOCKER_CONTEXT，或 docker context use default",
            ),
        )
    return str(url)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
