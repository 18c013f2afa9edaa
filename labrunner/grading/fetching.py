"""A small file from a path or an address: https, or http of this machine; with a limit of time and of size."""

import ipaddress
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from labrunner.errors import EnvironmentNotReady, Refused, UsageError
from labrunner.words import say

PATIENCE = 10.0
"""Seconds in which an address must answer."""
WHOLE = 30.0
"""Seconds for all of it."""
MOST_BYTES = 256 * 1024
SCHEMES = ("http", "https")


def is_address(source: str) -> bool:
    """Tell whether a source is an address and no path."""
    return urlsplit(source).scheme in (*SCHEMES, "ftp", "file") and "//" in source


def read(source: str) -> bytes:
    """Return what a file or an address holds.

    Raises:
        UsageError: there is no such file, or it is too large.
        Refused: the address is neither https nor of this machine, or sends us to one that is not.
        EnvironmentNotReady: it does not answer, or not with the file.
    """
    if not is_address(source):
        try:
            with Path(source).expanduser().open("rb") as file:
                return _small(file, source)
        except OSError as wrong:
            why = wrong.strerror or str(wrong)
            raise UsageError(say(en=f"{source} cannot be read: {why}", zh=f"无法读取 {source}：{why}")) from wrong
    demand_safe(source)
    direct = [urllib.request.ProxyHandler({})] if is_loopback(urlsplit(source).hostname or "") else []
    opener = urllib.request.build_opener(_Careful(), *direct)
    try:
        with opener.open(urllib.request.Request(source), timeout=PATIENCE) as answer:  # noqa: S310 - its scheme was looked at
            return _small(answer, source)
    except (OSError, ValueError, HTTPException) as wrong:
        code = f"HTTP {wrong.code}: " if isinstance(wrong, urllib.error.HTTPError) else ""
        why = code + str(getattr(wrong, "reason", "") or wrong) or type(wrong).__name__
        raise EnvironmentNotReady(
            say(en=f"{source} could not be fetched: {why}", zh=f"获取 {source} 失败：{why}"),
            hint=say(
                en="ask your teacher for the file, and: labrunner join FILE", zh="向老师要文件：labrunner join FILE"
            ),
        ) from wrong


def demand_safe(address: str) -> None:
    """Demand that an address is https, or http of this machine.

    Raises:
        Refused: it is not.
    """
    parts = urlsplit(address)
    if parts.username or parts.password:
        raise Refused(say(en="a password stands in the address", zh="地址里写了密码"))
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return
    raise Refused(
        say(en=f"{address} is neither https nor of this machine", zh=f"{address} 既不是 https，也不在本机"),
        hint=say(
            en="download it yourself, look at it, and: labrunner join FILE",
            zh="请自己下载并查看：labrunner join FILE",
        ),
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its very name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Careful(urllib.request.HTTPRedirectHandler):
    max_redirections = 5

    def redirect_request(  # noqa: PLR0913, PLR0917 - as the library calls it
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Follow where it is as safe as the address that was typed."""
        demand_safe(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _small(file: Any, source: str) -> bytes:
    from labrunner.wait import now

    began, found = now(), b""
    while piece := file.read1(65536) if hasattr(file, "read1") else file.read(65536):
        found += piece
        if len(found) > MOST_BYTES:
            size = MOST_BYTES // 1024
            raise UsageError(say(en=f"{source} is larger than {size} KiB", zh=f"{source} 超过 {size} KiB"))
        if now() - began > WHOLE:
            raise TimeoutError(say(en="it takes too long", zh="用时过长"))
    return found
