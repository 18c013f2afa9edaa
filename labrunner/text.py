"""The words of a lab: reads lab.<lang>.md into task, claims, hints and what to take away."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from labrunner.errors import LabBroken
from labrunner.reading import text_of
from labrunner.words import Language

STEP = re.compile(r"^## ([a-z][a-z0-9-]*) · (.+)$")
CLAIM = re.compile(r"^- `(\w+)` — (.+)$")
HINTS = {"提示", "Hints"}
TAKE_AWAY = {"收获", "Take away"}
ITEM = re.compile(r"^\d+\.\s+(.*)$")


@dataclass(slots=True)
class StepText:
    """The words of one step; each is Markdown.

    Attributes:
        title: a short phrase.
        task: what to do.
        claims: what is true when it is done, by the check's id, in order.
        hints: vaguest first.
        take_away: what happened, and what it means in production.
        line: where it begins in the file.
    """

    title: str
    line: int
    task: str = ""
    claims: dict[str, str] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)
    take_away: str = ""


@dataclass(slots=True)
class LabText:
    """The words of one lab in one language."""

    file: Path
    title: str = ""
    intro: str = ""
    steps: dict[str, StepText] = field(default_factory=dict)


def read(folder: Path, language: Language) -> LabText:
    """Read a lab's words.

    Raises:
        LabBroken: the file is missing, is not UTF-8, or a line stands where none may.
    """
    file = folder / f"lab.{language}.md"
    if not file.exists():
        raise LabBroken(f"{file}: missing", hint=f"write it: # title, then ## step · title ({language})")
    lines = text_of(file).splitlines()
    return _Reader(LabText(file)).read(lines)


class _Reader:
    def __init__(self, text: LabText) -> None:
        self.text = text
        self.step: StepText | None = None
        self.part = "intro"

    def read(self, lines: list[str]) -> LabText:
        fenced = False
        for number, line in enumerate(lines, start=1):
            fenced ^= line.lstrip().startswith("```")
            if fenced or not self._heading(line, number):
                self._body(line, fenced=fenced)
        for step in self.text.steps.values():
            step.task = step.task.strip()
            step.take_away = step.take_away.strip()
            step.hints = [hint.strip() for hint in step.hints]
        self.text.intro = self.text.intro.strip()
        if not self.text.title:
            raise LabBroken(f"{self.text.file}: no title", hint="begin it with a line '# title'")
        return self.text

    def _heading(self, line: str, number: int) -> bool:
        if line.startswith("# ") and not self.text.title:
            self.text.title = line[2:].strip()
        elif line.startswith("## "):
            match = STEP.match(line)
            if match is None or match[1] in self.text.steps:
                raise LabBroken(f"{self.text.file}:{number}: not a new '## step · title': {line!r}")
            self.step = self.text.steps[match[1]] = StepText(match[2].strip(), number)
            self.part = "task"
        elif line.startswith("### "):
            title = line[4:].strip()
            if title not in HINTS | TAKE_AWAY or self.step is None:
                raise LabBroken(f"{self.text.file}:{number}: not a known part of a step: {title!r}")
            self.part = "hints" if title in HINTS else "take_away"
        else:
            return False
        return True

    def _body(self, line: str, *, fenced: bool) -> None:
        if self.step is None:
            self.text.intro += line + "\n"
        elif self.part == "task" and not fenced and (claim := CLAIM.match(line)):
            self.step.claims[claim[1]] = claim[2].strip()
        elif self.part == "hints":
            if not fenced and (item := ITEM.match(line)):
                self.step.hints.append(item[1])
            elif self.step.hints:
                self.step.hints[-1] += "\n" + re.sub(r"^ {1,3}", "", line)
        elif self.part == "take_away":
            self.step.take_away += line + "\n"
        else:
            self.step.task += line + "\n"
