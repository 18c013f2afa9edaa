"""One question to a registry, or to where it gives tokens, over HTTP; and how its own question is answered."""

import http.client
import json
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from labrunner import wait
from labrunner.errors import EnvironmentNotReady
from labrunner.fleet.login import Login
from labrunner.words import say
from labrunner.world import bounded

LIMIT = 30.0
"""Seconds that a registry gets for one answer."""
MOST = 64 << 20
"""Bytes of one answer."""
CLIENT = "labrunner"


class Reply(NamedTuple):
    """What was answered: status, body, and headers by their names in small letters."""

    status: int
    body: bytes
    headers: dict[str, str]


def ask(url: str, verb: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """Ask once.

    Args:
        url: whole, http or https.
        verb: of HTTP.
        data: the body; None for none.
        headers: what is sent beside it.

    Raises:
        EnvironmentNotReady: nobody answers there.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    talk = kind(parts.hostname or "", parts.port, timeout=LIMIT)
    bounded.bound(talk, wait.now() + LIMIT)
    try:
        sent = {"Content-Type": "application/octet-stream"} if data is not None else {}
        talk.request(
            verb, parts._replace(scheme="", netloc="", fragment="").geturl(), data, {**sent, **(headers or {})}
        )
        reply = talk.getresponse()
        body = reply.read(MOST)
        return Reply(reply.status, body, {name.lower(): value for name, value in reply.getheaders()})
    except (OSError, http.client.HTTPException) as silent:
        at = f"{parts.scheme}://{parts.netloc}"
        raise EnvironmentNotReady(
            say(
                en=f"the registry {at} does not answer: {silent or type(silent).__name__}",
                zh=f"镜像仓库 {at} 没有回应：{silent or type(silent).__name__}",
            ),
            hint=say(en="name one that can be reached: --registry", zh="请用 --registry 指定可以访问的镜像仓库"),
        ) from silent
    finally:
        talk.close()


def authorization(challenge: str, login: Login | None, *, secure: bool) -> str:
    """Return what is sent as `Authorization` where a registry asked who one is; empty where nothing can be said.

    Registries ask in one of two ways: for name and password, or for a token that is given elsewhere, to nobody known
    as well where all may read (https://distribution.github.io/distribution/spec/auth/token/).

    Args:
        challenge: its header `WWW-Authenticate`.
        login: who one is there; None for nobody.
        secure: the registry was asked over https: then no password goes anywhere without it.

    Raises:
        EnvironmentNotReady: where it says that tokens are given, nobody answers.
    """
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() == "basic":
        return login.basic() if login else ""
    told = parse_keqv_list([one for one in parse_http_list(rest) if "=" in one])
    realm = urlsplit(told.get("realm", ""))
    if scheme.lower() != "bearer" or realm.scheme not in ("http", "https") or not realm.hostname:
        return ""
    if secure and realm.scheme != "https":
        return ""
    wanted: dict[str, str] = {key: told[key] for key in ("service", "scope") if key in told}
    if login and login.token:
        form = {**wanted, "grant_type": "refresh_token", "refresh_token": login.token, "client_id": CLIENT}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = ask(realm.geturl(), "POST", urlencode(form).encode(), kind)
    else:
        query = "&".join(part for part in (realm.query, urlencode(wanted)) if part)
        who = {"Authorization": login.basic()} if login else {}
        reply = ask(realm._replace(query=query).geturl(), "GET", None, who)
    return _token(reply)


def _token(reply: Reply) -> str:
    try:
        said = json.loads(reply.body) if reply.status == http.client.OK else None
    except ValueError:
        said = None
    given = (said.get("token") or said.get("access_token")) if isinstance(said, dict) else None
    return f"Bearer {given}" if isinstance(given, str) and given.isprintable() else ""
