"""Grading: grade, regrade."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli import elsewhere
from labrunner.cli.calling import AsJson, Calling, of
from labrunner.errors import LabrunnerError, UsageError
from labrunner.words import say

NOT_GRADABLE = 3
RESULTS = "results"


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        help=say(
            en="Grade submissions: run their scripts in fresh sandboxes, and look.",
            zh="给提交评分：在全新的沙箱里运行脚本并检查。",
        )
    )(grade)
    app.command(help=say(en="Apply today's checks to a graded class.", zh="用现在的检查重新评判整个班级。"))(regrade)


def grade(  # noqa: PLR0913, PLR0917 - the options of a grading, as typer reads them
    ctx: typer.Context,
    submissions: Annotated[
        list[str],
        typer.Argument(metavar="SUBMISSION", help=say(en="folders or zips", zh="提交的目录或 zip")),
    ],
    course: Annotated[str, typer.Option(metavar="FILE", help=say(en="the course", zh="课程文件"))] = "",
    out: Annotated[str, typer.Option(metavar="DIR", help=say(en="where results go", zh="结果目录"))] = RESULTS,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="FORM", help=say(en="further forms, as junit", zh="其他格式，例如 junit")),
    ] = None,
    jobs: Annotated[str, typer.Option(metavar="N", help=say(en="how many at a time", zh="同时评几份"))] = "1",
    resume: Annotated[
        bool, typer.Option("--resume", help=say(en="leave out what was graded before", zh="跳过已评过的"))
    ] = False,
    limit: Annotated[
        str, typer.Option(metavar="SECONDS", help=say(en="for a step's script", zh="每步脚本的秒数上限"))
    ] = "120",
    isolation: Annotated[
        str, typer.Option(metavar="vm|sandboxed|privileged", help=say(en="what this machine is", zh="这台机器的隔离"))
    ] = "",
    trust: Annotated[
        str, typer.Option(metavar="local|ci-student|ci-teacher", help=say(en="who runs this", zh="由谁运行"))
    ] = "",
    trust_students: Annotated[
        bool,
        typer.Option("--trust-students", help=say(en="they may be root here", zh="允许学生在这里相当于 root")),
    ] = False,
    handed_in: Annotated[
        str, typer.Option(metavar="TIME", help=say(en="when, ISO 8601; now", zh="提交时间，ISO 8601；默认现在"))
    ] = "",
    run: Annotated[str, typer.Option(metavar="ID", help=say(en="id of this run", zh="这次运行的编号"))] = "",
    on: elsewhere.On = "",
    context: elsewhere.Context = "",
    kubeconfig: elsewhere.Kubeconfig = "",
    pods: elsewhere.Pods = "",
    registry: elsewhere.Registry = "",
    registry_login: elsewhere.RegistryLogin = "",
    image: elsewhere.Image = "",
    dry_run: elsewhere.DryRun = False,
    as_json: AsJson = False,
) -> int:
    """Grade submissions; 0 everything passes, 1 it does not, 3 something was not gradable and is to be run again."""
    calling = of(ctx)
    told = calling.doors.grading()
    cluster = elsewhere.wanted(
        on=on, context=context, kubeconfig=kubeconfig, pods=pods, registry=registry, image=image,
        registry_login=registry_login, parallel=int(_number(jobs, elsewhere.MOST if on else 64)), resume=resume,
        dry_run=dry_run,
    )  # fmt: skip
    terms = told.terms(
        course=Path(course) if course else None,
        trust=trust,
        isolation=isolation,
        trusting=trust_students,
        limit=_number(limit, 3600),
        run=run or os.environ.get("GITHUB_RUN_ID") or os.environ.get("CI_PIPELINE_ID") or "",
        handed_in=_moment(handed_in),
        extra=calling.labs,
    )
    if cluster is not None and dry_run:
        return elsewhere.shown(calling, terms, [Path(one) for one in submissions], cluster)
    forms = tuple(formats or ())
    calling.doors.results().demand(forms)
    folder = Path(out)
    worst, records = 0, []
    with told.opened(terms, calling.narrator) as a_class:
        paths = [Path(one) for one in submissions]
        ended = (
            calling.doors.fleet().run(paths, a_class, folder, cluster)
            if cluster is not None
            else told.run(paths, a_class, folder, jobs=int(_number(jobs, 64)), resume=resume)
        )
        try:
            for path, came in ended:
                code, record = _came(calling, path, came, folder, forms, as_json=as_json)
                worst = max(worst, code)
                records.append(record)
        except KeyboardInterrupt as stopped:
            stopped.add_note(
                say(
                    en="the same command with --resume grades who lacks",
                    zh="加 --resume 再运行同一条命令，评完其余的提交",
                )
            )
            raise
    if as_json:
        calling.print_json(records)
    return worst


def regrade(
    ctx: typer.Context,
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULTS", help=say(en="what grade wrote", zh="grade 写出的结果目录")),
    ],
    course: Annotated[str, typer.Option(metavar="FILE", help=say(en="the course", zh="课程文件"))] = "",
    out: Annotated[
        str, typer.Option(metavar="DIR", help=say(en="write the new results there", zh="新结果写到这里"))
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Judge what was kept of a class again, and say what that changed, student by student; 0 whatever it was."""
    calling = of(ctx)
    told, shows = calling.doors.regrading(), calling.doors.results()
    read = calling.doors.grading().course_of(Path(course)) if course else None
    records = []
    for one in told.regrade([Path(result) for result in results], read, calling.labs):
        records.append(shows.change_record(one))
        if out:
            calling.doors.grading().write(one.now, Path(out))
            shows.written(one.now, Path(out), ())
        if not as_json:
            shows.changed(calling.screen, one)
    if as_json:
        calling.print_json(records)
    return 0


def _came(  # noqa: PLR0913 - what is said of one submission
    calling: Calling, path: Path, came: Any, out: Path, forms: tuple[str, ...], *, as_json: bool
) -> tuple[int, dict[str, Any]]:
    from labrunner.render.plain import one_line

    if came is None:
        if not as_json:
            calling.screen.line((str(path), "bold"), (say(en="  graded before", zh="  之前已评过"), "dim"))
        return 0, {"submission": str(path), "graded_before": True}
    if isinstance(came, LabrunnerError):
        if not as_json:
            calling.screen.line((str(path), "bold"))
            calling.screen.line(one_line(came.message, size=2000), lead=("   ! ", "error"), hang=2)
        return came.exit_code, {"submission": str(path), "error": came.message, "exit_code": came.exit_code}
    shows = calling.doors.results()
    shows.written(came, out, forms)
    if not as_json:
        shows.shown(calling.screen, path, came)
    return int(came.exit_code), shows.record(came)


def _number(text: str, most: int) -> float:
    """Return a number of 1 to `most`: parameters come as they were typed."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= most:
        raise UsageError(say(en=f"{text!r} is no number of 1 to {most}", zh=f"{text!r} 不是 1 到 {most} 的数"))
    return int(text)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError(
            say(en=f"{text!r} is no time with a time zone", zh=f"{text!r} 不是带时区的时间"),
            hint="2026-11-30T23:59:00+08:00",
        )
    return found
