"""A block to paste into a forum or a chat: where one is stuck, and what is there; nothing private."""

import typer

from labrunner.cli.calling import AsJson, of
from labrunner.words import say


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        help=say(en="A block to paste where others help; nothing private.", zh="生成求助文本，可直接粘贴；不含隐私。")
    )(ask)


def ask(ctx: typer.Context, as_json: AsJson = False) -> int:
    """Print the question that the current step raises; it was asked, so 0 whatever the claims say."""
    from labrunner.render import question

    calling = of(ctx)
    session = calling.session()
    asked = calling.doors.question().ask(session)
    if as_json:
        calling.print_json(asked.record())
    else:
        calling.screen.copied(question.markdown(asked))
    return 0
