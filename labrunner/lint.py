"""What can be said about a lab without running it: each complaint with its file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labrunner import coverage, coverage_file
from labrunner.catalog import LoadedLab
from labrunner.lab import NOUNS, Check, Lab
from labrunner.lint_words import of_words
from labrunner.operation import PLACEHOLDER, Operation, acts, texts
from labrunner.script import commands
from labrunner.words import say

LONGEST = 300
"""Lines of a lab's longest file of logic."""
FILES = frozenset({"lab.zh.md", "lab.en.md", "files", "wrong", "__pycache__"})
FORGOTTEN = re.compile(
    r"(?:[A-Za-z_]\w*=(?:\S*|'[^']*'|\"[^\"]*\"|\$\(.*\))|(?:cd|export|set|umask) [^;&|]*)", re.DOTALL
)
ALWAYS = frozenset({"registry", "port", "namespace", "files"})
"""Placeholders that every lab has."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is wrong with a lab.

    Attributes:
        file: where.
        line: which line, from 1.
        sentence: what is wrong.
    """

    file: Path
    line: int
    sentence: str


def lint(loaded: LoadedLab) -> list[Complaint]:
    """Return everything that can be said against a lab without running it; empty where nothing can.

    Args:
        loaded: the lab and its words.
    """
    sources = {file: file.read_text(encoding="utf-8") for file in _logic(loaded.entry.folder)}
    found = [_placed(sources, needle, said) for needle, said in _of_logic(loaded)]
    for file, source in sources.items():
        if (length := len(source.splitlines())) > LONGEST:
            said = say(en=f"{length} lines, over {LONGEST}", zh=f"有 {length} 行，超过 {LONGEST} 行")
            found.append(Complaint(file, LONGEST, said))
    for file, needle, said in of_words(loaded, names_of(loaded)):
        found.append(Complaint(file, line_of(file.read_text(encoding="utf-8"), needle), said))
    return [*found, *_of_folder(loaded), *_of_notes(loaded)]


def _logic(folder: Path) -> list[Path]:
    """Return lab.py, then the other files of a lab's logic."""
    every = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    return sorted(every, key=lambda path: path.name != "lab.py")


def _placed(sources: dict[Path, str], needle: str, said: str) -> Complaint:
    """Return a complaint about the first file in which a text stands; about lab.py where it stands in none."""
    file = next((file for file, source in sources.items() if needle in source), next(iter(sources)))
    return Complaint(file, line_of(sources[file], needle), said)


def names_of(loaded: LoadedLab) -> frozenset[str]:
    """Return every name that may stand in braces in a lab's scripts, fresh values apart."""
    values = {value.name for value in loaded.lab.values.values() if value.kind != "fresh"}
    return _given(loaded.lab) | set(loaded.lab.images) | values


def _given(lab: Lab) -> frozenset[str]:
    """Return the values that a lab has without declaring them."""
    return ALWAYS | frozenset(lab.told)


def line_of(source: str, needle: str) -> int:
    """Return the line on which a text first stands, from 1; 1 where it does not."""
    at = source.find(needle) if needle else -1
    return source.count("\n", 0, at) + 1 if at >= 0 else 1


def _of_logic(loaded: LoadedLab) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in lab.py: a text near it, and the sentence."""
    lab, known = loaded.lab, names_of(loaded)
    for script in lab.prepared:
        yield from _unknown(script, known)
        yield from _forgotten(script)
    for step in lab.steps:
        for operation in _operations(loaded, step.id):
            for text in texts(operation):
                yield from _unknown(text, known)
            for act in acts(operation):
                yield from _forgotten(act) if isinstance(act, str) else ()
        yield from _same(loaded, step.id)
    fresh = {value.name for value in lab.values.values() if value.kind == "fresh"}
    read = {name for check in lab.checks for name in check.parameters}
    for probe in lab.probes:
        yield from _unknown(probe.command, known | fresh)
        if not probe.name or probe.name not in read:
            name = probe.name or probe.command
            yield probe.command, say(en=f"no check reads the probe {name!r}", zh=f"没有检查读取探针 {name!r}")
    for check in lab.checks:
        yield from _strangers(loaded, check)


def _forgotten(script: str) -> Iterator[tuple[str, str]]:
    """Yield commands that only change the shell that runs them: the next command has a shell of its own."""
    for command in commands(script):
        if FORGOTTEN.fullmatch(command.strip()):
            said = say(
                en=f"the next command knows nothing of `{command.strip()}`: each has a shell of its own",
                zh=f"下一条命令不知道 `{command.strip()}`：每条命令都在自己的 shell 里运行",
            )
            yield command, said


def _operations(loaded: LoadedLab, step_id: str) -> list[Operation]:
    step = loaded.lab.find(step_id)
    if step is None:
        return []
    wrong = [mutant.operation for check in step.checks for mutant in check.wrong.values()]
    return [step.solve, *step.also.values(), *wrong]


def _unknown(text: str, known: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    for word in PLACEHOLDER.findall(text):
        if word not in known:
            yield "{" + word + "}", say(en=f"{{{word}}} stands for nothing", zh=f"{{{word}}} 没有对应的值")


def _same(loaded: LoadedLab, step_id: str) -> Iterator[tuple[str, str]]:
    """Yield ways that are the solution, or one another, under a second name."""
    step = loaded.lab.find(step_id)
    if step is None:
        return
    right = {_flat(step.solve): "solve"}
    for name, way in step.also.items():
        if twin := right.get(_flat(way)):
            yield (
                f'"{name}"',
                say(en=f"the alternative {name!r} is {twin!r} again", zh=f"做法 {name!r} 与 {twin!r} 相同"),
            )
        right.setdefault(_flat(way), name)
    for check in step.checks:
        for name, mutant in check.wrong.items():
            if twin := right.get(_flat(mutant.operation)):
                yield (
                    f'"{name}"',
                    say(
                        en=f"the mutant {name!r} is right: it is {twin!r}",
                        zh=f"错误做法 {name!r} 其实是对的：与 {twin!r} 相同",
                    ),
                )


def _flat(operation: Operation) -> str:
    return "\n".join(" ".join(text.split()) for text in texts(operation))


def _strangers(loaded: LoadedLab, check: Check) -> Iterator[tuple[str, str]]:
    lab = loaded.lab
    declared = {*_given(lab), *lab.values, *lab.images}
    known = {*NOUNS, *(probe.name for probe in lab.probes), *(name.replace("-", "_") for name in declared)}
    for name in check.parameters:
        if name not in known:
            yield (
                f"def {check.id}(",
                say(
                    en=f"{check.id} asks for {name!r}, which is no noun, probe, value or image",
                    zh=f"{check.id} 的参数 {name!r} 不是名词、探针、值或镜像",
                ),
            )


def _of_folder(loaded: LoadedLab) -> Iterator[Complaint]:
    folder = loaded.entry.folder
    for path in sorted(folder.iterdir()):
        if path.name not in FILES and path.suffix != ".py":
            yield Complaint(path, 1, say(en="a lab folder holds no such file", zh="实验目录里不应有这个文件"))


def _of_notes(loaded: LoadedLab) -> Iterator[Complaint]:
    """Yield where the lab and what its notes claim do not meet; nothing where no statements are beside it."""
    entry = loaded.entry
    sections = coverage_file.read(coverage_file.folder_of(entry.folder.parent))
    if not sections:
        return
    if (entry.slug, entry.heading) not in {(section.lab, section.heading) for section in sections}:
        contents = entry.folder.parent / "__init__.py"
        said = say(
            en=f"the notes have no section {entry.heading!r} of the lab {entry.slug!r}",
            zh=f"笔记里没有对应实验 {entry.slug!r} 的 {entry.heading!r} 这一节",
        )
        yield Complaint(contents, line_of(contents.read_text(encoding="utf-8"), f'"{entry.heading}"'), said)
    labs = coverage.steps_of([loaded])
    for section, statement, named in coverage.strangers(sections, labs):
        line = line_of(section.file.read_text(encoding="utf-8"), f"[{statement.id}]")
        yield Complaint(section.file, line, coverage.is_strange(statement, named))
    sources = {file: file.read_text(encoding="utf-8") for file in _logic(entry.folder)}
    for step in coverage.unnamed(sections, labs):
        said = say(en=f"no statement of the notes names {step}", zh=f"笔记的陈述里没有一条写到 {step}")
        yield _placed(sources, f'"{step.partition("/")[2]}"', said)
