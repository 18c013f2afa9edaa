"""What each field of a result must be; what is not there, or is of another kind, is named."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from labrunner.grading.result import CheckResult, Isolation, LabResult, Shown, StepRun, Trust
from labrunner.outcome import Outcome
from labrunner.words import say

MOST = 5000
"""Checks, or runs, of one lab; labs of one result."""

Reads = Callable[[Any], Any]
Kind = TypeVar("Kind")


class Wrong(Exception):
    """What is wrong inside: said with the file's name by whoever reads it."""


def _wrong(field: str) -> Wrong:
    return Wrong(say(en=f"{field} is missing or of another kind", zh=f"缺少 {field}，或类型不对"))


def built(kind: type[Kind], raw: Any, readers: Mapping[str, Reads]) -> Kind:
    """Return a record of what an object holds; what it holds beside that is passed over.

    A field that has a default may be missing: fields are added within a version.
    """
    if not isinstance(raw, dict):
        raise _wrong(kind.__name__)
    given = {}
    for name, reads in readers.items():
        try:
            given[name] = reads(raw[name])
        except KeyError:
            continue
        except (TypeError, ValueError):
            raise _wrong(name) from None
    try:
        return kind(**given)
    except TypeError:
        missing = next(one for one in readers if one not in given)
        raise _wrong(missing) from None


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _name(raw: Any) -> str:
    if not _text(raw):
        raise ValueError
    return str(raw)


def _number(raw: Any) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not 0 <= raw < math.inf:
        raise TypeError
    return raw


def _part(raw: Any) -> float:
    if _number(raw) > 1:
        raise ValueError
    return float(raw)


def _whole(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise TypeError
    return raw


def _count(raw: Any) -> int:
    if _whole(raw) < 0:
        raise ValueError
    return int(raw)


def _code(raw: Any) -> int | None:
    return None if raw is None else _whole(raw)


def _moment(raw: Any) -> str:
    if _text(raw) and datetime.fromisoformat(raw).utcoffset() is None:
        raise ValueError
    return str(raw)


def _file(raw: Any) -> str:
    """Read the name of a file beside this one: no way to any other folder."""
    if _text(raw) and (Path(raw).name != raw or raw in (".", "..") or "\\" in raw or "\0" in raw):
        raise ValueError
    return str(raw)


def _one_of(kind: type[StrEnum]) -> Reads:
    return lambda raw: kind(_text(raw))


def _graded(raw: Any) -> str:
    if raw not in ("restricted", "own-engine", "local-only"):
        raise ValueError
    return str(raw)


def _texts(raw: Any) -> tuple[str, ...]:
    return tuple(_text(one) for one in _listed(raw))


def _named(reads: Reads) -> Reads:
    def read_all(raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict) or len(raw) > MOST:
            raise TypeError
        return {name: reads(one) for name, one in raw.items()}

    return read_all


def _listed(raw: Any) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > MOST:
        raise TypeError
    return raw


def _each(kind: type[Any], readers: Mapping[str, Reads]) -> Reads:
    return lambda raw: tuple(built(kind, one, readers) for one in _listed(raw))


CHECK: dict[str, Reads] = {
    **dict.fromkeys(("step", "check"), _name),
    **dict.fromkeys(("claim", "see", "why", "notes"), _text),
    **dict.fromkeys(("earned", "worth", "seconds"), _number),
    **dict.fromkeys(("expected", "found"), lambda raw: raw),
    "outcome": _one_of(Outcome),
    "shown": _one_of(Shown),
}
RUN: dict[str, Reads] = {"step": _name, "code": _code, "seconds": _number, "ended": _text, "output": _text}
LAB: dict[str, Reads] = {
    "lab": _name,
    "graded": _graded,
    "checks": _each(CheckResult, CHECK),
    "runs": _each(StepRun, RUN),
    "trouble": _text,
    "factor": _part,
    "evidence": _file,
    "hints": _named(_count),
    **dict.fromkeys(("weight", "late", "seconds", "own_seconds"), _number),
}
RESULT: dict[str, Reads] = {
    "student": _name,
    "labs": _each(LabResult, LAB),
    **dict.fromkeys(("name", "course", "course_hash", "submission", "digest", "commit", "run", "nonce"), _text),
    "trust": _one_of(Trust),
    "isolation": _one_of(Isolation),
    "started": _moment,
    "ended": _moment,
    "versions": _named(_text),
    "flags": _texts,
    "schema": _whole,
}
