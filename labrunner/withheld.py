"""What a snapshot does not tell: a marker in the place of a secret, or of what was cut for its length.

A place that was withheld is there, so it is never absent; what stands there is not known, so nothing that needs it is
a pass or a fail: comparing it raises NotRecorded, which becomes an `error`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from labrunner.facts import NotRecorded
from labrunner.words import say

SECRET = "‹withheld›"  # noqa: S105 - what stands in the place of one
"""In the place of a secret."""
CUT = "‹cut›"
"""At the end of a text that was too long."""
MARK = re.compile(f"{SECRET}|{CUT}")
READS = (
    "__contains__", "__getitem__", "__gt__", "__ge__", "__iter__", "__le__", "__len__", "__lt__", "casefold",
    "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal", "isdigit", "isnumeric", "lower",
    "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit",
    "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
)  # fmt: skip
"""Ways to read a text that cannot be answered where a part of it is not known."""


class Withheld(str):
    """A text of which a part, or all, is not known; it can be printed, and nothing else."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """False where the known part differs; unknown otherwise."""
        if not isinstance(other, str):
            return False
        if not isinstance(other, Withheld) and not _could_be(str(self), other):
            return False
        return unknown()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        """Raise: in a set it would be looked for, and not found."""
        return unknown()


def _reading(name: str) -> Callable[..., NoReturn]:
    def read(*_: object, **__: object) -> NoReturn:
        unknown()

    read.__name__ = name
    return read


for _name in READS:
    setattr(Withheld, _name, _reading(_name))


def unknown() -> NoReturn:
    """Raise NotRecorded: what is asked for was withheld."""
    raise NotRecorded(
        say(en="what is asked for was withheld: a secret, or too long", zh="所需内容没有记录：属于机密，或过长被截断")
    )


def hides(value: Any) -> bool:
    """Tell whether a marker stands anywhere in a value."""
    if isinstance(value, str):
        return "‹" in str(value) and MARK.search(str(value)) is not None
    if isinstance(value, Mapping):
        return any(hides(name) or hides(item) for name, item in value.items())
    return isinstance(value, list | tuple | set | frozenset) and any(hides(item) for item in value)


def known_parts(text: str) -> list[str]:
    """Return the pieces of a text between its markers."""
    return MARK.split(str(text))


def marked(value: Any) -> Any:
    """Return JSON values in which every text with a marker is a Withheld; lists and dictionaries without one as is."""
    if isinstance(value, str):
        return Withheld(value) if hides(value) else value
    if isinstance(value, list):
        new = [marked(item) for item in value]
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    if isinstance(value, dict):
        made = {name: marked(item) for name, item in value.items()}
        return value if all(made[name] is item for name, item in value.items()) else made
    return value


def prescribing(text: str, own: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a text is no secret: it stands in what is public, or holds one of the lab's values."""
    return lambda asked: asked in text or any(value in asked for value in own)


def _could_be(text: str, other: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in known_parts(text))
    return re.fullmatch(pattern, other, re.DOTALL) is not None
