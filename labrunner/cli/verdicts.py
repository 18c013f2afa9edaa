"""Looking at what was made: check and answer."""

from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli import changes
from labrunner.cli.calling import AsJson, Calling, known_step, of
from labrunner.cli.labs import StepName
from labrunner.errors import UsageError
from labrunner.narrate import stage
from labrunner.outcome import Outcome, Report
from labrunner.render import report as reports
from labrunner.render import task as tasks
from labrunner.words import say

More = Annotated[
    bool, typer.Option("--more", help=say(en="every step and every cause", zh="全部步骤与全部原因"), show_default=False)
]

STEP_AND_VALUE = 2


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=say(en="Look at what is there, and say what is missing.", zh="查看实际结果，说明还差什么。"))(
        check
    )
    app.command(help=say(en="Hand in what only somebody who did it knows.", zh="交上只有做过的人才知道的值。"))(answer)


def check(  # noqa: PLR0913, PLR0917 - the command's options, as typer reads them
    ctx: typer.Context,
    step: StepName = "",
    more: More = False,
    as_json: AsJson = False,
    evidence: Annotated[
        str,
        typer.Option(
            "--evidence",
            metavar="FILE",
            help=say(en="keep what was read, for recheck", zh="把读到的内容存成证据文件，供 recheck 使用"),
            show_default=False,
        ),
    ] = "",
    watched: Annotated[
        bool,
        typer.Option(
            "--watch",
            help=say(
                en="look whenever something changes, until the lab is done; Ctrl-C ends it (exit 130)",
                zh="一有变化就查看，直到实验完成；Ctrl-C 结束（退出码 130）",
            ),
            show_default=False,
        ),
    ] = False,
    changed: Annotated[bool, typer.Option("--changes", hidden=True)] = False,
) -> int:
    """Look at the lab's world; on a pass, say what to take away and what comes next."""
    calling = of(ctx)
    if changed:
        return changes.show(calling)
    if watched and evidence:
        raise UsageError(
            say(
                en="--evidence keeps one look, and --watch makes many",
                zh="--evidence 只保存一次查看，--watch 会查看多次",
            ),
            hint=f"labrunner check --evidence {evidence}",
        )
    session = calling.session()
    wanted = known_step(session.loaded, step)
    if watched:
        from labrunner.cli import watch

        return watch.run(calling, session, wanted, as_json=as_json, more=more)
    kept = {"kept": Path(evidence)} if evidence else {}
    report: Report = calling.doors.lifecycle().check(session, wanted, **kept)
    if as_json:
        changes.remember(session, report)
        calling.print_json(report.record())
    else:
        show(calling, session, report, step=wanted, more=more)
    bring_back(calling, session, report)
    return report.exit_code


def bring_back(calling: Calling, session: Any, report: Report | None = None) -> None:
    """Bring back what the lab has stopped: nobody has to think of it.

    Args:
        calling: where it is told.
        session: the started lab.
        report: what was seen; only once the step is done. None brings it back in any case.
    """
    if not session.loaded.lab.outages:
        return
    outages = calling.doors.outage()
    if component := outages.is_done_with(session, report):
        with stage(calling.narrator, say(en=f"bringing {component} back", zh=f"恢复 {component}")):
            outages.over()


def answer(
    ctx: typer.Context,
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="VALUE",
            help=say(en="the answer; its step before it where another is meant", zh="答案；要指定步骤时写在它前面"),
        ),
    ],
    as_json: AsJson = False,
) -> int:
    """Hand in a value, for one step or for the current one, and look."""
    calling = of(ctx)
    if len(given) > STEP_AND_VALUE:
        raise UsageError(
            say(en=f"one answer is one word, {len(given)} were given", zh=f"一次只交一个值，这里给了 {len(given)} 个"),
            hint=say(en='quote it: labrunner answer "two words"', zh='加引号：labrunner answer "两个 词"'),
        )
    session = calling.session()
    value = given[-1]
    step = known_step(session.loaded, given[0]) if len(given) == STEP_AND_VALUE else ""
    report: Report = calling.doors.lifecycle().hand_in(session, step, value)
    if as_json:
        changes.remember(session, report)
        calling.print_json(report.record())
    else:
        show(calling, session, report, step=step)
    bring_back(calling, session, report)
    return report.exit_code


def show(  # noqa: PLR0913 - a report, and how much of it
    calling: Calling,
    session: Any,
    report: Report,
    *,
    step: str = "",
    more: bool = False,
    taught: bool = True,
) -> None:
    """Print a report, what newly passed steps teach, and the next move.

    Args:
        calling: where to.
        session: the started lab.
        report: what was seen.
        step: the step that was asked for; every step where empty.
        more: every step and every cause.
        taught: whether steps that are newly done say what to take away.
    """
    screen, loaded = calling.screen, session.loaded
    titles = {found.id: loaded.text.steps[found.id].title for found in loaded.lab.steps}
    reports.show(screen, report, titles, step=step, more=more)
    new = changes.untaught(session, report)
    for name in new if taught else ():
        tasks.take_away(screen, loaded, name, session.spoken)
    _what_next(calling, session, report, new, step)
    screen.stream.flush()
    changes.remember(session, report, taught=new)


def _what_next(calling: Calling, session: Any, report: Report, new: list[str], step: str) -> None:
    """Print the next task after a step that is newly done, the end after the last, else the next move."""
    if not report.verdicts or any(v.outcome is Outcome.ERROR for v in report.verdicts):
        return
    current = _current(session, report)
    if not current:
        if new or not step:
            tasks.finished(calling.screen, session.loaded, len(session.progress.assisted))
    elif new:
        tasks.show(calling.screen, session.loaded, current, session.spoken)
    else:
        _next_move(calling, report, step or current)


def _current(session: Any, report: Report) -> str:
    """Return the first step that is not done; a step that the report leaves out stands on what was kept."""
    kept = set(session.progress.passes) | {v.check for v in report.verdicts if v.passed}
    lost = {v.check for v in report.verdicts if not v.passed}
    for step in session.loaded.lab.steps:
        if any(check.id not in kept or check.id in lost for check in step.checks):
            return str(step.id)
    return ""


def _next_move(calling: Calling, report: Report, step: str) -> None:
    outcomes = {v.outcome for v in report.of(step)}
    if Outcome.FAIL in outcomes:
        said = say(
            en="why: labrunner why    stuck: labrunner hint    to ask somebody: labrunner ask",
            zh="为什么：labrunner why    卡住了：labrunner hint    问别人：labrunner ask",
        )
    elif Outcome.WAITING in outcomes:
        said = say(en="it is not there yet; look again: labrunner check", zh="还没就绪，稍后再看：labrunner check")
    elif Outcome.BLOCKED in outcomes:
        said = say(en="the task: labrunner task", zh="看任务：labrunner task")
    else:
        return
    calling.screen.line((said, "dim"))
