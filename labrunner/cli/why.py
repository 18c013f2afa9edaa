"""What is broken, and why: behind the open lab's failing claims, or behind any object of the learner's."""

from typing import Annotated, Any

import typer

from labrunner.cli.calling import AsJson, Calling, of
from labrunner.cli.completing import objects
from labrunner.errors import NoLabStarted, UsageError
from labrunner.outcome import Report
from labrunner.render import diagnosis as diagnoses
from labrunner.why.kinds import target
from labrunner.words import say

Target = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KIND/NAME",
        help=say(
            en="container/web, deploy/web, svc/web, … or a URL; what the lab's claims lack, where nothing is named",
            zh="container/web、deploy/web、svc/web …… 或一个 URL；不写则解释实验里未通过的检查",
        ),
        autocompletion=objects,
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NS",
        help=say(en="the namespace in the course's cluster; the open lab's", zh="课程集群里的命名空间；默认当前实验的"),
        show_default=False,
    ),
]
More = Annotated[
    bool, typer.Option("--more", help=say(en="every cause in full", zh="完整列出每个原因"), show_default=False)
]
KIND_AND_NAME = 2


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=say(en="What is broken, and why; changes nothing.", zh="哪里坏了，为什么；只看不改。"))(why)


def why(
    ctx: typer.Context,
    about: Target = None,
    namespace: Namespace = "",
    more: More = False,
    as_json: AsJson = False,
) -> int:
    """Explain an object, or what does not hold in the open lab.

    Returns:
        0 nothing is broken; 1 a cause was found, something is on its way, or it is not known.
    """
    calling = of(ctx)
    if not about:
        return _of_lab(calling, more=more, as_json=as_json)
    said = as_target(list(about))
    found = calling.doors.asking().why(said, namespace=namespace)
    if as_json:
        calling.print_json(diagnoses.record(found))
    else:
        hidden = diagnoses.show(calling.screen, found, more=more)
        _hint(calling, " ".join(["why", *about, *(["-n", namespace] if namespace else [])]), hidden)
    return 0 if found.healthy and not found.causes else 1


def as_target(words: list[str]) -> str:
    """Return KIND/NAME of what was typed; `pod web` is said as often as `pod/web`.

    Raises:
        UsageError: it is neither, or no kind is called so.
    """
    if len(words) > KIND_AND_NAME or (len(words) == KIND_AND_NAME and "/" in words[0]):
        raise UsageError(
            say(en="one object at a time", zh="一次只问一个对象"),
            hint=f"labrunner why {'/'.join(words[:KIND_AND_NAME])}",
        )
    said = "/".join(words)
    target(said)
    return said


def _of_lab(calling: Calling, *, more: bool, as_json: bool) -> int:
    try:
        session = calling.session()
    except NoLabStarted as none:
        raise NoLabStarted(
            none.message, hint=say(en="name an object: ", zh="请说出一个对象：") + "labrunner why container/NAME"
        ) from none
    asking = calling.doors.asking()
    report: Report = asking.failing(session)
    failing: Report = asking.broken(report, more=more)
    if as_json:
        calling.print_json(failing.record())
    elif failing.verdicts:
        hidden = diagnoses.show_failing(calling.screen, failing, more=more)
        _hint(calling, "why", hidden)
    else:
        _all_well(calling, session, report)
    return report.exit_code


def _all_well(calling: Calling, session: Any, report: Report) -> None:
    number = len(report.verdicts)
    name = session.loaded.entry.slug
    said = say(en=f"{name}: all {number} claims hold.", zh=f"{name}：{number} 项检查全部成立。")
    calling.screen.line((said, "good"))


def _hint(calling: Calling, command: str, hidden: int) -> None:
    if hidden:
        said = say(en=f"every cause: labrunner {command} --more", zh=f"全部原因：labrunner {command} --more")
        calling.screen.line((said, "dim"))
