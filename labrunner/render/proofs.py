"""A proof on a terminal: what was seen of each lab, and what does not hold."""

from typing import Any

from labrunner.render.clock import duration
from labrunner.render.screen import Screen
from labrunner.words import say


def show(screen: Screen, proof: Any) -> None:
    """Print a line a lab and engine, each complaint below it, and the closing line."""
    for one in proof.labs:
        good = not one.complaints
        mark = (screen.symbol("pass" if good else "fail") + " ", "good" if good else "bad")
        name = getattr(one.lab, "slug", one.lab)
        said = say(
            en=(
                f"checks seen both ways {one.checks_seen}/{one.checks}, "
                f"mutants killed {one.mutants_killed}/{one.mutants}, "
                f"alternatives accepted {one.alternatives_accepted}/{one.alternatives}, replays {one.replays}"
            ),
            zh=(
                f"检查正反都见过 {one.checks_seen}/{one.checks}，错误做法被识别 {one.mutants_killed}/{one.mutants}，"
                f"其他正确做法被接受 {one.alternatives_accepted}/{one.alternatives}，重放 {one.replays} 次"
            ),
        )
        if one.students > 1:
            said += say(
                en=f", students {one.students_passed}/{one.students}",
                zh=f"，学生 {one.students_passed}/{one.students} 位",
            )
        screen.line((f"{name} · Docker {one.engine}", "bold"), (f"  {duration(one.seconds)}", "dim"), lead=mark)
        screen.line(said, lead="  ")
        for step, why in one.left_out.items():
            screen.line(f"{step}: " + say(en=f"not here, because {why}", zh=f"这里做不了，因为 {why}"), lead="  ")
        for complaint in one.complaints:
            screen.line(complaint, lead=(f"  {screen.symbol('fail')} ", "bad"))
    wrong = sum(len(one.complaints) for one in proof.labs)
    if wrong or proof.exit_code:
        screen.line((say(en=f"not proved: {wrong} complaints", zh=f"未通过证明：{wrong} 处问题"), "bad"))
    else:
        screen.line((say(en="proved", zh="证明通过"), "good"))
