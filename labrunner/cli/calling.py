"""What every command is handed: where it prints, who it asks, and the doors to what does the work."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.cli.doors import Doors
from labrunner.errors import LabBroken, UnknownStep
from labrunner.render import narrator, record
from labrunner.render.narrator import LineNarrator
from labrunner.render.screen import Screen, standard
from labrunner.words import say

AsJson = Annotated[
    bool, typer.Option("--json", help=say(en="print the record as JSON", zh="以 JSON 打印记录"), show_default=False)
]


@dataclass(slots=True)
class Calling:
    """One call of the program.

    Attributes:
        doors: the modules that do the work.
        labs: a folder of further labs; None for none.
        yes: whether every change was agreed to beforehand.
        language: what --lang said.
    """

    doors: Doors = field(default_factory=Doors)
    labs: Path | None = None
    yes: bool = False
    language: str = ""
    _screen: Screen | None = None
    _narrator: LineNarrator | None = None

    @property
    def screen(self) -> Screen:
        """Standard output."""
        if self._screen is None:
            self._screen = standard()
        return self._screen

    @property
    def narrator(self) -> LineNarrator:
        """Standard error, and whoever answers there."""
        if self._narrator is None:
            self._narrator = narrator.standard(yes=self.yes)
        return self._narrator

    def load(self, slug: str) -> LoadedLab:
        """Load a lab by its name; raises as `catalog.load` does.

        Raises:
            LabBroken: also, in CI, where an installed pack cannot be used: there nobody reads the list.
        """
        if os.environ.get("CI", "").lower() in ("true", "1") and (odd := catalog.skipped()):
            raise LabBroken(
                say(
                    en=f"the pack {odd[0].origin} cannot be used: {odd[0].why}",
                    zh=f"实验包 {odd[0].origin} 无法使用：{odd[0].why}",
                ),
                hint=say(en="mend or uninstall it", zh="请修复或卸载它"),
            )
        return catalog.load(slug, self.labs)

    def session(self) -> Any:
        """Return the started lab; raises NoLabStarted where none is."""
        return self.doors.lifecycle().current(self.narrator, self.labs)

    def print_json(self, value: Any) -> None:
        """Print a record on standard output."""
        record.write(self.screen.stream, value)


def of(ctx: typer.Context) -> Calling:
    """Return what this call was handed."""
    found = ctx.find_root().obj
    if not isinstance(found, Calling):
        raise TypeError("the program was called without a Calling")
    return found


def known_step(loaded: LoadedLab, step: str) -> str:
    """Return the step, or the one of this number.

    Raises:
        UnknownStep: the lab has none of this name; the hint suggests the nearest.
    """
    import difflib

    ids = [found.id for found in loaded.lab.steps]
    if step in ids or not step:
        return step
    if step.isdecimal() and 0 < int(step) <= len(ids):
        return ids[int(step) - 1]
    near = difflib.get_close_matches(step.lower(), ids, n=1, cutoff=0.4)
    names = ", ".join(ids)
    raise UnknownStep(
        say(en=f"{loaded.entry.slug} has no step called {step!r}", zh=f"{loaded.entry.slug} 没有名为 {step!r} 的步骤"),
        hint=say(en=f"did you mean {near[0]}?", zh=f"是不是 {near[0]}？")
        if near
        else say(en=f"its steps: {names}", zh=f"它的步骤：{names}"),
    )
