"""What can be said about a lab's words: names, secrets, and whether the languages say the same."""

import re
from collections.abc import Iterator
from pathlib import Path

from labrunner.catalog import LoadedLab
from labrunner.lab import NAME
from labrunner.operation import PLACEHOLDER
from labrunner.text import LabText, StepText
from labrunner.words import say

Said = tuple[Path, str, str]
"""A file, a text near the place, and the sentence."""
FENCED = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)


def of_words(loaded: LoadedLab, known: frozenset[str]) -> Iterator[Said]:
    """Yield what is wrong in the words.

    Args:
        loaded: the lab.
        known: what may stand in braces in its scripts.
    """
    secrets = {value.name for value in loaded.lab.values.values() if value.kind == "secret"}
    for text in loaded.texts.values():
        for part in _parts(text):
            yield from _braces(text.file, part, known - secrets, secrets)
            yield from _names(text.file, part, loaded.lab.names)
    yield from _languages(loaded)


def _parts(text: LabText) -> Iterator[str]:
    yield text.intro
    for step in text.steps.values():
        yield from _of_step(step)


def _of_step(step: StepText) -> Iterator[str]:
    yield from (step.title, step.task, *step.claims.values(), *step.hints, step.take_away)


def _braces(file: Path, part: str, known: frozenset[str], secrets: set[str]) -> Iterator[Said]:
    for word in PLACEHOLDER.findall(part):
        if word in secrets:
            yield file, "{" + word + "}", say(en=f"{{{word}}} is a secret", zh=f"{{{word}}} 是保密的值")
        elif word not in known:
            yield file, "{" + word + "}", say(en=f"{{{word}}} stands for nothing", zh=f"{{{word}}} 没有对应的值")


def _names(file: Path, part: str, prescribed: tuple[str, ...]) -> Iterator[Said]:
    for name in dict.fromkeys(NAME.findall(part)):
        if name not in prescribed:
            yield file, name, say(en=f"the lab makes no {name!r}", zh=f"实验里没有 {name!r}")


def _languages(loaded: LoadedLab) -> Iterator[Said]:
    """Yield steps whose languages differ in placeholders or in code."""
    first, *others = loaded.texts.values()
    for other in others:
        for step_id, step in first.steps.items():
            twin = other.steps[step_id]
            ours, theirs = _code(step), _code(twin)
            for missing in sorted(ours - theirs):
                yield other.file, f"## {step_id} ", _lacks(step_id, missing, first.file.name)
            for missing in sorted(theirs - ours):
                yield first.file, f"## {step_id} ", _lacks(step_id, missing, other.file.name)


def _lacks(step: str, missing: str, where: str) -> str:
    return say(en=f"{step}: {missing!r} stands in {where} only", zh=f"{step}：{missing!r} 只出现在 {where} 里")


def _code(step: StepText) -> set[str]:
    """Return what must be the same in every language: placeholders, commands, code; comments and Chinese apart."""
    whole = "\n".join(_of_step(step))
    found = {"{" + word + "}" for word in PLACEHOLDER.findall(whole)}
    for block in FENCED.findall(whole):
        found |= {" ".join(line.split()) for line in COMMENT.sub("", block).splitlines() if line.strip()}
    found |= {" ".join(code.split()) for code in CODE.findall(FENCED.sub("", whole))}
    return {code for code in found if code.isascii()}
