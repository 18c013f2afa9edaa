"""Who one is to a registry that asks: what `docker login` has kept, or a file of that kind which is for Pods."""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from labrunner.errors import UsageError
from labrunner.words import say
from labrunner.world import docker_logins

DOCKERS = "~/.docker/config.json"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of one registry.

    Attributes:
        name, password: what is sent to it, or to where it says that tokens are given.
        token: in the place of both, where `docker login` has got one (an identity token).
    """

    name: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def basic(self) -> str:
        """Return what HTTP calls Basic credentials; empty where there is no name."""
        if not self.name:
            return ""
        return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()


def known(registry: str, file: str = "", *, text: str = "") -> Login | None:
    """Return who one is to a registry; None where nothing is known.

    Args:
        registry: its address.
        file: a `config.json` of Docker's; the user's own, with the credential helpers that it names, where empty.
        text: what such a file holds; then `file` is only named where something is wrong in it.

    Raises:
        UsageError: a helper that the file names does not answer, or an entry of it is broken.
    """
    host = urlsplit(registry).netloc
    try:
        found = docker_logins.of(host, file, json.loads(text) if text else None)
    except ValueError as broken:
        raise UsageError(
            say(
                en=f"the logins in {file or DOCKERS} cannot be read: {broken}",
                zh=f"无法读取 {file or DOCKERS} 里的登录信息：{broken}",
            ),
            hint=_made(host) if file else f"docker login {host}",
        ) from broken
    told = {key.lower(): str(value) for key, value in found.items() if value}
    login = Login(told.get("username", ""), told.get("password", ""), told.get("identitytoken", ""))
    return login if login.name or login.token else None


def for_pods(registry: str, file: str) -> str:
    """Return the text of a Secret of the type `kubernetes.io/dockerconfigjson`, with the login of one registry alone.

    Args:
        registry: its address.
        file: a `config.json` as `docker --config FOLDER login HOST` writes it.

    Raises:
        UsageError: the file is not there, is none, or has no name and password for that registry.
    """
    host = urlsplit(registry).netloc
    try:
        text = Path(file).read_text(encoding="utf-8")
        written = json.loads(text)
    except (OSError, ValueError):
        text, written = "", None
    if not isinstance(written, dict):
        raise UsageError(
            say(en=f"{file} is no config.json of Docker's", zh=f"{file} 不是 Docker 的 config.json"),
            hint=_made(host),
        )
    login = known(registry, file, text=text)
    if login is None or not login.name:
        raise UsageError(
            say(en=f"{file} has no name and password for {host}", zh=f"{file} 里没有 {host} 的用户名和密码"),
            hint=_made(host),
        )
    auth = login.basic().removeprefix("Basic ")
    return json.dumps({"auths": {host: {"auth": auth}}})


def _made(host: str) -> str:
    return f"docker --config login login {host}; --registry-login login/config.json"
