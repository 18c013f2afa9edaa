"""A clean start of the lab, and the end of everything of ours: reset and stop."""

from dataclasses import asdict, is_dataclass
from typing import Annotated, Any

import typer

from labrunner.cli.calling import AsJson, of
from labrunner.render import removal as removals
from labrunner.render import task as tasks
from labrunner.words import say

Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help=say(en="every lab, the registry and the cluster", zh="所有实验、镜像仓库和集群"),
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=say(en="Begin this lab anew, on a clean machine.", zh="清理并重新开始这个实验。"))(reset)
    app.command(
        help=say(en="Remove everything of ours, and show that it is gone.", zh="移除实验的一切，并确认已移除。")
    )(stop)


def reset(ctx: typer.Context, as_json: AsJson = False) -> int:
    """Take away what the lab made and begin it anew."""
    calling = of(ctx)
    session, removal = calling.doors.lifecycle().reset(calling.narrator, calling.labs)
    if as_json:
        calling.print_json({"schema": 1, "lab": session.loaded.entry.slug, **_record(removal)})
        return 0
    removals.show(calling.screen, removal)
    calling.screen.line((say(en="begun anew", zh="已重新开始"), "good"))
    calling.screen.gap()
    tasks.show(calling.screen, session.loaded, session.loaded.lab.steps[0].id, session.spoken)
    return 0


def stop(ctx: typer.Context, everything: Everything = False, as_json: AsJson = False) -> int:
    """Take away everything of ours."""
    calling = of(ctx)
    removal = calling.doors.lifecycle().stop(calling.narrator, everything=everything, extra=calling.labs)
    if as_json:
        calling.print_json({"schema": 1, **_record(removal)})
        return 0
    removals.show(calling.screen, removal)
    calling.screen.line(
        (
            say(
                en="Nothing of the labs' is left; what is yours was not touched.",
                zh="实验的东西都已移除；你自己的东西没有被动过。",
            ),
            "good",
        )
        if not (removal.kept or removals.declined(removal))
        else say(en="Everything else of the labs' is gone.", zh="实验的其他东西都已移除。")
    )
    return 0


def _record(removal: Any) -> dict[str, Any]:
    return asdict(removal) if is_dataclass(removal) and not isinstance(removal, type) else dict(vars(removal))
