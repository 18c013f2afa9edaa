"""Judging again what was read before: recheck."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli.calling import AsJson, Calling, of
from labrunner.cli.verdicts import More
from labrunner.errors import LabrunnerError
from labrunner.render import report as reports
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.words import say


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=say(en="Apply today's checks to evidence.", zh="用现在的检查重新评判证据文件。"))(recheck)


def recheck(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help=say(en="what check --evidence wrote", zh="check --evidence 写出的文件")),
    ],
    more: More = False,
    as_json: AsJson = False,
) -> int:
    """Judge files of evidence: no daemon and no started lab; the worst exit code of them all."""
    calling = of(ctx)
    if len(files) == 1:
        found = calling.doors.rechecking().recheck(Path(files[0]), calling.labs)
        _told(calling, found, more=more, as_json=as_json)
        if as_json:
            calling.print_json(found.report.record())
        return int(found.report.exit_code)
    records: list[dict[str, Any]] = []
    worst = 0
    for file in files:
        try:
            found = calling.doors.rechecking().recheck(Path(file), calling.labs)
        except LabrunnerError as broken:
            worst = max(worst, broken.exit_code)
            records.append({"file": file, "error": broken.message, "exit_code": broken.exit_code})
            if not as_json:
                calling.screen.line((file, "bold"))
                calling.screen.line(one_line(broken.message, size=2000), lead=("   ! ", "error"), hang=2)
            continue
        worst = max(worst, found.report.exit_code)
        records.append({"file": file, "report": found.report.record(), "exit_code": found.report.exit_code})
        if not as_json:
            calling.screen.line((file, "bold"))
        _told(calling, found, more=more, as_json=as_json)
    if as_json:
        calling.print_json(records)
    return worst


def _told(calling: Calling, found: Any, *, more: bool, as_json: bool) -> None:
    if found.changed:
        said = say(
            en="the lab is no longer as it was when this was read: today's checks are applied",
            zh="实验内容在取证之后有改动：按现在的检查评判",
        )
        Screen(sys.stderr).line((said, "dim"))
    if not as_json:
        titles = {step.id: found.loaded.text.steps[step.id].title for step in found.loaded.lab.steps}
        reports.show(calling.screen, found.report, titles, more=more)
