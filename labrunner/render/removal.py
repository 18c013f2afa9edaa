"""What a removal took away, what it left and why."""

import re
from collections import Counter
from typing import Any

from labrunner.render.screen import Screen
from labrunner.words import say

KINDS = {"containers": "容器", "networks": "网络", "volumes": "卷", "images": "镜像", "namespaces": "命名空间"}
HASH = re.compile(r"\b[0-9a-f]{64}\b")
NAMED = 6
"""So many names of one kind are printed; more are counted."""


def show(screen: Screen, removal: Any) -> None:
    """Print a removal: what is gone by kind, what stays with the reason, what was not agreed to."""
    gone: dict[str, list[str]] = {}
    for one in removal.removed:
        gone.setdefault(one.kind, []).append(short(one.name))
    for kind, names in gone.items():
        shown = ", ".join(names[:NAMED]) + (f" +{len(names) - NAMED}" if len(names) > NAMED else "")
        screen.line(
            say(en=f"{kind}: {shown}", zh=f"{_kind(kind)}：{shown}"), lead=(screen.symbol("pass") + " ", "good")
        )
    for one, why in removal.kept:
        said = say(
            en=f"{_kind(one.kind)} {short(one.name)} stays: {why}",
            zh=f"{_kind(one.kind)} {short(one.name)} 保留：{why}",
        )
        screen.line(said, lead=(screen.symbol("blocked") + " ", "soon"))
    for kind, number in Counter(one.kind for one in declined(removal)).items():
        said = say(
            en=f"{_kind(kind)}: {number} left where they are, as you said",
            zh=f"{_kind(kind)}：按你的意思保留 {number} 个",
        )
        screen.line(said, lead=(screen.symbol("blocked") + " ", "soon"))
    if not (gone or removal.kept):
        screen.line((say(en="there was nothing to remove", zh="没有需要移除的东西"), "dim"))


def short(name: str) -> str:
    """Return a name as people can read it: of an anonymous volume's, or an ID, the first twelve digits."""
    return HASH.sub(lambda match: match[0][:12], name)


def declined(removal: Any) -> list[Any]:
    """Return what was not agreed to be removed."""
    found = getattr(removal, "declined", None) or getattr(removal, "foreign", None) or []
    return list(found)


def _kind(kind: str) -> str:
    return say(en=kind, zh=KINDS.get(kind, kind))
