"""Commands by name; a name that is none gets the nearest suggested, in our own words."""

import difflib

import typer
from typer.core import TyperGroup

from labrunner import catalog
from labrunner.errors import LabrunnerError, UsageError
from labrunner.words import say

AUTHORS = ("new", "prove", "lint")


class Commands(TyperGroup):
    """A group that says in one sentence that a command is unknown."""

    def resolve_command(self, ctx: typer.Context, args: list[str]):  # type: ignore[no-untyped-def, override]  # noqa: ANN201 - types of typer's private click
        """Find the command that the first word names.

        Raises:
            UsageError: there is none, and it is no option either.
        """
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and not name.startswith("-"):
            raise UsageError(
                say(en=f"no command is called {name!r}", zh=f"没有名为 {name!r} 的命令"), hint=self._nearest(ctx, name)
            )
        return super().resolve_command(ctx, args)

    def _nearest(self, ctx: typer.Context, name: str) -> str:
        shown = [known for known in self.list_commands(ctx) if not self.commands[known].hidden]
        if name not in AUTHORS and (near := difflib.get_close_matches(name.lower(), shown, n=1)):
            return say(en=f"did you mean {near[0]}?", zh=f"是不是 {near[0]}？")
        if name in AUTHORS:
            return f"labrunner dev {name}"
        if name in _slugs():
            return f"labrunner start {name}"
        return f"{ctx.command_path} --help"


def _slugs() -> list[str]:
    try:
        return [entry.slug for entry in catalog.entries()]
    except LabrunnerError:
        return []
