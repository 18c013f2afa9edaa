"""The forms by their names, and how they are written into a folder."""

import importlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from labrunner import atomic
from labrunner.errors import UsageError
from labrunner.grading.result import Audience, Result
from labrunner.words import say

FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "json": (("own", "result.json"),),
    "junit": (("junit", "junit.xml"),),
    "ctrf": (("ctrf", "ctrf.json"),),
    "github": (("github", "annotations.txt"), ("markdown", "summary.md")),
    "gitlab": (("junit", "junit.xml"), ("markdown", "summary.md")),
    "classroom50": (("classroom50", "classroom50.json"),),
    "gradescope": (("gradescope", "gradescope.json"),),
    "csv": (("sheet", "result.csv"),),
    "html": (("result_page", "result.html"),),
    "markdown": (("markdown", "summary.md"),),
}
"""Form → the modules that make its files, and what those are called."""


def text(result: Result, module: str, audience: Audience) -> str:
    """Return one file of a form; empty where the form has nothing to say of a run that is no grade.

    Args:
        result: the result.
        module: as in FORMS.
        audience: who will see it.
    """
    make: Callable[..., str] = importlib.import_module(f"labrunner.render.results.{module}").form
    return make(result, audience, environ=os.environ) if module == "classroom50" else make(result, audience)


def write_forms(
    result: Result, folder: Path, formats: Iterable[str], audience: Audience = Audience.TEACHER
) -> tuple[Path, ...]:
    """Write forms of a result, each file whole or not at all, readable by its owner alone.

    Args:
        result: the result.
        folder: made where missing; a form's files of before are replaced, or removed where the form now has nothing
            to say.
        formats: names of FORMS.
        audience: who will see them: one folder is for one audience.

    Returns:
        the files that were written, each once.

    Raises:
        UsageError: no form has such a name, or the folder cannot be written to.
        DiskFull: the disk has no room.
    """
    wanted: dict[str, str] = {}
    for name in formats:
        wanted |= {file: module for module, file in named(name)}
    written = []
    for file, module in wanted.items():
        path = folder / file
        made = text(result, module, audience)
        try:
            if made:
                atomic.write_bytes(path, made.encode("utf-8", "backslashreplace"))
                written.append(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as broken:
            why = broken.strerror or type(broken).__name__
            raise UsageError(say(en=f"{path} cannot be written: {why}", zh=f"无法写入 {path}：{why}")) from broken
    return tuple(written)


def named(name: str) -> tuple[tuple[str, str], ...]:
    """Return the modules and files of a form; raises UsageError where none bears the name."""
    if name not in FORMS:
        raise UsageError(
            say(en=f"there is no form called {name!r}", zh=f"没有名为 {name!r} 的格式"), hint=" | ".join(FORMS)
        )
    return FORMS[name]
