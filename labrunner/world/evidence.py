"""What a run read from the world, as a file: enough to judge it again elsewhere, without a daemon and without a lab.

The lab's secrets are not in it: where one was read, its name stands, and it is computed again from the student. The
learner's own secrets went before anything was judged (see redact.py).
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from labrunner import atomic
from labrunner.errors import UsageError
from labrunner.inert import json_text
from labrunner.words import say
from labrunner.world.capped import WHOLE
from labrunner.world.evidence_shape import demand
from labrunner.world.redact import revived
from labrunner.world.snapshot import SCHEMA, Snapshot

MARK = "labrunner evidence"
"""What every such file says that it is."""
LARGEST = 2 * WHOLE
"""Bytes of a file, unpacked, that are read at all."""
PLACE = re.compile(r"‹secret:([^›]*)›")
OPEN = "‹secret:"


class EvidenceBroken(UsageError):
    """A file is no evidence that can be judged."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run: what was read, and what else its report was made of.

    Attributes:
        lab: {"slug", "hash": of the lab's folder as it was then}.
        seeds: {"student", "install", "port", "namespace", "client", "course"}: what the student's values are
            computed from; "planted" beside them where a graded run drew its secrets from something else.
        snapshot: what was read.
        passes: check → {"at", "stands"}: what had been seen to pass before.
        assisted: the steps that `solve` did.
        versions: of what it was read with.
        started: when the lab was begun; UTC, ISO 8601.
        seconds: how long the look took, waits included.
        left_out: steps that could not be done on that machine, each with the reason.
    """

    lab: dict[str, str]
    seeds: dict[str, Any]
    snapshot: Snapshot
    passes: dict[str, dict[str, Any]] = field(default_factory=dict)
    assisted: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    started: str = ""
    seconds: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)


def write(path: Path, evidence: Evidence, secrets: Mapping[str, str]) -> None:
    """Write evidence, whole or not at all; packed where the name ends in `.gz`.

    Args:
        path: the file; what is there is replaced where it is evidence.
        evidence: the run.
        secrets: the lab's own, by name; they are not written.

    Raises:
        UsageError: the file is something else, or cannot be written there.
        DiskFull: the disk has no room; the old file is as it was.
    """
    may_write(path)
    kept = {"what": MARK, "schema": SCHEMA, **asdict(evidence)}
    # In the order in which it was read; halves of characters, which the APIs' JSON may hold, stand as escapes.
    data = (json_text(_each_text(kept, _hiding(secrets))) + "\n").encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    try:
        atomic.write_bytes(path, data)
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise UsageError(say(en=f"{path} cannot be written: {why}", zh=f"无法写入 {path}：{why}")) from broken


def may_write(path: Path) -> None:
    """Raise UsageError where something is in the way that is no evidence of ours."""
    if not _is_there(path):
        return
    try:
        _raw(path)
    except EvidenceBroken as broken:
        raise UsageError(
            say(
                en=f"{path} exists and is no evidence file, so it is not replaced",
                zh=f"{path} 已存在，而且不是证据文件，不会覆盖",
            ),
            hint=say(en="choose another name", zh="换一个文件名"),
        ) from broken


def read(path: Path, secrets: Callable[[Mapping[str, Any], str], Mapping[str, str]]) -> Evidence:
    """Read evidence.

    Args:
        path: the file, packed or not.
        secrets: given the seeds and the lab's slug, returns the lab's secrets by name; they take their places again.

    Raises:
        EvidenceBroken: it is not there, not evidence, of another version, too large or damaged.
    """
    raw = _raw(path)
    if raw.get("schema") != SCHEMA:
        said = str(raw.get("schema"))[:20]
        raise EvidenceBroken(
            say(
                en=f"{path} is evidence of version {said}, and this labrunner reads version {SCHEMA}",
                zh=f"{path} 是第 {said} 版的证据，本程序读取第 {SCHEMA} 版",
            )
        )
    try:
        demand(raw)
        shown = secrets(raw["seeds"], raw["lab"]["slug"])
        whole = _each_text(raw, lambda text: PLACE.sub(lambda place: shown.get(place[1], OPEN), text))
        held = {**whole["snapshot"]}
        names = {one.name for one in fields(Snapshot)}
        for name in ("log", "gaps", "outages"):
            held[name] = tuple(held.get(name, ()))  # files of before have no outages
        snapshot = revived(Snapshot(**{name: value for name, value in held.items() if name in names}))
        apart = ("snapshot", "assisted", "left_out")
        kept = {one.name: whole[one.name] for one in fields(Evidence) if one.name not in apart}
        out = dict(whole.get("left_out", {}))  # files of before have none
        return Evidence(**kept, snapshot=snapshot, assisted=tuple(whole["assisted"]), left_out=out)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise damaged(path) from broken


def damaged(path: Path) -> EvidenceBroken:
    """Return the error for evidence in which something is missing or of another kind."""
    return EvidenceBroken(say(en=f"{path} is damaged evidence", zh=f"{path} 是损坏的证据文件"))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no file can have
        return False


def _raw(path: Path) -> dict[str, Any]:
    if _is_there(path) and not path.is_file():  # a folder, or a pipe into which perhaps nobody ever writes
        raise EvidenceBroken(say(en=f"{path} is no file", zh=f"{path} 不是文件"))
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if data[:2] == b"\x1f\x8b":
            data = zlib.decompressobj(wbits=31).decompress(data, LARGEST + 1)
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise EvidenceBroken(say(en=f"{path} cannot be read: {why}", zh=f"无法读取 {path}：{why}")) from broken
    except zlib.error as broken:
        raise damaged(path) from broken
    if len(data) > LARGEST:
        raise EvidenceBroken(
            say(
                en=f"{path} is larger than evidence may be ({LARGEST >> 20} MiB)",
                zh=f"{path} 超过证据文件的上限（{LARGEST >> 20} MiB）",
            )
        )
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("what") != MARK:
        raise EvidenceBroken(say(en=f"{path} is no evidence file", zh=f"{path} 不是证据文件"))
    return found


def _hiding(secrets: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts a secret's name in its place; what already looks like such a place is told apart."""
    names = {text: name for name, text in secrets.items() if text}
    pattern = re.compile("|".join(re.escape(one) for one in (OPEN, *names)))

    def hidden(text: str) -> str:
        return pattern.sub(lambda found: f"{OPEN}{names.get(found[0], '')}›", text)

    return hidden


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(str(value))
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {change(name): _each_text(item, change) for name, item in value.items()}
    return value
