"""A question as Markdown, to be pasted where others help; nothing in it can break its fences."""

import io
import re

from labrunner.question import Question
from labrunner.render import diagnosis
from labrunner.render.plain import plain
from labrunner.render.screen import Screen
from labrunner.words import say

WIDTH = 96
TEXT, OBJECT = 34, 18
"""Lines of what does not hold, and of the object: the whole is about 60."""
TICKS = re.compile(r"`+")


def markdown(asked: Question) -> str:
    """Return the question as Markdown.

    Args:
        asked: without what is private.
    """
    parts = [_head(asked)]
    if asked.verdicts:
        parts.append(fenced(_told(asked), "text"))
    else:
        parts.append(say(en="Every claim of this lab holds.", zh="这个实验的检查全部成立。"))
    if asked.object:
        parts += [f"{_code(asked.subject)}:", fenced(cut(_yaml(asked.object), OBJECT), "yaml")]
    parts.append(" · ".join(f"{name} {_inline(text)}" for name, text in asked.versions.items() if text))
    return "\n\n".join(parts) + "\n"


def fenced(text: str, language: str) -> str:
    """Return text as a code block: its fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def cut(text: str, lines: int) -> str:
    """Return the first lines of a text, and how many are left out."""
    kept = plain(text).rstrip("\n").split("\n")
    if len(kept) <= lines:
        return "\n".join(kept)
    left = len(kept) - lines + 1
    return "\n".join([*kept[: lines - 1], say(en=f"# … {left} more lines", zh=f"# …… 还有 {left} 行")])


def _head(asked: Question) -> str:
    if not asked.step:
        return f"**labrunner** · {_inline(asked.lab)}"
    where = say(en=f"step {asked.number} of {asked.of}", zh=f"第 {asked.number}/{asked.of} 步")
    return f"**labrunner** · {_inline(asked.lab)} · {where} · {_inline(asked.title)} ({_code(asked.step)})"


def _told(asked: Question) -> str:
    from labrunner.outcome import Report

    stream = io.StringIO()
    screen = Screen(stream, width=WIDTH, colour=False, fancy=True)
    diagnosis.show_failing(screen, Report(asked.lab, asked.verdicts))
    return cut(stream.getvalue(), TEXT)


def _yaml(value: object) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=False, width=WIDTH)
    return text


def _inline(text: str) -> str:
    """Return text in which Markdown and HTML find nothing to do."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(plain(text).split()))


def _code(text: str) -> str:
    """Return text as inline code, whatever backticks are in it."""
    flat = " ".join(plain(text).split())
    ticks = "`" * (max((len(run) for run in TICKS.findall(flat)), default=0) + 1)
    return f"{ticks} {flat} {ticks}" if "`" in flat else f"{ticks}{flat}{ticks}"
