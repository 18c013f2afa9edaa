"""A bundle: a folder with one JSON that says what it is, and a file for each part, hashed whole and in pieces."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from labrunner.errors import UsageError
from labrunner.words import say

FILE = "bundle.json"
WHAT = "labrunner bundle"
SCHEMA = 1
PIECE = 4 * 1024 * 1024
"""Bytes of a part that have a hash of their own, so that a copy that broke off goes on from there."""
MOST_BYTES = 4 * 1024 * 1024
"""Of the JSON."""
HASH = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bundle.

    Attributes:
        file: its name in the folder.
        size: bytes; 0 where the bundle has no such part.
        sha256: of the whole file, hex.
        pieces: SHA-256 of each PIECE bytes, hex.
        targets: what it holds, by name, each with the key of what it is made of.
    """

    file: str = ""
    size: int = 0
    sha256: str = ""
    pieces: tuple[str, ...] = ()
    targets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says of itself.

    Attributes:
        machine: the processor that it is for, as `uname -m` says.
        labs: the labs that start with it.
        parts: "docker" and "kubernetes".
        wheels: Python packages, by file name, each with its SHA-256; in the folder `wheels`.
        id: SHA-256 of the JSON; who knows it knows all the rest.
    """

    machine: str
    labs: tuple[str, ...]
    parts: dict[str, Part]
    wheels: dict[str, str] = field(default_factory=dict)
    id: str = ""

    def text(self) -> str:
        """Return the JSON."""
        said = {"what": WHAT, "schema": SCHEMA, **asdict(self)}
        said.pop("id")
        return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parsed(raw: bytes, where: str) -> Bundle:
    """Return what a bundle's JSON says.

    Args:
        raw: the JSON.
        where: where it came from, for a message.

    Raises:
        UsageError: it is no bundle of a version that is known, or names what no bundle may.
    """
    try:
        said = json.loads(raw)
        if said["what"] != WHAT or said["schema"] != SCHEMA:
            raise _strange(where)
        parts = {str(name): _part(one) for name, one in said["parts"].items()}
        wheels = {_named(name): _hash(one) for name, one in said["wheels"].items()}
        labs = tuple(str(slug) for slug in said["labs"])
        return Bundle(str(said["machine"]), labs, parts, wheels, hashlib.sha256(raw).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise _strange(where) from wrong


def _part(said: Mapping[str, Any]) -> Part:
    size, pieces = int(said["size"]), tuple(_hash(one) for one in said["pieces"])
    if size < 0 or len(pieces) != -(-size // PIECE):
        raise ValueError("pieces")
    targets = {_named(name): _named(key) for name, key in said["targets"].items()}
    return Part(_named(said["file"]), size, _hash(said["sha256"]), pieces, targets)


def _hash(text: Any) -> str:
    if not isinstance(text, str) or not HASH.fullmatch(text):
        raise ValueError("hash")
    return text


def _named(text: Any) -> str:
    if not isinstance(text, str) or not NAME.fullmatch(text) or len(text) > 200:  # noqa: PLR2004 - no name is longer
        raise ValueError("name")
    return text


def _strange(where: str) -> UsageError:
    return UsageError(
        say(en=f"{where} is no bundle that this version knows", zh=f"{where} 不是这个版本认识的离线包"),
        hint=say(en="make one: labrunner bundle save DIR", zh="制作一个：labrunner bundle save DIR"),
    )
