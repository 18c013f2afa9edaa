"""`labrunner` alone: in six lines, what to do next."""

from labrunner.cli import steps
from labrunner.cli.calling import Calling
from labrunner.errors import NoLabStarted
from labrunner.words import say

COLUMN = 32


def show(calling: Calling) -> int:
    """Print what to do next: begin a lab where none is open, else go on with it."""
    try:
        session = calling.session()
    except NoLabStarted as none:
        _begin(calling, none)
        return 0
    slug, lab = session.loaded.entry.slug, session.loaded.lab
    step = steps.current(lab, session.progress.passes)
    screen = calling.screen
    if step:
        said = session.loaded.text.steps[step]
        number = next(at for at, found in enumerate(lab.steps, start=1) if found.id == step)
        of = len(lab.steps)
        where = say(en=f"step {number} of {of}, {said.title}", zh=f"第 {number}/{of} 步，{said.title}")
    else:
        where = say(en="all steps done", zh="全部步骤完成")
    screen.line((slug, "title"), f"  {where}")
    _rows(
        calling,
        ("labrunner task", say(en="what is to be done", zh="现在要做什么")),
        ("labrunner check", say(en="look at what is there", zh="看看做到了没有")),
        ("labrunner hint", say(en="one more hint", zh="再给一个提示")),
        ("labrunner solve", say(en="see it done, here", zh="看它当场做一遍")),
        ("labrunner stop", say(en="take away everything of the lab's", zh="结束并移除实验的一切")),
    )
    return 0


def _begin(calling: Calling, none: NoLabStarted) -> None:
    from labrunner import catalog

    first = next((entry.slug for entry in catalog.entries(calling.labs)), "LAB")
    what = say(
        en="labs for Docker and Kubernetes on your own machine", zh="在你自己的机器上做 Docker 与 Kubernetes 实验"
    )
    calling.screen.line(("labrunner", "title"), f"  {what}", (f"  {none.message}", "dim"))
    again = none.hint if none.hint.startswith("labrunner start ") else f"labrunner start {first}"
    _rows(
        calling,
        ("labrunner list", say(en="the labs, in the notes' order", zh="按笔记顺序列出实验")),
        (
            again,
            say(en="begin", zh="开始") if again == none.hint else say(en="begin with the first", zh="从第一个开始"),
        ),
        (f"labrunner demo {first}", say(en="look on while it is done, in a sandbox", zh="在沙箱里看它做一遍")),
        ("labrunner doctor", say(en="what this machine lacks", zh="这台机器还缺什么")),
        ("labrunner --help", say(en="every command", zh="全部命令")),
    )


def _rows(calling: Calling, *rows: tuple[str, str]) -> None:
    from labrunner.render.cells import padded

    for command, meaning in rows:
        calling.screen.line(meaning, lead=("  " + padded(command, COLUMN), "code"))
