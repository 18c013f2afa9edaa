"""Reads a result back from its JSON: nothing in it is believed that can be computed again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labrunner.errors import UsageError
from labrunner.grading.result import MARK, SCHEMA, Audience, Result
from labrunner.grading.result_shape import RESULT, Wrong, built
from labrunner.outcome import Outcome
from labrunner.words import say

LARGEST = 8 * 1024 * 1024
"""Bytes of a file that are read at all."""
NEAR = 1e-3
"""Points that rounding may have taken."""


class ResultBroken(UsageError):
    """A file is no result that can be believed."""


class NoResult(ResultBroken):
    """A file is something else."""


class StudentsCopy(ResultBroken):
    """A file is the form of a result that its student is given."""


def read(path: Path) -> Result:
    """Read the result in a file.

    Args:
        path: what `grade` wrote for the teacher.

    Raises:
        NoResult: the file is not there, cannot be read, or is something else.
        StudentsCopy: it is the student's copy, which does not hold everything.
        ResultBroken: it is of another version, too large or damaged, or its points do not add up.
    """
    return parsed(_bytes(path), str(path))


def parsed(data: bytes, name: str) -> Result:
    """Return the result in JSON; raises as `read` does.

    Args:
        data: the file's content.
        name: what it is called in what is raised.
    """
    if MARK.encode() not in data:
        raise _none(name)
    try:
        raw = json.loads(data, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise _none(name) from None
    if not isinstance(raw, dict) or raw.get("what") != MARK:
        raise _none(name)
    if raw.get("schema") != SCHEMA or isinstance(raw["schema"], bool):
        said = str(raw.get("schema"))[:20]
        raise ResultBroken(
            say(
                en=f"{name} is a result of version {said}, and this labrunner reads version {SCHEMA}",
                zh=f"{name} 是第 {said} 版的成绩文件，本程序读取第 {SCHEMA} 版",
            )
        )
    if raw.get("audience", Audience.TEACHER) != Audience.TEACHER:
        raise StudentsCopy(
            say(
                en=f"{name} is the student's copy, which does not hold everything",
                zh=f"{name} 是给学生的副本，内容不完整",
            ),
            hint=say(en="the teacher's stands beside it", zh="请使用旁边给教师的那一份"),
        )
    try:
        found = built(Result, raw, RESULT)
        _adds_up(found, raw)
    except Wrong as wrong:
        raise ResultBroken(
            say(en=f"{name} is a damaged result: {wrong}", zh=f"{name} 是损坏的成绩文件：{wrong}")
        ) from None
    return found


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a folder, or a pipe into which perhaps nobody ever writes
            raise NoResult(say(en=f"{path} is no file", zh=f"{path} 不是文件"))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise NoResult(say(en=f"{path} cannot be read: {why}", zh=f"无法读取 {path}：{why}")) from broken
    except ValueError as broken:  # a name that no file can have
        raise NoResult(say(en=f"{path!r} is no file's name", zh=f"{path!r} 不是文件名")) from broken
    if len(data) > LARGEST:
        raise NoResult(
            say(
                en=f"{path} is larger than a result may be ({LARGEST >> 20} MiB)",
                zh=f"{path} 超过成绩文件的上限（{LARGEST >> 20} MiB）",
            )
        )
    return data


def _none(name: str) -> NoResult:
    return NoResult(say(en=f"{name} is no result of labrunner's", zh=f"{name} 不是 labrunner 的成绩文件"))


def _refused(word: str) -> Any:
    raise ValueError(word)


def _adds_up(found: Result, raw: Mapping[str, Any]) -> None:
    """Compute again what follows from the checks, and demand that it is what stands in the file."""
    slugs = [lab.lab for lab in found.labs]
    if len(set(slugs)) < len(slugs):
        raise Wrong(say(en="a lab is in it twice", zh="同一个实验出现了两次"))
    for lab, one in zip(found.labs, raw["labs"], strict=True):
        names = {(check.step, check.check) for check in lab.checks}
        if len(names) < len(lab.checks):
            raise Wrong(say(en=f"a check of {lab.lab} is in it twice", zh=f"{lab.lab} 的同一项检查出现了两次"))
        for check in lab.checks:
            if check.earned != (check.worth if check.outcome is Outcome.PASS else 0):
                raise Wrong(
                    say(
                        en=f"the points of {lab.lab}/{check.step}/{check.check} are not those of its outcome",
                        zh=f"{lab.lab}/{check.step}/{check.check} 的得分与结果不符",
                    )
                )
        if not (_same(one.get("earned"), lab.earned) and _same(one.get("worth"), lab.worth)):
            raise Wrong(say(en=f"the points of {lab.lab} do not add up", zh=f"{lab.lab} 的得分加起来与总分不符"))
    if raw.get("gradable") is not found.gradable or not _same(raw.get("mark"), found.mark):
        raise Wrong(say(en="the mark is not that of its checks", zh="总成绩与各项检查不符"))


def _same(said: Any, computed: float | None) -> bool:
    if said is None or computed is None:
        return said is computed
    return isinstance(said, int | float) and not isinstance(said, bool) and abs(said - computed) <= NEAR
