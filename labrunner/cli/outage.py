"""Stopping a component of the cluster for a while, and bringing it back: outage."""

import os
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli.calling import Calling, of
from labrunner.errors import UsageError
from labrunner.narrate import stage
from labrunner.words import say


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        help=say(
            en="Stop a component of the cluster for a while.",
            zh="让集群的一个组件停一会儿。",
        )
    )(outage)


def outage(
    ctx: typer.Context,
    component: Annotated[
        str, typer.Argument(metavar="COMPONENT", help=say(en="as the task names it", zh="任务里写的名字"))
    ] = "",
    node: Annotated[
        str,
        typer.Option(metavar="NODE", help=say(en="of which node", zh="哪个节点上的"), show_default=False),
    ] = "",
    over: Annotated[
        bool, typer.Option("--over", help=say(en="bring it back", zh="让它回来"), show_default=False)
    ] = False,
) -> int:
    """Stop a component that the open lab's task names, bring it back, or say what is stopped."""
    calling = of(ctx)
    doors = calling.doors.outage()
    if over and component:
        raise UsageError(
            say(en="--over stands alone: it brings back what is stopped", zh="--over 单独使用：它恢复停掉的组件"),
            hint="labrunner outage --over",
        )
    if over:
        return _over(calling, doors)
    if not component:
        record = doors.record()
        calling.screen.line(_told(record) if record else _nothing())
        return 0
    directory = Path(os.environ.get("LABRUNNER_LAB") or calling.session().directory)
    with stage(calling.narrator, say(en=f"stopping {component}", zh=f"停止 {component}")):
        record = doors.begin(directory, component, node, calling.narrator)
    calling.screen.line(_told(record))
    return 0


def _over(calling: Calling, doors: Any) -> int:
    with stage(calling.narrator, say(en="bringing it back, and waiting for the nodes", zh="恢复，并等待节点就绪")):
        back = doors.over()
    calling.screen.line(say(en=f"{back} is back", zh=f"{back} 已恢复") if back else _nothing())
    return 0


def _told(record: Any) -> str:
    until = datetime.fromtimestamp(record.until).astimezone().strftime("%H:%M:%S")
    left = max(0, round(record.until - time.time()))
    what, where, ends = record.component, record.node, "labrunner outage --over"
    return say(
        en=f"{what} on {where} is stopped; it comes back at {until} ({left} s), or now: {ends}",
        zh=f"{where} 上的 {what} 已停止；{until}（{left} 秒后）自动恢复，或者现在：{ends}",
    )


def _nothing() -> str:
    return say(en="nothing is stopped", zh="没有停掉的组件")
