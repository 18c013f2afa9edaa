"""What was expected and what was found, as a person says it."""

import json
from collections.abc import Callable
from typing import Any

from labrunner.inert import escaped
from labrunner.render.plain import one_line
from labrunner.words import say


def phrases(expected: Any, found: Any) -> tuple[str, str]:
    """Return both values of a verdict, each on one line and harmless.

    Where they would look alike, what nobody sees in them is written as an escape: a value that is wrong by a character
    of no width must not look right.
    """
    said = phrase(expected), phrase(found)
    return said if said[0] != said[1] else (phrase(expected, whole=True), phrase(found, whole=True))


def phrase(value: Any, *, whole: bool = False) -> str:
    """Return a JSON value of a verdict on one line, harmless; `{"contains": …}` and its like become phrases.

    Args:
        value: the value.
        whole: whether what is harmful or not seen is written as an escape; it is left out otherwise.
    """
    say_it = _whole if whole else _bare
    if isinstance(value, dict) and len(value) == 1:
        ((verb, wanted),) = value.items()
        if (said := _verb(str(verb), wanted, say_it)) is not None:
            return one_line(said)
    return one_line(say_it(value))


def _verb(verb: str, wanted: Any, say_it: Callable[[Any], str]) -> str | None:
    if verb == "one of" and isinstance(wanted, list):
        choices = ", ".join(say_it(item) for item in wanted)
        return say(en=f"one of: {choices}", zh=f"其中之一：{choices}")
    bare = say_it(wanted)
    return {
        "contains": say(en=f"contains {bare}", zh=f"包含 {bare}"),
        "matches": say(en=f"matches {bare}", zh=f"匹配 {bare}"),
        "at least": say(en=f"at least {bare}", zh=f"至少 {bare}"),
        "there": say(en=f"there is {bare}", zh=f"存在 {bare}"),
        "absent": say(en=f"there is no {bare}", zh=f"不存在 {bare}"),
    }.get(verb)


def _whole(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, default=str))


def _bare(value: Any) -> str:
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False, default=str)
