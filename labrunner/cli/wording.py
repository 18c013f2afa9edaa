"""Parameters taken as the words they are: typer would import pydantic, 0.2 s, to turn text into text."""

from typing import Any

import typer

HELP = ["-h", "--help"]


class AsTyped:
    """Gives a parameter's value back as it was typed."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value; several words as a list."""
        del param, ctx
        return list(value) if isinstance(value, tuple) else value


def take_as_typed(command: Any) -> None:
    """Let every parameter of a command, and of the commands below it, be taken as it was typed.

    All of ours are text, lists of text, or flags. Where typer should no longer know this attribute, its own way
    is taken, which is only slower.

    Args:
        command: what typer built.
    """
    asked_for_help = command.get_help_option(typer.Context(command, help_option_names=HELP))
    for parameter in [*command.params, asked_for_help]:
        parameter._runtime_param = AsTyped()  # noqa: SLF001 - see above
    for below in getattr(command, "commands", {}).values():
        take_as_typed(below)
