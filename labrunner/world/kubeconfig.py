"""A kubeconfig of ours, as connections to its API server: TLS in both directions, and no proxy."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import ssl
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

RUNS = frozenset(("exec", "auth-provider"))
"""Parts of a user that are programs, which kubectl and the kubernetes client run when they load the file."""

SETTLED = 10**9
"""Nanoseconds after a change in which another one may bear the same time: a file system's clock goes in steps."""


def connections(kubeconfig: Path, limit: float) -> Callable[[], http.client.HTTPSConnection]:
    """Return what makes connections to the API server of a kubeconfig's present context.

    Args:
        kubeconfig: a file as kind writes it: everything is in it, base64, and the server is an address.
        limit: seconds for each step of a talk.

    Raises:
        OSError, KeyError, ValueError: it cannot be read, or is no such file.
    """
    config = read(kubeconfig)
    chosen = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], chosen["cluster"])["cluster"]
    user = _named(config["users"], chosen["user"])["user"]
    server = urlsplit(str(cluster["server"]))
    if server.scheme != "https" or not server.hostname:
        raise ValueError(f"no https server: {cluster['server']}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # asks for a certificate that is the server's, and looks at it
    context.load_verify_locations(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with _file() as both:  # ssl only reads files
        both.write(
            base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"])
        )
        both.flush()
        context.load_cert_chain(str(both.name) if isinstance(both.name, str) else f"/proc/self/fd/{both.fileno()}")
    host, port = server.hostname, server.port or 443
    return lambda: http.client.HTTPSConnection(host, port, timeout=limit, context=context)


def identity(kubeconfig: Path, context: str = "") -> tuple[str, str]:
    """Return where a kubeconfig leads, and a hash of the authority that vouches for who answers there.

    It is asked before each look, so the file is read once for as long as nobody writes in it.

    Args:
        kubeconfig: a file as kind writes it.
        context: of which context; the present one where empty.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, or whoever loads it would run a program that it names.
    """
    told = kubeconfig.stat()
    fresh = abs(time.time_ns() - told.st_ctime_ns) < SETTLED
    return (_read_identity if fresh else _identity)(kubeconfig, context, told.st_ino, told.st_ctime_ns, told.st_size)


def _read_identity(kubeconfig: Path, context: str, *_as_it_is: int) -> tuple[str, str]:
    try:
        config = read(kubeconfig)
        chosen = _named(config["contexts"], context or config["current-context"])["context"]
        cluster = _named(config["clusters"], chosen["cluster"])["cluster"]
        user = _named(config["users"], chosen["user"])["user"]
        authority = hashlib.sha256(base64.b64decode(cluster["certificate-authority-data"])).hexdigest()
        if wrong := sorted(RUNS & user.keys()):
            raise ValueError(f"its user is what a program says ({wrong[0]})")
        return str(cluster["server"]), authority
    except (KeyError, TypeError, AttributeError, StopIteration) as broken:
        raise ValueError(f"{kubeconfig} is not as kind writes it") from broken


_identity = lru_cache(maxsize=16)(_read_identity)


def read(kubeconfig: Path) -> Any:
    """Return what a kubeconfig says; ours are JSON, which is YAML, until kubectl has written in them.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    text = kubeconfig.read_text(encoding="utf-8")
    if text.startswith("{"):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time
    try:
        return yaml.load(text, loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as broken:
        raise ValueError(f"{kubeconfig} is no YAML") from broken


def _file() -> IO[bytes]:
    """Return a file for a key: in memory where there is such a thing, so that a kill leaves it nowhere; else 0600."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("labrunner"), "wb")  # noqa: PTH123 - whoever asked closes it
    import tempfile

    return tempfile.NamedTemporaryFile(prefix="labrunner-")


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)
