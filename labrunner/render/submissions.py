"""A submission, as its learner sees it: what is taken, what is ignored, what is missing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labrunner.render.screen import Screen
from labrunner.words import say

SHOWN = 12
"""Ignored files that are shown; --json has more."""


def begun(screen: Screen, folder: Path, written: Sequence[Path]) -> None:
    """Print what was written of a new submission, and what comes next."""
    many = len(written)
    screen.line(say(en=f"{folder}: {many} files written", zh=f"{folder}：写出 {many} 个文件"))
    if not many:
        screen.line((say(en="all of it was there already, and was left alone", zh="全部已存在，没有改动"), "dim"))
    where = say(en="fill the scripts in, then: ", zh="填好脚本后：")
    screen.line((f"{where}labrunner submit check {folder}", "dim"))


def drafted(screen: Screen, made: Sequence[Path], left: Sequence[Path]) -> None:
    """Print which scripts were drafted, and that they are to be read."""
    for file in made:
        screen.verbatim(str(file), lead="  ", style="code")
    if left:
        names = ", ".join(file.name for file in left)
        screen.line((say(en=f"left alone: {names}", zh=f"没有改动：{names}"), "dim"))
    screen.line(
        (
            say(
                en="read them and mend them: what you edited in files, or typed elsewhere, is not in them",
                zh="请逐个阅读并修改：在编辑器里改的、在别处输入的都不在里面",
            ),
            "soon",
        )
    )


def record(submission: Any, standing: Any) -> dict[str, Any]:
    """Return a submission's standing as JSON-able values."""
    return {
        "schema": 1,
        "student": submission.student,
        "course": submission.course,
        "digest": submission.digest,
        "commit": submission.commit,
        "files": {slug: list(work.files) for slug, work in submission.labs.items()},
        "ignored": list(submission.ignored),
        **standing.record(),
    }


def show(screen: Screen, submission: Any, standing: Any) -> None:
    """Print what a submission holds, lab by lab."""
    screen.line((submission.student, "title"), (f"  {submission.course}", ""), (f"  {submission.digest[:16]}", "dim"))
    for lab in standing.labs:
        all_of, here = len(lab.steps) + len(lab.missing), len(lab.steps)
        good = not lab.missing and not lab.complaints
        mark = (screen.symbol("pass" if good else "dot") + " ", "good" if good else "soon")
        said = say(en=f"{here} of {all_of} steps", zh=f"{here}/{all_of} 步")
        screen.line((lab.lab, "code"), f"  {said}", lead=mark)
        if lab.missing:
            screen.line((say(en="missing: ", zh="缺少：") + ", ".join(lab.missing), "dim"), lead="    ")
        for complaint in lab.complaints:
            screen.line(complaint, lead=(f"  {screen.symbol('fail')} ", "bad"))
    for slug in standing.absent:
        said = say(en="nothing handed in", zh="没有提交")
        screen.line((slug, "code"), f"  {said}", lead=(f"{screen.symbol('dot')} ", "soon"))
    _ignored(screen, submission.ignored)


def packed(screen: Screen, made: Any, *, replaced: bool) -> None:
    """Print what a zip holds."""
    again = say(en=" (in the place of an earlier one)", zh="（替换了之前的）") if replaced else ""
    files, size = len(made.files), max(1, made.size // 1024)
    screen.line(
        say(en=f"{made.file}: {files} files, {size} KiB{again}", zh=f"{made.file}：{files} 个文件，{size} KiB{again}")
    )
    screen.line((made.digest, "dim"), lead=("SHA-256 ", "dim"))
    _ignored(screen, made.ignored)


def packed_record(made: Any) -> dict[str, Any]:
    """Return a zip that was made as JSON-able values."""
    return {
        "schema": 1,
        "file": str(made.file),
        "files": list(made.files),
        "ignored": list(made.ignored),
        "digest": made.digest,
    }


def _ignored(screen: Screen, names: Sequence[str]) -> None:
    if not names:
        return
    more = len(names) - SHOWN
    listed = ", ".join(names[:SHOWN]) + (say(en=f" and {more} more", zh=f" 等另外 {more} 个") if more > 0 else "")
    screen.line((say(en="ignored files: ", zh="忽略的文件：") + listed, "dim"))
