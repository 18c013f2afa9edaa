"""What a learner hands in: begun, looked at, packed; submit."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.cli.calling import AsJson, Calling, of
from labrunner.cli.completing import lab_names
from labrunner.cli.suggesting import Commands
from labrunner.errors import LabrunnerError, UsageError
from labrunner.render import submissions
from labrunner.words import language, say

FOLDER = "labrunner-submission"
Folder = Annotated[str, typer.Argument(metavar="DIR", help=say(en="the submission's folder", zh="提交目录"))]
Labs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LAB",
        help=say(en="labs; the course's where none is named", zh="实验；不写则为课程的全部实验"),
        autocompletion=lab_names,
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    submit = typer.Typer(cls=Commands, no_args_is_help=False)
    submit.command(help=say(en="Write the scripts to fill in.", zh="写出待填写的脚本。"))(init)
    submit.command(
        help=say(
            en="Draft them from what was typed in labrunner shell --keep.",
            zh="用 labrunner shell --keep 保存的命令起草。",
        )
    )(draft)
    submit.command(help=say(en="Say what would be taken, and what is missing.", zh="看看会取走什么，还缺什么。"))(check)
    submit.command(help=say(en="Make the zip to hand in.", zh="打包成要交的 zip。"))(pack)
    app.add_typer(submit, name="submit", help=say(en="What you hand in.", zh="要提交的内容。"))


def init(
    ctx: typer.Context,
    labs: Labs = None,
    into: Annotated[str, typer.Option(metavar="DIR", help=say(en="where to", zh="写到哪里"))] = FOLDER,
    student: Annotated[
        str, typer.Option(metavar="NUMBER", help=say(en="your student number", zh="你的学号"), show_default=False)
    ] = "",
) -> int:
    """Write what is not there yet of a submission."""
    from labrunner.grading import joined

    calling = of(ctx)
    _begin(calling, [calling.load(slug) for slug in (labs or joined.load().labs)], Path(into), student)
    return 0


def _begin(calling: Calling, loaded: list[LoadedLab], folder: Path, student: str = "") -> None:
    """Write what is not there yet of a submission, and say so; a UsageError where it is nobody's, or of no lab."""
    from labrunner.environment import settings
    from labrunner.grading import joined, roster, skeleton

    course, chosen = joined.load().course, settings.load()
    number = student or chosen.student
    if not loaded:
        raise UsageError(say(en="no lab is named", zh="没有写实验的名字"), hint="labrunner submit init LAB…")
    if not roster.is_number(number):
        raise UsageError(
            say(en="whose submission it is has not been said", zh="还没有说明是谁的提交"), hint="--student NUMBER"
        )
    written = skeleton.write(folder, loaded, student=number, course=course, port=chosen.port, language=language())
    submissions.begun(calling.screen, folder, written)


def draft(
    ctx: typer.Context,
    into: Annotated[str, typer.Option(metavar="DIR", help=say(en="where to", zh="写到哪里"))] = FOLDER,
) -> int:
    """Draft the open lab's scripts from what was typed; a script that says something already is left alone."""
    from labrunner.grading import drafting
    from labrunner.state import typed

    calling = of(ctx)
    session = calling.session()
    loaded = session.loaded
    kept = typed.read(session.directory)
    if not kept:
        raise UsageError(
            say(en="nothing that you typed was kept", zh="没有保存过你输入的命令"), hint="labrunner shell --keep"
        )
    _begin(calling, [loaded], Path(into))
    passed = {check: str(seen.get("at", "")) for check, seen in session.progress.passes.items()}
    steps = [(step.id, [check.id for check in step.checks]) for step in loaded.lab.steps]
    made, left = drafting.write(Path(into) / loaded.entry.slug, loaded, typed.by_step(kept, steps, passed))
    submissions.drafted(calling.screen, made, left)
    return 0


def check(
    ctx: typer.Context,
    folder: Folder = FOLDER,
    run: Annotated[
        bool,
        typer.Option("--run", help=say(en="grade it here as well", zh="同时在本机评分"), show_default=False),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Say what a submission holds; 0 where nothing is missing, 1 where something is; with --run, as `grade` ends."""
    from labrunner.grading import completeness, joined, submission

    calling = of(ctx)
    with tempfile.TemporaryDirectory(prefix="labrunner-") as copy:
        found = submission.read(Path(folder), Path(copy) / "taken", _slugs(calling))
        loaded = {slug: calling.load(slug) for slug in found.labs}
        standing = completeness.standing(found, loaded, joined.load().labs)
    record = submissions.record(found, standing)
    if not as_json:
        submissions.show(calling.screen, found, standing)
    code = 0 if standing.complete else 1
    if run:
        result = _graded(calling, Path(folder))
        code, record = result.exit_code, {**record, "result": result.record()}
        if not as_json:
            calling.screen.gap()
            calling.doors.results().shown(calling.screen, Path(folder), result)
    if as_json:
        calling.print_json(record)
    return code


def _graded(calling: Calling, folder: Path) -> Any:
    """Grade a learner's own submission here, as a teacher would; nothing of it is kept.

    Raises:
        LabrunnerError: it could not be.
    """
    told = calling.doors.grading()
    terms = told.terms(course=None, trust="local", isolation="", trusting=True, extra=calling.labs)
    with tempfile.TemporaryDirectory(prefix="labrunner-") as out, told.opened(terms, calling.narrator) as a_class:
        ((_, came),) = told.run([folder], a_class, Path(out), jobs=1, resume=False)
    if isinstance(came, LabrunnerError):
        raise came
    return came


def pack(
    ctx: typer.Context,
    folder: Folder = FOLDER,
    into: Annotated[
        str,
        typer.Option(metavar="FILE", help=say(en="the zip; DIR.zip", zh="默认 DIR.zip"), show_default=False),
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Make the zip, and say what is in it; how many hints its learner took on this machine goes with it."""
    from labrunner.grading import packing

    calling = of(ctx)
    if Path(folder).is_dir():
        _note_hints(calling, Path(folder))
    place = Path(into) if into else Path(folder).resolve().with_suffix(".zip")
    replaced = place.exists()
    made = packing.pack(Path(folder), place, _slugs(calling))
    if as_json:
        calling.print_json(submissions.packed_record(made))
    else:
        submissions.packed(calling.screen, made, replaced=replaced)
    return 0


def _note_hints(calling: Calling, folder: Path) -> None:
    """Write into a submission how many hints its student took in the lab that is open here."""
    from labrunner.grading import hinted, submission, taking
    from labrunner.state import session

    with tempfile.TemporaryDirectory(prefix="labrunner-") as copy:
        found = submission.read(folder, Path(copy) / "taken", _slugs(calling))
    for slug in session.started():
        work = found.labs.get(slug)
        if work is None:
            continue
        try:
            begun = session.opened(calling.load(slug), session.directory_of(slug))
        except LabrunnerError:  # what cannot be read is no reason to hand nothing in
            continue
        if begun.student == found.student:
            taken = {step.id: begun.progress.hints.get(step.id, 0) for step in begun.loaded.lab.steps}
            hinted.write(folder / slug / taking.HINTS, work.hints, taken)


def _slugs(calling: Calling) -> set[str]:
    return {entry.slug for entry in catalog.entries(calling.labs)}
