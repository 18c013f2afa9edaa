"""What was seen while a component of the cluster was stopped: a file of records in the lab's folder, appended to."""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "outages.jsonl"
Raw = Mapping[str, Any]


def append(directory: Path, **record: Any) -> None:
    """Add a record, with the time; nothing where the lab's folder is gone."""
    line = json.dumps({"nano": time.time_ns(), **record}, ensure_ascii=False) + "\n"
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(directory / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())  # one call: several processes append
        finally:
            os.close(handle)


def begun(directory: Path, token: str, component: str, node: str) -> None:
    """Record that a component is gone."""
    append(directory, does="begin", token=token, component=component, node=node)


def looked(directory: Path, token: str, look: Raw) -> None:
    """Record one look at the world."""
    append(directory, does="look", token=token, look=dict(look))


def ended(directory: Path, token: str) -> None:
    """Record that it is being brought back."""
    append(directory, does="end", token=token)


def undone(directory: Path, since: int) -> None:
    """Record that what was begun since a moment, in nanoseconds, was a trial and is none of the lab's past."""
    append(directory, does="undo", since=since)


def read(directory: Path) -> tuple[dict[str, Any], ...]:
    """Return the windows of a lab as a snapshot has them, oldest first; looks that say the same in a row are one."""
    try:
        lines = (directory / FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return ()
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        # Cut off by a full disk or a kill, or not of this version.
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            _take(found, json.loads(line))
    return tuple(found.values())


def _take(found: dict[str, dict[str, Any]], record: Raw) -> None:
    token, does = str(record.get("token", "")), record.get("does")
    if does == "begin":
        named = {"component": record["component"], "node": record["node"]}
        found[token] = {**named, "since": record["nano"], "until": 0, "looks": []}
    elif does == "undo":
        for gone in [name for name, window in found.items() if window["since"] >= record["since"]]:
            del found[gone]
    elif token in found and does == "end":
        found[token]["until"] = found[token]["until"] or record["nano"]
    elif token in found and does == "look" and not found[token]["until"]:
        looks, look = found[token]["looks"], record["look"]
        same = looks and {**looks[-1], "at": 0, "to": 0} == {**look, "at": 0, "to": 0}
        if same:
            looks[-1]["to"] = record["nano"]
        else:
            looks.append({**look, "at": record["nano"], "to": record["nano"]})
