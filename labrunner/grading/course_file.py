"""Reads a course's file: each key known, each value what it must be, each complaint with its file and line."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from labrunner.environment.settings import HIGHEST_PORT
from labrunner.grading import guarded_yaml
from labrunner.grading.course import Attempts, Course, CourseLab, Hidden, Late, Sources
from labrunner.grading.guarded_yaml import Written
from labrunner.grading.result import Shown
from labrunner.lab import ID
from labrunner.words import LANGUAGES, say

VERSION = "1"
MOST_POINTS = 10000.0
LONGEST = 2000
"""Characters of one text."""
Read = TypeVar("Read")
Choice = TypeVar("Choice", bound=StrEnum)


def read(file: Path) -> Course:
    """Read a course.

    Args:
        file: the course's file; what it names beside itself is looked for in its folder.

    Raises:
        UsageError: it is not there, or does not hold what it must hold; the sentence names the file and the line.
    """
    return of(guarded_yaml.read(file), file)


def parsed(raw: bytes, file: Path) -> Course:
    """Read a course from bytes; see `read`.

    Raises:
        UsageError: as `read` does.
    """
    return of(guarded_yaml.parsed(raw, file), file)


def of(written: Written, file: Path) -> Course:
    """Return the course that is written; see `read`.

    Raises:
        UsageError: as `read` does.
    """
    keys = ("version", "course", "language", "port", "labs", "late", "attempts", "sources", "roster", "overrides", "hidden")  # fmt: skip # noqa: E501
    whole = _Part(written, keys)
    if (version := whole.text("version", needed=True)) != VERSION:
        said = say(en=f"version {version} of a course is not known", zh=f"不认识版本 {version} 的课程文件")
        raise written.wrong(said, hint=f"version: {VERSION}", key="version")
    name = whole.text("course", needed=True)
    language = whole.text("language")
    if language and language not in LANGUAGES:
        raise written.wrong(
            say(en=f"no language is called {language!r}", zh=f"没有名为 {language!r} 的语言"),
            hint=say(en="zh or en", zh="可用 zh 或 en"),
            key="language",
        )
    here = file.parent
    return Course(
        file=file,
        name=name,
        labs=_labs(whole),
        language=language,
        port=int(whole.number("port", 0, 0, HIGHEST_PORT)),
        late=_late(whole.part("late", ("percent-per-day", "grace-minutes", "floor"))),
        attempts=whole.choice("attempts", Attempts.BEST),
        sources=_sources(whole.part("sources", ("images", "wheels", "bundle", "bundle-sha256"))),
        roster=whole.path("roster", here),
        overrides=whole.path("overrides", here),
        hidden=_hidden(whole.part("hidden", ("folder", "shown")), here),
    )


def _labs(whole: "_Part") -> tuple[CourseLab, ...]:
    labs = whole.mapping("labs")
    if not labs:
        raise whole.written.wrong(say(en="it has no labs", zh="没有写 labs"), hint="labs:\n  docker-basics:")
    found = []
    for slug, one in labs.items():
        if not ID.fullmatch(slug):
            raise one.wrong(say(en=f"{slug!r} is no lab's name", zh=f"{slug!r} 不是实验的名字"))
        part = _Part(one, ("weight", "deadline", "points"))
        points = {}
        for place, worth in part.mapping("points").items():
            step, _, check = place.partition("/")
            if not ID.fullmatch(step) or ("/" in place and not check.isidentifier()):
                said = say(en=f"{place!r} is no STEP or STEP/CHECK", zh=f"{place!r} 既不是 STEP 也不是 STEP/CHECK")
                raise worth.wrong(said)
            points[place] = _number(worth, 0, MOST_POINTS)
        weight = part.number("weight", 1, 0, MOST_POINTS)
        found.append(CourseLab(slug, weight, part.given("deadline", _moment), points, whole.line_of("labs", slug)))
    if not any(lab.weight for lab in found):
        raise whole.written.wrong(say(en="no lab has any weight", zh="所有实验的 weight 都是 0"), key="labs")
    return tuple(found)


def _late(part: "_Part") -> Late:
    return Late(
        percent=part.number("percent-per-day", 0, 0, 100),
        grace=part.number("grace-minutes", 0, 0, 60 * 24 * 365) * 60,
        floor=part.number("floor", 0, 0, 100),
    )


def _sources(part: "_Part") -> Sources:
    known = part.text("bundle-sha256")
    if known and not re.fullmatch(r"[0-9a-f]{64}", known):
        raise part.written.wrong(say(en="it is no SHA-256", zh="不是 SHA-256"), key="bundle-sha256")
    return Sources(part.text("images"), part.text("wheels"), part.text("bundle"), known)


def _hidden(part: "_Part", here: Path) -> Hidden | None:
    folder = part.path("folder", here)
    if folder is None:
        if part.written.lines:
            raise part.written.wrong(say(en="hidden names no folder", zh="hidden 没有写 folder"))
        return None
    return Hidden(folder, part.choice("shown", Shown.COUNT))


def _moment(written: Written) -> datetime:
    """Return a moment with its time zone, as an offset or as the zone's name."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    text = _text(written)
    hint = say(
        en="2026-12-24 23:59 Asia/Shanghai, or 2026-12-24T23:59+08:00",
        zh="例如 2026-12-24 23:59 Asia/Shanghai，或 2026-12-24T23:59+08:00",
    )
    stamp, _, zone = text.rpartition(" ")
    named = zone if stamp and not zone[:1].isdigit() else ""
    try:
        found = datetime.fromisoformat(stamp.strip() if named else text)
    except ValueError as wrong:
        raise written.wrong(say(en=f"{text!r} is no moment", zh=f"{text!r} 不是时间"), hint=hint) from wrong
    if named:
        if found.tzinfo is not None:
            raise written.wrong(say(en=f"{text!r} has two time zones", zh=f"{text!r} 写了两个时区"), hint=hint)
        try:
            found = found.replace(tzinfo=ZoneInfo(named))
        except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
            said = say(en=f"this machine knows no time zone {named!r}", zh=f"这台机器不认识时区 {named!r}")
            raise written.wrong(said, hint=hint) from wrong
    if found.tzinfo is None:
        raise written.wrong(say(en=f"{text!r} has no time zone", zh=f"{text!r} 没有写时区"), hint=hint)
    if "T" not in text and ":" not in text:
        raise written.wrong(say(en=f"{text!r} has no time of the day", zh=f"{text!r} 没有写几点"), hint=hint)
    return found


def _text(written: Written) -> str:
    value = written.value
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.isprintable():
        raise written.wrong(say(en="a line of text is missing here", zh="这里应当是一行文字"))
    return value.strip()


def _number(written: Written, least: float, most: float) -> float:
    text = _text(written)
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        said = say(en=f"{text!r} is no number of {least:g} to {most:g}", zh=f"{text!r} 不是 {least:g} 到 {most:g} 的数")
        raise written.wrong(said)
    return found


class _Part:
    """A mapping of which every key is known."""

    def __init__(self, written: Written, known: Iterable[str]) -> None:
        self.written = written
        if written.value is None:
            self._values: dict[str, Written] = {}
            return
        if not isinstance(written.value, dict):
            raise written.wrong(say(en="a list of `key: value` is missing here", zh="这里应当是“键: 值”的列表"))
        self._values = written.value
        for key in self._values:
            if key not in known:
                hint = say(en=f"known: {', '.join(known)}", zh=f"可用：{', '.join(known)}")
                raise written.wrong(say(en=f"the key {key!r} is not known", zh=f"不认识键 {key!r}"), hint=hint, key=key)

    def given(self, key: str, how: Callable[[Written], Read]) -> Read | None:
        """Return what a key says, read somehow; None where nothing is written."""
        one = self._values.get(key)
        return None if one is None or one.value is None else how(one)

    def text(self, key: str, *, needed: bool = False) -> str:
        """Return a text; empty where nothing is written."""
        found = self.given(key, _text) or ""
        if needed and not found:
            raise self.written.wrong(say(en=f"{key!r} is missing", zh=f"缺少 {key!r}"), key=key)
        return found

    def number(self, key: str, usual: float, least: float, most: float) -> float:
        """Return a number; the usual one where nothing is written."""
        found = self.given(key, lambda one: _number(one, least, most))
        if found is not None and key == "port" and found != int(found):
            raise self._values[key].wrong(say(en="a port is a whole number", zh="端口必须是整数"))
        return usual if found is None else found

    def choice(self, key: str, usual: Choice) -> Choice:
        """Return one of a few words; the usual one where nothing is written."""
        text = self.text(key)
        if not text:
            return usual
        words = [str(one) for one in type(usual)]
        if text not in words:
            said = say(en=f"{text!r} is none of: {', '.join(words)}", zh=f"{text!r} 不在可选值之内：{', '.join(words)}")
            raise self._values[key].wrong(said)
        return type(usual)(text)

    def path(self, key: str, here: Path) -> Path | None:
        """Return a path, relative to the course's folder; None where nothing is written."""
        text = self.text(key)
        return here / Path(text).expanduser() if text else None

    def mapping(self, key: str) -> dict[str, Written]:
        """Return what stands below a key, by its keys; empty where nothing is written."""
        one = self._values.get(key)
        if one is None or one.value is None:
            return {}
        if not isinstance(one.value, dict):
            raise one.wrong(say(en="a list of `key: value` is missing here", zh="这里应当是“键: 值”的列表"))
        below: dict[str, Any] = one.value
        return below

    def line_of(self, key: str, below: str) -> int:
        """Return the line of a key that stands below another."""
        return self._values[key].lines[below]

    def part(self, key: str, known: Iterable[str]) -> "_Part":
        """Return the mapping below a key."""
        one = self._values.get(key)
        return _Part(one if one is not None else Written(None, self.written.file, self.written.line), known)
