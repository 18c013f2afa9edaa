"""What was expected and what was found, as a person says it."""

import json
from typing import Any

from labrunner.render.plain import one_line
from labrunner.words import say


def phrase(value: Any) -> str:
    """Return a JSON value of a verdict on one line, harmless; `{"contains": …}` and its like become phrases."""
    if isinstance(value, dict) and len(value) == 1:
        ((verb, wanted),) = value.items()
        if (said := _verb(str(verb), wanted)) is not None:
            return one_line(said)
    return one_line(_bare(value))


def _verb(verb: str, wanted: Any) -> str | None:
    if verb == "one of" and isinstance(wanted, list):
        choices = ", ".join(_bare(item) for item in wanted)
        return say(en=f"one of: {choices}", zh=f"其中之一：{choices}")
    bare = _bare(wanted)
    return {
        "contains": say(en=f"contains {bare}", zh=f"包含 {bare}"),
        "matches": say(en=f"matches {bare}", zh=f"匹配 {bare}"),
        "at least": say(en=f"at least {bare}", zh=f"至少 {bare}"),
        "there": say(en=f"there is {bare}", zh=f"存在 {bare}"),
        "absent": say(en=f"there is no {bare}", zh=f"不存在 {bare}"),
    }.get(verb)


def _bare(value: Any) -> str:
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False, default=str)
