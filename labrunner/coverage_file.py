"""The statements of a set of notes as they are written down: a TOML file a section."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labrunner.coverage import Section, Statement
from labrunner.errors import LabBroken
from labrunner.lab import ID
from labrunner.reading import text_of
from labrunner.words import LANGUAGES, say

FOLDER = "coverage"
"""The folder beside a set of labs: a file a section, named after its place and its lab: 1-docker-basics.toml."""
NAME = re.compile(r"([1-9][0-9]*)-(.+)")
AT = re.compile(r"at line (\d+)")
"""Where tomllib stopped."""
ANSWERS = ("steps", "see", "opinion")
STATEMENT = frozenset({"zh", "en", "corrected", *ANSWERS})


def folder_of(root: Path) -> Path:
    """Return where the statements beside a set of labs are.

    Args:
        root: the folder that holds the labs' folders.
    """
    return root / FOLDER


def read(folder: Path) -> tuple[Section, ...]:
    """Read what a set of notes claims, in the order of its sections; nothing where the folder is missing.

    Args:
        folder: of the TOML files.

    Raises:
        LabBroken: a file does not hold what it must hold; the sentence names the file and the statement.
    """
    found = [_section(file, lab) for _, lab, file in sorted(_named(file) for file in folder.glob("*.toml"))]
    seen: set[str] = set()
    for section in found:
        for name in (section.heading, *(statement.id for statement in section.statements)):
            if name in seen:
                raise _broken(section.file, say(en=f"{name!r} is written twice", zh=f"{name!r} 写了两次"))
            seen.add(name)
    _know(found)
    return tuple(found)


def _named(file: Path) -> tuple[int, str, Path]:
    """Return the place in the notes and the lab that a file's name says."""
    named = NAME.fullmatch(file.stem)
    if not named or not ID.fullmatch(named[2]):
        said = say(
            en="its name is not a place and a lab: 1-docker-basics.toml",
            zh="文件名不是“序号-实验”：1-docker-basics.toml",
        )
        raise _broken(file, said)
    return int(named[1]), named[2], file


def _section(file: Path, lab: str) -> Section:
    try:
        raw = tomllib.loads(text_of(file))
    except (ValueError, RecursionError) as wrong:  # numbers and lists without end are none of tomllib's own errors
        at = AT.search(str(wrong))
        why = str(wrong)[:200]
        raise _broken(file, say(en=f"it is no TOML: {why}", zh=f"不是 TOML：{why}"), at[1] if at else "") from wrong
    heading, empty = raw.pop("heading", None), _flag(file, "heading", raw, "empty")
    raw.pop("empty", None)
    if not _is_sentence(heading):
        raise _broken(file, say(en="it names no heading", zh="没有写 heading"))
    if not raw:
        raise _broken(file, say(en=f"{heading!r} has no statement", zh=f"{heading!r} 没有任何陈述"))
    return Section(heading, lab, empty, tuple(_statement(file, id_, one) for id_, one in raw.items()), file)


def _statement(file: Path, id_: str, raw: Any) -> Statement:
    if not ID.fullmatch(id_):
        raise _broken(file, say(en=f"{id_!r} is no name in kebab-case", zh=f"{id_!r} 不是 kebab-case 的名字"))
    if not isinstance(raw, dict) or not _is_bilingual({spoken: raw.get(spoken) for spoken in LANGUAGES}):
        raise _broken(file, say(en=f"{id_!r} is not said in zh and en", zh=f"{id_!r} 没有同时用 zh 和 en 说明"))
    for key in raw:
        if key not in STATEMENT:
            raise _broken(file, say(en=f"{id_!r} has an unknown key {key!r}", zh=f"{id_!r} 有不认识的键 {key!r}"))
    given = [name for name in ANSWERS if name in raw]
    if len(given) > 1:
        both = " + ".join(given)
        raise _broken(file, say(en=f"{id_!r} has more than one answer: {both}", zh=f"{id_!r} 的答案不止一个：{both}"))
    steps, see, opinion = raw.get("steps", []), raw.get("see", ""), raw.get("opinion")
    if not isinstance(steps, list) or not all(_is_step(step) for step in steps) or ("steps" in raw and not steps):
        said = say(
            en=f'the steps of {id_!r} are not written as ["lab/step"]', zh=f'{id_!r} 的 steps 要写成 ["lab/step"]'
        )
        raise _broken(file, said)
    if not isinstance(see, str) or ("see" in raw and not ID.fullmatch(see)):
        raise _broken(file, say(en=f"what {id_!r} says to see is no lab's name", zh=f"{id_!r} 的 see 不是实验的名字"))
    if opinion is not None and not _is_bilingual(opinion):
        said = say(
            en=f"{id_!r} is an opinion without a reason in zh and en", zh=f"{id_!r} 是看法，但没有用 zh 和 en 说明理由"
        )
        raise _broken(file, said)
    words: dict[str, str] = {spoken: raw[spoken] for spoken in LANGUAGES}
    return Statement(id_, words, tuple(steps), see, opinion, _flag(file, id_, raw, "corrected"))


def _know(sections: list[Section]) -> None:
    """Demand that every lab that an answer names is a section's, and that a statement sends nobody to its own."""
    known = {section.lab for section in sections}
    for section in sections:
        for statement in section.statements:
            for lab in statement.labs:
                if lab not in known:
                    said = say(
                        en=f"{statement.id!r} names {lab!r}, which is no section's lab",
                        zh=f"{statement.id!r} 写了 {lab!r}，但没有哪一节的实验叫这个名字",
                    )
                    raise _broken(section.file, said)
            if statement.see == section.lab:
                said = say(
                    en=f"{statement.id!r} says to see its own lab; name the step",
                    zh=f"{statement.id!r} 的 see 指向自己的实验；请写出步骤",
                )
                raise _broken(section.file, said)


def _flag(file: Path, name: str, raw: Mapping[str, Any], key: str) -> bool:
    value = raw.get(key, False)
    if not isinstance(value, bool):
        raise _broken(
            file, say(en=f"{key} of {name!r} is not true or false", zh=f"{name!r} 的 {key} 不是 true 或 false")
        )
    return value


def _is_step(value: object) -> bool:
    return isinstance(value, str) and value.count("/") == 1 and all(map(ID.fullmatch, value.split("/")))


def _is_bilingual(value: object) -> bool:
    return isinstance(value, dict) and set(value) == set(LANGUAGES) and all(_is_sentence(one) for one in value.values())


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _broken(file: Path, sentence: str, line: str = "") -> LabBroken:
    """Return the error; a statement's own begins with its name, by which its line is found."""
    if not line and (named := re.match(r".*?'([^']+)'", sentence)):
        needle = re.compile(
            rf"""^[ \t]*(?:\[["']?{re.escape(named[1])}["']?[\].]|.*["']?{re.escape(named[1])}["']?\s*=)""",
            re.MULTILINE,
        )
        text = text_of(file)
        found = needle.search(text)
        line = str(text.count("\n", 0, found.start() if found else 0) + 1)
    return LabBroken(f"{file}:{line or 1}: {sentence}")
