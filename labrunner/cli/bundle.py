"""What labs need, carried to where there is no network; bundle."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from labrunner import catalog
from labrunner.cli.calling import AsJson, Calling, of
from labrunner.cli.completing import lab_names
from labrunner.cli.suggesting import Commands
from labrunner.errors import Declined, UsageError
from labrunner.render import bundles as shown
from labrunner.words import say

PARTS = ("docker", "kubernetes")
Part = Annotated[
    list[str] | None,
    typer.Option(
        metavar="docker|kubernetes",
        help=say(en="this part alone", zh="只要这一部分"),
        show_default=False,
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    bundle = typer.Typer(cls=Commands, no_args_is_help=False)
    bundle.command(help=say(en="Save what labs need into a folder.", zh="把实验需要的一切存入目录。"))(save)
    bundle.command(help=say(en="Load it where there is no network.", zh="在没有网络的机器上载入。"))(load)
    bundle.command(help=say(en="Compare every hash of a bundle.", zh="校验离线包的全部内容。"))(verify)
    app.add_typer(bundle, name="bundle", help=say(en="Labs without a network.", zh="没有网络时的离线包。"))


def save(  # noqa: PLR0913, PLR0917 - the command's options, as typer reads them
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help=say(en="where to", zh="存到哪里"))],
    labs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LAB",
            help=say(en="labs; all where none is named", zh="实验；不写则为全部"),
            autocompletion=lab_names,
            show_default=False,
        ),
    ] = None,
    part: Part = None,
    python: Annotated[
        list[str] | None,
        typer.Option(
            metavar="3.12|none",
            help=say(en="with packages for this Python; the one here", zh="附带哪个 Python 的包；默认与本机相同"),
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Save what labs need; what the cache lacks of it is built or pulled first."""
    from labrunner.environment import bundles, wheelhouse

    calling = of(ctx)
    slugs = labs or [entry.slug for entry in catalog.entries(calling.labs)]
    loaded = {slug: calling.load(slug).lab for slug in slugs}
    pythons = [] if python == ["none"] else python or [wheelhouse.here()]
    made = bundles.save(Path(folder), loaded, _parts(part), pythons, calling.narrator)
    if as_json:
        calling.print_json(shown.record(made))
    else:
        shown.saved(calling.screen, made, folder)
    return 0


def load(
    ctx: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="DIR|URL",
            help=say(en="where it is; the course's where none is named", zh="离线包在哪里；默认用课程的"),
            show_default=False,
        ),
    ] = "",
    part: Part = None,
    sha256: Annotated[
        str,
        typer.Option(metavar="HASH", help=say(en="what it has to be", zh="它应有的校验值"), show_default=False),
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Load a bundle; what is there already stays."""
    from labrunner.environment import bundles
    from labrunner.grading import joined

    calling, course = of(ctx), joined.load()
    place = place or course.bundle
    if not place:
        raise UsageError(say(en="no bundle is named", zh="没有写离线包的位置"), hint="labrunner bundle load DIR|URL")
    known = sha256 or (course.bundle_sha256 if place == course.bundle else "")
    if not known:
        _ask(calling, place)
    found = bundles.load(place, _parts(part), calling.narrator, known=known)
    if as_json:
        calling.print_json({"schema": 1, **found.record()})
    else:
        shown.loaded(calling.screen, found)
    return 0


def verify(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help=say(en="the bundle", zh="离线包"))],
    as_json: AsJson = False,
) -> int:
    """Compare every hash."""
    from labrunner.environment import bundles

    calling = of(ctx)
    found = bundles.verify(folder, calling.narrator)
    if as_json:
        calling.print_json(shown.record(found))
    else:
        shown.verified(calling.screen, found)
    return 0


def _ask(calling: Calling, place: str) -> None:
    """Ask before images are taken from an address at which anybody of the network could stand."""
    if urlsplit(place).scheme != "http":
        return
    question = say(
        en="the images of this address will run on your machine, and nobody said what they have to be; go on?",
        zh="这个地址的镜像会在你的机器上运行，而没有人说明它们的校验值；继续吗？",
    )
    if not calling.narrator.consents(question, [f"labrunner bundle load {place}"]):
        raise Declined(
            say(en="nothing was loaded", zh="没有载入任何内容"),
            hint=say(en="ask your teacher for the hash: --sha256 HASH", zh="向老师要校验值：--sha256 HASH"),
        )


def _parts(typed: list[str] | None) -> list[str]:
    if unknown := [one for one in typed or [] if one not in PARTS]:
        raise UsageError(
            say(en=f"no part is called {unknown[0]!r}", zh=f"没有名为 {unknown[0]!r} 的部分"),
            hint="--part " + " | ".join(PARTS),
        )
    return typed or list(PARTS)
