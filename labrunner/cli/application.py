"""The program's commands, put together once the language is known."""

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from labrunner.cli import opening
from labrunner.cli.arguments import FLAGS, VALUED, Arguments
from labrunner.cli.calling import Calling, of
from labrunner.cli.doors import Doors
from labrunner.cli.suggesting import Commands
from labrunner.cli.wording import HELP, take_as_typed
from labrunner.words import say

GROUPS = {
    "labs": ("list", "start", "task", "status"),
    "verdicts": ("check", "answer"),
    "rechecks": ("recheck",),
    "why": ("why",),
    "guidance": ("hint", "solve", "demo"),
    "ask": ("ask",),
    "ending": ("reset", "stop"),
    "shells": ("shell", "env"),
    "outage": ("outage",),
    "machine": ("doctor", "host", "outside", "node"),
    "coverage": ("coverage",),
    "report": ("report",),
    "join": ("join",),
    "grading": ("grade", "regrade"),
    "submit": ("submit",),
    "course": ("course",),
    "bundle": ("bundle",),
    "authoring": ("dev",),
}
"""Module → its commands, in the order of a learner's day: so that a command's line imports its own module alone.

What has commands of its own stands at the end, where typer puts it.
"""


def run(program: str, line: Arguments, doors: Doors) -> int:
    """Run the command that a line names.

    Args:
        program: what the program is called.
        line: the command line.
        doors: what commands call.

    Returns:
        the command's exit code.
    """
    command = typer.main.get_command(build(needed(line.words)))
    take_as_typed(command)
    with command.make_context(program, list(line.words), obj=Calling(doors=doors, language=line.language)) as ctx:
        return int(command.invoke(ctx) or 0)


def complete(program: str, variable: str) -> int:
    """Answer a shell that completes a line."""
    command = typer.main.get_command(build())
    take_as_typed(command)
    command.main(prog_name=program, complete_var=variable, standalone_mode=False)
    return 0


def needed(words: Sequence[str]) -> tuple[str, ...]:
    """Return the groups that a line needs: the one of its command; all where that is not plain to see."""
    rest = iter(words)
    for word in rest:
        if word in VALUED:
            next(rest, None)
        elif word not in FLAGS:
            found = tuple(group for group, commands in GROUPS.items() if word in commands)
            return found or tuple(GROUPS)
    return ()


def build(groups: Iterable[str] = tuple(GROUPS)) -> typer.Typer:
    """Return the program with its commands, in the order of a learner's day.

    Args:
        groups: the modules whose commands are wanted; each costs its import.
    """
    app = typer.Typer(
        cls=Commands,
        help=say(
            en="Labs for Docker and Kubernetes on a real daemon and a real cluster, with checks that look.",
            zh="在真实的 Docker 与 Kubernetes 上做实验，并检查真实的结果。",
        ),
        invoke_without_command=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": HELP},
    )
    app.callback()(everywhere)
    for group in groups:
        importlib.import_module(f"labrunner.cli.{group}").add(app)
    return app


def everywhere(  # noqa: PLR0913, PLR0917 - the options that hold for every command, as typer reads them
    ctx: typer.Context,
    lang: Annotated[str, typer.Option(help=say(en="language: zh or en", zh="语言：zh 或 en"), show_default=False)] = "",
    labs: Annotated[
        str,
        typer.Option(
            help=say(en="a folder of further labs", zh="另一个实验目录"),
            metavar="DIR",
            envvar="LABRUNNER_LABS",
            show_default=False,
        ),
    ] = "",
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            "-y",
            help=say(en="agree to every change of this machine beforehand", zh="预先同意对本机的改动"),
            show_default=False,
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help=say(en="show tracebacks", zh="显示回溯"), show_default=False)
    ] = False,
    version_: Annotated[
        bool,
        typer.Option("--version", help=say(en="print the version", zh="打印版本"), is_eager=True, show_default=False),
    ] = False,
) -> int | None:
    """Take the options that hold for every command; without a command, say what to do next."""
    del lang, debug  # they were obeyed before typer saw the line; here they are declared for --help
    calling = of(ctx)
    calling.labs, calling.yes = Path(labs) if labs else None, yes
    if version_:
        calling.screen.line(f"labrunner {_version()}")
        raise typer.Exit
    return opening.show(calling) if ctx.invoked_subcommand is None else None


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("labrunner")
    except PackageNotFoundError:
        return say(en="(from a checkout)", zh="（源码目录）")
