"""Help on the way: hint, solve, demo."""

from dataclasses import asdict, is_dataclass
from typing import Annotated, Any

import typer

from labrunner.cli import changes, verdicts
from labrunner.cli.calling import AsJson, known_step, of
from labrunner.cli.labs import LabName, StepName
from labrunner.operation import filled
from labrunner.outcome import Report
from labrunner.render import prose
from labrunner.render.screen import Screen
from labrunner.render.show import Shown
from labrunner.words import say

All = Annotated[
    bool, typer.Option("--all", help=say(en="every step that is left", zh="余下的所有步骤"), show_default=False)
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=say(en="One more hint each time, vaguest first.", zh="每次多给一个提示，由浅入深。"))(hint)
    app.command(help=say(en="Do the step here, each command shown.", zh="当场做完这一步，显示每条命令。"))(solve)
    app.command(help=say(en="A whole lab, done for real in a sandbox.", zh="在沙箱里真实地做完整个实验。"))(demo)


def hint(ctx: typer.Context, step: StepName = "", as_json: AsJson = False) -> int:
    """Give one more hint for a step."""
    calling = of(ctx)
    session = calling.session()
    found = calling.doors.lifecycle().hint(session, known_step(session.loaded, step))
    text = filled(found.text, session.spoken)
    if as_json:
        record = asdict(found) if is_dataclass(found) and not isinstance(found, type) else vars(found)
        calling.print_json({"schema": 1, "lab": session.loaded.entry.slug, **record, "text": text})
        return 0
    title = session.loaded.text.steps[found.step].title
    head = say(en=f"hint {found.number} of {found.of}", zh=f"提示 {found.number}/{found.of}")
    calling.screen.line((head, "bold"), (f"  {title}", "dim"))
    prose.show(calling.screen, text, indent=2)
    if found.number == found.of:
        last = say(
            en="That was the last one. See it done: labrunner solve",
            zh="这是最后一个提示。看它当场做一遍：labrunner solve",
        )
        calling.screen.line((last, "dim"))
    return 0


def solve(ctx: typer.Context, step: StepName = "", all_steps: All = False, as_json: AsJson = False) -> int:
    """Do a step in the learner's lab; it is marked as assisted."""
    import sys

    calling = of(ctx)
    session = calling.session()
    shown = Shown(Screen(sys.stderr) if as_json else calling.screen)
    wanted = known_step(session.loaded, step)
    report: Report = calling.doors.lifecycle().solve(session, wanted, all_steps=all_steps, show=shown)
    if as_json:
        changes.remember(session, report)
        calling.print_json(report.record())
    else:
        calling.screen.gap()
        verdicts.show(calling, session, report, taught=not all_steps)
    return report.exit_code


def demo(ctx: typer.Context, lab: LabName) -> int:
    """Run a whole lab in a sandbox of its own, and take the sandbox away."""
    calling = of(ctx)
    loaded = calling.load(lab)
    report: Report = calling.doors.demo().demo(loaded, calling.narrator, Shown(calling.screen))
    calling.screen.gap()
    _ended(calling.screen, loaded, report)
    return report.exit_code


def _ended(screen: Screen, loaded: Any, report: Report) -> None:
    passed = sum(verdict.passed for verdict in report.verdicts)
    total = len(report.verdicts)
    name = loaded.entry.slug
    if report.exit_code == 0:
        said = say(
            en=f"{name}: all {total} checks passed; the sandbox is gone and nothing of yours was touched.",
            zh=f"{name}：{total} 项检查全部通过；沙箱已移除，你的东西没有被动过。",
        )
        screen.line((said, "good"))
        screen.line(
            (say(en=f"do it yourself: labrunner start {name}", zh=f"自己做一遍：labrunner start {name}"), "dim")
        )
        return
    said = say(en=f"{name}: {passed} of {total} checks passed.", zh=f"{name}：{total} 项检查中有 {passed} 项通过。")
    screen.line((said, "bad"))
