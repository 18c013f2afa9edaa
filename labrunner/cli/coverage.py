"""What the notes claim, and what shows it: coverage."""

from pathlib import Path
from typing import Annotated

import typer

from labrunner import catalog, coverage, coverage_file
from labrunner.cli.calling import AsJson, of
from labrunner.cli.completing import lab_names
from labrunner.coverage import Answer, Section
from labrunner.errors import UnknownLab
from labrunner.render import coverage as tables
from labrunner.words import say

Labs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LAB",
        help=say(en="the sections of these labs; all where none is named", zh="只看这些实验的部分；不写则为全部"),
        autocompletion=lab_names,
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "coverage",
        help=say(
            en="Every statement of the notes, and the step that shows it; exit 1 while one is open.",
            zh="笔记的每一条陈述，由哪一步证明；还有未覆盖的陈述时退出码为 1。",
        ),
    )(cover)


def cover(ctx: typer.Context, labs: Labs = None, as_json: AsJson = False) -> int:
    """Print the statements of the notes with their answers: a step, another lab, an opinion, or none yet."""
    calling = of(ctx)
    shown = _named(_sections(calling.labs), labs or [])
    needed = {lab for section in shown for lab in section.labs}
    entries = [entry for entry in catalog.entries(calling.labs) if entry.slug in needed]
    there = coverage.steps_of(map(catalog.load_entry, entries))
    coverage.demand(shown, there)
    if as_json:
        calling.print_json(tables.record(shown, there))
    else:
        tables.show(calling.screen, shown, there)
    return 1 if coverage.counts(shown, there)[Answer.OPEN] else 0


def _sections(extra: Path | None) -> tuple[Section, ...]:
    """Return the sections of the course's notes, then those of a folder of further labs."""
    import labs

    roots = [Path(str(labs.__file__)).parent, *([extra] if extra else [])]
    return tuple(section for root in roots for section in coverage_file.read(coverage_file.folder_of(root)))


def _named(sections: tuple[Section, ...], labs: list[str]) -> tuple[Section, ...]:
    known = [section.lab for section in sections]
    for lab in labs:
        if lab not in known:
            raise UnknownLab(
                say(en=f"no section of the notes belongs to a lab {lab!r}", zh=f"笔记里没有哪一节对应实验 {lab!r}"),
                hint=" | ".join(known),
            )
    return tuple(section for section in sections if not labs or section.lab in labs)
