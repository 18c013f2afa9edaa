"""A course, for its teacher: course init, course check."""

from pathlib import Path
from typing import Annotated

import typer

from labrunner import catalog
from labrunner.cli.calling import AsJson, of
from labrunner.cli.suggesting import Commands
from labrunner.errors import UsageError
from labrunner.render import courses
from labrunner.words import say

FILE = "course.yaml"


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    course = typer.Typer(cls=Commands, no_args_is_help=False)
    course.command(help=say(en="Write a course's file to begin from.", zh="写出一个课程文件的开头。"))(init)
    course.command(help=say(en="Examine a course's file.", zh="检查课程文件。"))(check)
    app.add_typer(course, name="course", help=say(en="A course, for its teacher.", zh="课程（教师用）。"))


CourseFile = Annotated[str, typer.Argument(metavar="FILE", help=say(en="the course's file", zh="课程文件"))]


def init(ctx: typer.Context, file: CourseFile = FILE) -> int:
    """Write a new course's file with all labs in it; a file that is there is refused."""
    from labrunner.grading import course_template

    calling = of(ctx)
    course_template.write(Path(file), [entry.slug for entry in catalog.entries(calling.labs)])
    calling.screen.line(say(en=f"written: {file}", zh=f"已写出：{file}"))
    calling.screen.line((say(en="then: ", zh="然后：") + f"labrunner course check {file}", "dim"))
    return 0


def check(ctx: typer.Context, file: CourseFile = FILE, as_json: AsJson = False) -> int:
    """Examine a course; exit 2 where something is wrong."""
    from labrunner.grading import course_file, examining

    calling = of(ctx)
    found = examining.examine(course_file.read(Path(file)), calling.labs)
    if as_json:
        calling.print_json(courses.record(found))
    else:
        courses.show(calling.screen, found)
    return UsageError.exit_code if found.complaints else 0
