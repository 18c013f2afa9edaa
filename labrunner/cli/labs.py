"""Which labs there are, beginning one, its task again, and where one is: list, start, task, status."""

import os
from datetime import datetime
from typing import Annotated, Any

import typer

from labrunner import catalog
from labrunner.cli import steps, tongue
from labrunner.cli.calling import AsJson, known_step, of
from labrunner.cli.completing import lab_names, step_names
from labrunner.errors import HalfMade, LabBroken, NoLabStarted
from labrunner.render import belongings, courses, listing, standing
from labrunner.render import task as tasks
from labrunner.words import say

LabName = Annotated[
    str, typer.Argument(metavar="LAB", help=say(en="a lab's name", zh="实验的名字"), autocompletion=lab_names)
]
StepName = Annotated[
    str,
    typer.Argument(
        metavar="STEP",
        help=say(en="a step's name or number; the current one", zh="步骤的名字或序号；默认当前步骤"),
        autocompletion=step_names,
        show_default=False,
    ),
]
Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help=say(en="everything of ours on this machine", zh="这台机器上属于 labrunner 的一切"),
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("list", help=say(en="The labs, in the notes' order.", zh="按笔记顺序列出实验。"))(list_labs)
    app.command(help=say(en="Prepare a lab and show its first task.", zh="准备一个实验，并给出第一个任务。"))(start)
    app.command(help=say(en="The task again.", zh="再看一遍任务。"))(task)
    app.command(help=say(en="Where you are, and since when.", zh="现在做到哪里，从何时开始。"))(status)


def list_labs(ctx: typer.Context, as_json: AsJson = False) -> int:
    """Print the labs with their minutes and what is done; a broken one does not hide the others."""
    from labrunner.grading import joined

    calling, course = of(ctx), joined.load()
    rows: list[listing.Row] = []
    broken: list[LabBroken] = []
    for entry in catalog.entries(calling.labs):
        try:
            loaded = catalog.load_entry(entry)
        except LabBroken as wrong:
            broken.append(wrong)
            rows.append(listing.Row(entry.slug, entry.heading, problem=wrong.message))
            continue
        kept = steps.kept(entry.slug)
        done = len(steps.done(loaded.lab, kept.get("passes", ())))
        total = len(loaded.lab.steps)
        sittings = len(loaded.lab.pauses) + 1
        rows.append(
            listing.Row(
                entry.slug,
                entry.heading,
                loaded.text.title,
                minutes=loaded.lab.minutes,
                sittings=sittings,
                steps=total,
                done=done,
                started=bool(kept),
                deadline=_until(course.deadline(entry.slug)),
            )
        )
    odd = catalog.skipped()
    rows += [listing.Row(pack.origin, "", problem=pack.why) for pack in odd]
    if as_json:
        calling.print_json({"schema": 1, "labs": [row.record() for row in rows]})
    else:
        listing.show(calling.screen, rows)
    return LabBroken.exit_code if broken or odd else 0


def start(
    ctx: typer.Context,
    lab: LabName,
    at: Annotated[
        str,
        typer.Option(
            metavar="STEP",
            help=say(en="begin here; the steps before are replayed", zh="从这一步开始；之前的步骤自动重做"),
            show_default=False,
        ),
    ] = "",
) -> int:
    """Prepare a lab, print the first task, and offer its shell at a terminal."""
    from labrunner.cli import shells
    from labrunner.render.show import Shown

    calling = of(ctx)
    tongue.ask_once(calling.language, os.environ)
    loaded = calling.load(lab)
    step = known_step(loaded, at)
    session = calling.doors.lifecycle().start(loaded, calling.narrator, at=step, show=Shown(calling.screen))
    current = steps.current(loaded.lab, session.progress.passes)
    calling.screen.gap()
    if not session.progress.passes:
        tasks.intro(calling.screen, loaded, session.spoken)
    if current:
        tasks.show(calling.screen, loaded, current, session.spoken)
    else:
        tasks.finished(calling.screen, loaded, len(session.progress.assisted))
    calling.screen.stream.flush()
    return shells.offer(calling, session)


def task(ctx: typer.Context, step: StepName = "", as_json: AsJson = False) -> int:
    """Print a step's task."""
    calling = of(ctx)
    session = calling.session()
    loaded = session.loaded
    wanted = known_step(loaded, step) or steps.current(loaded.lab, session.progress.passes)
    if not wanted:
        if as_json:
            calling.print_json({"schema": 1, "lab": loaded.entry.slug, "step": ""})
        else:
            tasks.finished(calling.screen, loaded, len(session.progress.assisted))
    elif as_json:
        calling.print_json(tasks.record(loaded, wanted, session.spoken))
    else:
        tasks.show(calling.screen, loaded, wanted, session.spoken)
    return 0


def status(ctx: typer.Context, everything: Everything = False, as_json: AsJson = False) -> int:
    """Print which lab is open, which steps are done, and on which engine; or everything of ours on this machine."""
    calling = of(ctx)
    if everything:
        found = calling.doors.belongings().belongings(calling.labs)
        if as_json:
            calling.print_json(belongings.record(found))
        else:
            belongings.show(calling.screen, found)
        return 0
    try:
        session = calling.session()
    except NoLabStarted as none:
        if as_json:
            half = {"interrupted": none.lab} if isinstance(none, HalfMade) else {}
            calling.print_json({"schema": 1, "lab": "", **half})
        else:
            calling.screen.line(none.message)
            calling.screen.line((none.hint, "dim"), lead="  ")
        return 0
    from labrunner.grading import joined

    record = _standing(session)
    record["deadline"] = _until(joined.load().deadline(session.loaded.entry.slug))
    if session.loaded.lab.outages and (stopped := calling.doors.outage().record()) is not None:
        record["outage"] = {"component": stopped.component, "node": stopped.node}
    if as_json:
        calling.print_json(record)
    else:
        standing.show(calling.screen, session.loaded, record)
    return 0


def _until(deadline: datetime | None) -> str:
    return courses.moment(deadline) if deadline is not None else ""


def _standing(session: Any) -> dict[str, Any]:
    loaded, progress = session.loaded, session.progress
    return {
        "schema": 1,
        "lab": loaded.entry.slug,
        "started": progress.started,
        "step": steps.current(loaded.lab, progress.passes),
        "done": steps.done(loaded.lab, progress.passes),
        "of": len(loaded.lab.steps),
        "assisted": list(progress.assisted),
        "engine": session.endpoint.engine,
        "endpoint": session.endpoint.url,
        "namespace": getattr(session, "namespace", ""),
        "directory": str(session.directory),
    }
