"""Where a learner is: the open lab, its steps, since when, on which engine."""

from typing import Any

from labrunner.catalog import LoadedLab
from labrunner.render import cells
from labrunner.render.clock import ago, moment
from labrunner.render.screen import Screen
from labrunner.words import say

LABEL = 10


def show(screen: Screen, loaded: LoadedLab, record: dict[str, Any]) -> None:
    """Print a lab's standing.

    Args:
        screen: where to.
        loaded: the lab.
        record: started (ISO 8601), step, done, assisted, engine, endpoint, namespace; as `status --json` has
            them, the deadline where the course has one, and the outage where one is open.
    """
    screen.line((loaded.text.title, "title"), (f"  {loaded.entry.slug}", "dim"))
    done, assisted = set(record["done"]), set(record["assisted"])
    digits = len(str(len(loaded.lab.steps)))
    for number, step in enumerate(loaded.lab.steps, start=1):
        sign, style = screen.symbol("dot"), "dim"
        if step.id in done:
            sign, style = screen.symbol("pass"), "good"
        elif step.id == record["step"]:
            sign, style = screen.symbol("arrow"), "soon"
        note = say(en="  (solved for you)", zh="（由 solve 代做）") if step.id in assisted else ""
        title = loaded.text.steps[step.id].title
        screen.line(title, (f"  {step.id}{note}", "dim"), lead=(f"{cells.padded(sign, 2)} {number:>{digits}}  ", style))
    since = say(
        en=f"{moment(record['started'])}, {ago(record['started'])} ago",
        zh=f"{moment(record['started'])}，{ago(record['started'])}前",
    )
    _row(screen, say(en="since", zh="开始于"), since)
    _row(screen, say(en="engine", zh="引擎"), f"Docker {record['engine']}  {record['endpoint']}")
    if record.get("deadline"):
        _row(screen, say(en="until", zh="截止"), record["deadline"])
    if record["namespace"]:
        _row(screen, say(en="namespace", zh="命名空间"), record["namespace"])
    if stopped := record.get("outage"):
        what = say(en="{component} on {node}", zh="{node} 上的 {component}").format(**stopped)
        _row(screen, say(en="stopped", zh="已停止"), f"{what}  labrunner outage --over")


def _row(screen: Screen, label: str, text: str) -> None:
    screen.line(text, lead=(cells.padded(label, LABEL), "dim"))
