"""A learner's machine is set up for a course: join."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from labrunner.cli.calling import AsJson, Calling, of
from labrunner.errors import UsageError
from labrunner.render import courses
from labrunner.words import say


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=say(en="Set this machine up for a course.", zh="按课程设置这台机器。"))(join)


def join(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help=say(en="the course's file or its address", zh="课程文件或其地址"))
    ],
    student: Annotated[
        str,
        typer.Option(metavar="NUMBER", help=say(en="your student number", zh="你的学号"), show_default=False),
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Take a course's settings over; what they replace is said."""
    from labrunner.environment import settings
    from labrunner.grading import course_file, fetching, joined, joining
    from labrunner.state import session

    calling = of(ctx)
    course = course_file.parsed(fetching.read(source), Path(source))
    known = settings.load({}).student
    number = student or known or _asked()
    changes = joining.join(course, source, student=number, started=session.started())
    if as_json:
        calling.print_json({"schema": 1, "course": course.name, "changes": [one.record() for one in changes]})
        return 0
    courses.joined(calling.screen, joined.load(), changes)
    _shadowed(calling)
    return 0


def _asked() -> str:
    """Ask for the student's number at a terminal; a UsageError where nobody is there."""
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write(say(en="Your student number: ", zh="你的学号："))
        sys.stderr.flush()
        if answer := sys.stdin.readline().strip():
            return answer
    raise UsageError(
        say(en="whose machine this is has not been said", zh="还没有说明这是谁的机器"), hint="--student NUMBER"
    )


def _shadowed(calling: Calling) -> None:
    """Say which variables are set that win over what was just kept."""
    names = [name for name in ("LABRUNNER_STUDENT", "LABRUNNER_PORT", "LABRUNNER_MIRROR") if os.environ.get(name)]
    if names:
        listed = ", ".join(names)
        calling.screen.line(
            (say(en=f"{listed} is set, and wins over it", zh=f"已设置 {listed}，它优先于以上设置"), "soon")
        )
