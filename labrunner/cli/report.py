"""The class, for its teacher: report."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labrunner.cli.calling import AsJson, Calling, of
from labrunner.errors import UsageError
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labrunner.grading.gradebook import Gradebook


class Form(StrEnum):
    """What the class is printed or written as."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"


class Rows(StrEnum):
    """What a line of the CSV is of."""

    STUDENTS = "students"
    CHECKS = "checks"
    EACH = "each"


class Attempts(StrEnum):
    """Which run of a lab counts."""

    BEST = "best"
    LAST = "last"


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        help=say(
            en="The class, from the results of its students: marks, and what it did not understand.",
            zh="由学生的成绩文件得出全班的情况：成绩，以及哪些内容没有掌握。",
        )
    )(report)


def report(  # noqa: PLR0913, PLR0917 - one parameter an option, as typer reads them
    ctx: typer.Context,
    results: Annotated[
        list[str],
        typer.Argument(
            metavar="RESULT", help=say(en="results, and folders of results", zh="成绩文件，或放成绩文件的目录")
        ),
    ],
    form: Annotated[Form, typer.Option("--format", help=say(en="what it is written as", zh="输出格式"))] = Form.TABLE,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help=say(en="where to", zh="输出文件"), show_default=False)
    ] = "",
    course: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help=say(en="the course, whose rules apply", zh="课程文件，按其规则计分"),
            show_default=False,
        ),
    ] = "",
    roster: Annotated[
        str,
        typer.Option(
            metavar="CSV", help=say(en="student,name,email", zh="名单：student,name,email"), show_default=False
        ),
    ] = "",
    overrides: Annotated[
        str,
        typer.Option(
            metavar="CSV",
            help=say(en="marks by hand: student,lab,mark,reason", zh="手动成绩：student,lab,mark,reason"),
            show_default=False,
        ),
    ] = "",
    attempts: Annotated[
        Attempts | None,
        typer.Option(help=say(en="which run of a lab counts", zh="每个实验取哪一次"), show_default=False),
    ] = None,
    rows: Annotated[
        Rows, typer.Option(help=say(en="what a line of the CSV is of", zh="CSV 每行是什么"))
    ] = Rows.STUDENTS,
    as_json: AsJson = False,
) -> int:
    """Print or write the class; exit 2 where a file is not believed, and the others are reported all the same."""
    from labrunner.grading import course as courses
    from labrunner.grading import rules
    from labrunner.grading.assembling import assemble
    from labrunner.grading.collecting import collect

    calling = of(ctx)
    beside = [Path(one) if one else None for one in (course, roster, overrides)]
    _may_write(output, [*map(Path, results), *(one for one in beside if one)])
    given = rules.named(beside[0], beside[1], beside[2], courses.Attempts(attempts) if attempts else None)
    found = collect(map(Path, results))
    book = assemble(found.results, given)
    _told(calling, book, found.problems, Form.JSON if as_json else form, rows, output)
    if form is not Form.TABLE and not as_json:
        _complain(found.problems)
    return 2 if found.problems else 0


def _told(  # noqa: PLR0913, PLR0917 - what is written, as what, and where to
    calling: Calling, book: "Gradebook", problems: "Sequence[str]", form: Form, rows: Rows, output: str
) -> None:
    from labrunner.render.gradebook import forms

    if output:
        _write(Path(output), forms.text(book, problems, form, rows))
    elif form is Form.TABLE:
        from labrunner.render.gradebook import terminal

        terminal.show(calling.screen, book, problems)
    elif form is Form.JSON:
        calling.print_json(forms.record(book, problems))
    else:
        calling.screen.stream.write(forms.text(book, problems, form, rows))


def _complain(problems: "Sequence[str]") -> None:
    screen = Screen(sys.stderr)
    for one in problems:
        screen.line(one_line(one, size=2000), lead=("labrunner: ", "error"), hang=2)


def _may_write(output: str, inputs: "Sequence[Path]") -> None:
    """Refuse to write over what is read here, and over what is no file."""
    if not output:
        return
    path = Path(output)
    there = [one for one in inputs if one.exists()]
    if path.exists() and (not path.is_file() or _is_result(path) or any(path.samefile(one) for one in there)):
        raise UsageError(
            say(
                en=f"{path} is not replaced: it is no file, or something that is read here",
                zh=f"不会覆盖 {path}：它不是文件，或者是这里要读取的内容",
            ),
            hint=say(en="choose another name", zh="换一个文件名"),
        )


def _is_result(path: Path) -> bool:
    from labrunner.grading import reading

    try:
        reading.read(path)
    except reading.NoResult:
        return False
    except reading.ResultBroken:  # damaged, and somebody's all the same
        return True
    return True


def _write(path: Path, text: str) -> None:
    from labrunner import atomic

    try:
        atomic.write_bytes(path, text.encode("utf-8", "backslashreplace"))
    except OSError as broken:
        why = broken.strerror or type(broken).__name__
        raise UsageError(say(en=f"{path} cannot be written: {why}", zh=f"无法写入 {path}：{why}")) from broken
