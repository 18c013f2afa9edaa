"""For those who write labs: dev new, dev prove, dev lint."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.cli.calling import AsJson, Calling, of
from labrunner.cli.completing import lab_names
from labrunner.cli.suggesting import Commands
from labrunner.errors import UsageError
from labrunner.render import proofs
from labrunner.words import say

ENGINES = ("20.10", "29")
MOST_STUDENTS = 500
"""A class, however large; each costs a world of its own."""
Labs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LAB",
        help=say(en="labs; all where none is named", zh="实验；不写则为全部"),
        autocompletion=lab_names,
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    dev = typer.Typer(cls=Commands, no_args_is_help=False)
    dev.command(help=say(en="Write a new lab folder that already proves.", zh="写出一个可以直接运行的新实验目录。"))(
        new
    )
    dev.command(help=say(en="Prove labs: every check seen both ways.", zh="证明实验：每项检查都有正反两种结果。"))(
        prove
    )
    dev.command(help=say(en="What can be said of labs without running them.", zh="不运行就能看出的问题。"))(lint)
    app.add_typer(dev, name="dev", help=say(en="For those who write labs.", zh="写实验的人用的命令。"))


def new(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help=say(en="what will be typed: my-lab", zh="名字：my-lab"))],
) -> int:
    """Write a lab folder beside the built-in ones, or in the folder of --labs."""
    from labrunner import scaffold

    calling = of(ctx)
    root = calling.labs or _built_in()
    folder, line = scaffold.write(slug, root)
    calling.screen.line(say(en=f"written: {folder}", zh=f"已写出：{folder}"))
    calling.screen.line(
        say(en=f"add to SECTIONS in {root / '__init__.py'}:", zh=f"在 {root / '__init__.py'} 的 SECTIONS 里加一行：")
    )
    calling.screen.verbatim(line, lead="  ", style="code")
    calling.screen.line(
        (
            say(
                en=f"then: labrunner dev lint {slug}; labrunner dev prove {slug}",
                zh=f"然后：labrunner dev lint {slug}; labrunner dev prove {slug}",
            ),
            "dim",
        )
    )
    return 0


def prove(  # noqa: PLR0913, PLR0917 - the command's options, as typer reads them
    ctx: typer.Context,
    labs: Labs = None,
    everything: Annotated[
        bool, typer.Option("--all", help=say(en="every lab", zh="全部实验"), show_default=False)
    ] = False,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            metavar="20.10|29",
            help=say(en="on this engine; both if not given", zh="用哪个引擎；默认两个"),
            show_default=False,
        ),
    ] = None,
    step: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STEP",
            help=say(en="try this step alone, solve the others", zh="只检验这一步，其余步骤照答案做"),
            show_default=False,
        ),
    ] = None,
    students: Annotated[
        str,
        typer.Option(
            metavar="N",
            help=say(en="with so many students' values", zh="用多少位学生的数据来证明"),
        ),
    ] = "1",
    as_json: AsJson = False,
) -> int:
    """Prove labs on real engines and the real cluster."""
    calling = of(ctx)
    if everything and labs:
        raise UsageError(
            say(en=f"--all and {labs[0]} contradict each other", zh=f"--all 与 {labs[0]} 互相矛盾"),
            hint=f"labrunner dev prove {labs[0]}",
        )
    engines = tuple(engine or ENGINES)
    if unknown := [one for one in engines if one not in ENGINES]:
        raise UsageError(
            say(en=f"no engine is called {unknown[0]!r}", zh=f"没有名为 {unknown[0]!r} 的引擎"),
            hint="--engine " + " | ".join(ENGINES),
        )
    loaded = _loaded(calling, labs)
    known = {one.id for lab in loaded for one in lab.lab.steps}
    if strangers := [one for one in step or [] if one not in known]:
        raise UsageError(
            say(en=f"no step is called {strangers[0]!r}", zh=f"没有名为 {strangers[0]!r} 的步骤"),
            hint="--step " + " | ".join(sorted(known)),
        )
    only, number = frozenset(step or ()), _number(students)
    proof: Any = calling.doors.prove().prove(loaded, calling.narrator, engines=engines, only=only, students=number)
    if as_json:
        calling.print_json(proof.record())
    else:
        proofs.show(calling.screen, proof)
    return int(proof.exit_code)


def _number(typed: str) -> int:
    """Return how many students were typed; a UsageError where it is no number, or too large a one."""
    if not (typed.isdecimal() and 1 <= int(typed) <= MOST_STUDENTS):
        raise UsageError(
            say(en=f"{typed!r} is no number of students", zh=f"{typed!r} 不是学生人数"),
            hint=f"--students 1 … {MOST_STUDENTS}",
        )
    return int(typed)


def lint(ctx: typer.Context, labs: Labs = None, as_json: AsJson = False) -> int:
    """Say what is wrong with labs before anything runs; exit 2 where something is."""
    from labrunner import lint as linting

    calling = of(ctx)
    loaded = _loaded(calling, labs)
    found = [complaint for one in loaded for complaint in linting.lint(one)]
    code = UsageError.exit_code if found else 0
    if as_json:
        calling.print_json({"schema": 1, "complaints": [asdict(one) | {"file": str(one.file)} for one in found]})
        return code
    for one in found:
        calling.screen.line(one.sentence, lead=(f"{_near(one.file)}:{one.line}: ", "bold"), hang=2)
    said = say(en=f"{len(loaded)} labs, {len(found)} complaints", zh=f"{len(loaded)} 个实验，{len(found)} 处问题")
    calling.screen.line((said, "bad" if found else "good"))
    return code


def _loaded(calling: Calling, slugs: list[str] | None) -> list[LoadedLab]:
    if slugs:
        return [calling.load(slug) for slug in slugs]
    return [catalog.load_entry(entry) for entry in catalog.entries(calling.labs)]


def _near(file: Path) -> Path:
    """Return the path as it is shortest to type from here."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _built_in() -> Path:
    import labs

    return Path(str(labs.__file__)).parent
