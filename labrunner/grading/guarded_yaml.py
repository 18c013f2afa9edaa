"""YAML that a person wrote, read with care: each text with its line; no aliases, tags or twin keys, nothing huge."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labrunner.errors import UsageError
from labrunner.words import say

MOST_BYTES = 256 * 1024
"""A course of a hundred labs with points for each check takes a tenth of it."""
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Written:
    """A value with the place where it is written.

    Attributes:
        value: a text (also where YAML would see a number, a date or a truth), a list or a dict of further ones, or
            None where nothing is written.
        file, line: the place.
        lines: of a dict, the line of each key.
    """

    value: Any
    file: Path
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def wrong(self, sentence: str, *, hint: str = "", key: str = "") -> UsageError:
        """Return the error that says what is wrong here, or at one of its keys."""
        return UsageError(f"{self.file}:{self.lines.get(key, self.line)}: {sentence}", hint=hint)


def read(file: Path) -> Written:
    """Read a file of one mapping.

    Raises:
        UsageError: it is missing, too large, no UTF-8, no YAML, or more than a plain mapping; file and line are named.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{file} cannot be read: {why}", zh=f"无法读取 {file}：{why}")) from wrong
    return parsed(raw, file)


def parsed(raw: bytes, file: Path) -> Written:
    """Return what bytes hold; see `read`.

    Args:
        raw: the bytes.
        file: what they are called in messages.

    Raises:
        UsageError: as `read` does.
    """
    import yaml

    if len(raw) > MOST_BYTES:
        size = MOST_BYTES // 1024
        raise UsageError(say(en=f"{file} is larger than {size} KiB", zh=f"{file} 超过 {size} KiB"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise UsageError(
            say(en=f"{file}:{line}: not UTF-8", zh=f"{file}:{line}: 不是 UTF-8 编码"),
            hint=say(en="save the file as UTF-8", zh="请把文件另存为 UTF-8"),
        ) from wrong
    try:
        return _Walk(file, yaml.SafeLoader(text)).whole()
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark is not None else str(file)
        problem = getattr(wrong, "problem", None) or str(wrong).splitlines()[0]
        said = say(en=f"{place}: it is no YAML: {problem}", zh=f"{place}: 不是合法的 YAML：{problem}")
        raise UsageError(said) from wrong


class _Walk:
    """Turns the events of a loader into written values; nothing is ever constructed by a tag."""

    def __init__(self, file: Path, loader: Any) -> None:
        self._file, self._loader = file, loader

    def whole(self) -> Written:
        from yaml import events

        self._next(events.StreamStartEvent)
        if self._loader.check_event(events.StreamEndEvent):
            raise UsageError(say(en=f"{self._file} is empty", zh=f"{self._file} 是空的"))
        self._next(events.DocumentStartEvent)
        found = self._value(0)
        self._next(events.DocumentEndEvent)
        if not self._loader.check_event(events.StreamEndEvent):
            line = self._loader.peek_event().start_mark.line + 1
            raise self._wrong(line, say(en="a second document begins here", zh="这里开始了第二个文档"))
        if not isinstance(found.value, dict):
            raise found.wrong(say(en="it is no list of `key: value`", zh="内容不是“键: 值”的形式"))
        return found

    def _next(self, kind: type) -> Any:
        event = self._loader.get_event()
        if not isinstance(event, kind):
            raise self._wrong(event.start_mark.line + 1, say(en="it is not understood", zh="无法理解"))
        return event

    def _value(self, depth: int) -> Written:
        from yaml import events

        event = self._loader.get_event()
        line = event.start_mark.line + 1
        if isinstance(event, events.AliasEvent) or event.anchor is not None:
            raise self._wrong(line, say(en="anchors and aliases are not taken", zh="不接受锚点和别名"))
        if event.tag is not None:
            raise self._wrong(line, say(en=f"the tag {event.tag} is not taken", zh=f"不接受标签 {event.tag}"))
        if depth > DEEPEST:
            raise self._wrong(line, say(en="it is nested too deeply", zh="嵌套太深"))
        if isinstance(event, events.ScalarEvent):
            nothing = event.style is None and event.value in ("", "~", "null")
            return Written(None if nothing else event.value, self._file, line)
        if isinstance(event, events.SequenceStartEvent):
            items = []
            while not self._loader.check_event(events.SequenceEndEvent):
                items.append(self._value(depth + 1))
            self._loader.get_event()
            return Written(items, self._file, line)
        return self._mapping(line, depth)

    def _mapping(self, line: int, depth: int) -> Written:
        from yaml import events

        values: dict[str, Written] = {}
        lines: dict[str, int] = {}
        while not self._loader.check_event(events.MappingEndEvent):
            key = self._value(depth + 1)
            if not isinstance(key.value, str):
                raise key.wrong(say(en="a key is a word", zh="键必须是一个词"))
            if key.value in values:
                first = lines[key.value]
                raise key.wrong(
                    say(
                        en=f"{key.value!r} is written twice, first in line {first}",
                        zh=f"{key.value!r} 写了两次，第一次在第 {first} 行",
                    )
                )
            lines[key.value] = key.line
            values[key.value] = self._value(depth + 1)
        self._loader.get_event()
        return Written(values, self._file, line, lines)

    def _wrong(self, line: int, sentence: str) -> UsageError:
        return UsageError(f"{self._file}:{line}: {sentence}")
