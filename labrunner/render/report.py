"""A report on a terminal: a line a claim, one cause in full, and the next move."""

from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import causes as chains
from labrunner.render import cells, prose
from labrunner.render.causes import DETAIL, detail
from labrunner.render.clock import moment
from labrunner.render.screen import Screen
from labrunner.render.value import phrases
from labrunner.words import say

STYLES = {
    Outcome.PASS: "good",
    Outcome.FAIL: "bad",
    Outcome.WAITING: "soon",
    Outcome.BLOCKED: "dim",
    Outcome.ERROR: "error",
}


def show(screen: Screen, report: Report, titles: dict[str, str], *, step: str = "", more: bool = False) -> None:
    """Print a report.

    Args:
        screen: where to.
        report: what was seen.
        titles: of the lab's steps, by id, in order.
        step: print this step alone; every step where empty: those that are done on one line each, the first
            that is not in full, the later ones as a number.
        more: print every step and every cause in full.
    """
    causes = _Causes(more=more)
    current = step or report.current
    for number, (name, title) in enumerate(titles.items(), start=1):
        verdicts = report.of(name)
        if not verdicts or (step and name != step):
            continue
        if name == current or more:
            screen.line((f"{number}  {title}", "bold"), ("  " + name, "dim"))
            for verdict in verdicts:
                _verdict(screen, verdict, causes)
        elif report.done(name):
            mark = (screen.symbol("pass") + " ", STYLES[Outcome.PASS])
            screen.line(f"{number}  {title}", (_standing(verdicts), "dim"), lead=mark)
        else:
            causes.hidden += sum(verdict.outcome in (Outcome.FAIL, Outcome.ERROR) for verdict in verdicts)
    _rest(screen, report, titles, current="" if more or step else current)
    if not (more or step):
        _unknown(screen, report, current)
    if causes.hidden:
        screen.line((say(en="every cause: labrunner check --more", zh="全部原因：labrunner check --more"), "dim"))


def claims(screen: Screen, verdicts: tuple[Verdict, ...]) -> None:
    """Print a line a claim, without causes."""
    for verdict in verdicts:
        _claim(screen, verdict)


class _Causes:
    """Counts the causes that were shown, so that one is and the others wait for --more."""

    def __init__(self, *, more: bool) -> None:
        self.more = more
        self.shown = 0
        self.hidden = 0

    def admits(self) -> bool:
        if self.more or not self.shown:
            self.shown += 1
            return True
        self.hidden += 1
        return False


def _verdict(screen: Screen, verdict: Verdict, causes: _Causes) -> None:
    _claim(screen, verdict)
    if verdict.outcome in (Outcome.WAITING, Outcome.BLOCKED):
        if verdict.why:
            screen.line((verdict.why, "dim"), lead=" " * DETAIL)
    elif verdict.outcome in (Outcome.FAIL, Outcome.ERROR) and causes.admits():
        causes.hidden += explained(screen, verdict, more=causes.more)


def _claim(screen: Screen, verdict: Verdict) -> None:
    mark = screen.symbol(verdict.outcome.value) + " "
    style = "dim" if verdict.outcome is Outcome.BLOCKED else ""
    said = prose.inline(verdict.claim, style=style, marks=not screen.colour)
    screen.line(*said, (_standing((verdict,)), "dim"), lead=("   " + mark, STYLES[verdict.outcome]))


def _standing(verdicts: tuple[Verdict, ...]) -> str:
    """Return when the last of these was seen, where it stands on that, and whether it was done for the learner."""
    notes = []
    if at := max((verdict.passed_at for verdict in verdicts), default=""):
        notes.append(say(en=f"passed at {moment(at)}", zh=f"{moment(at)} 已通过"))
    if any(verdict.assisted for verdict in verdicts):
        notes.append(say(en="solved for you", zh="由 solve 代做"))
    said = say(en=", ", zh="，").join(notes)
    said = said.replace(" ", cells.HARD)
    return say(en=f"  ({said})", zh=f"（{said}）") if said else ""


def explained(screen: Screen, verdict: Verdict, *, more: bool) -> int:
    """Print what a verdict expected and found, and its first cause; with `more` all. Returns how many were hidden."""
    if verdict.expected is not None or verdict.found is not None:
        expected, found = phrases(verdict.expected, verdict.found)
        detail(screen, say(en="expected", zh="应为"), expected)
        where = f"  ({verdict.source})" if verdict.source else ""
        detail(screen, say(en="found", zh="实际"), found, (where, "dim"))
    if verdict.causes:
        chains.show(screen, verdict.causes[0], see=verdict.see, notes=verdict.notes, known=verdict.found, more=more)
    else:
        if verdict.why and verdict.why != verdict.found:
            detail(screen, say(en="why", zh="原因"), verdict.why)
        chains.commands(screen, [verdict.see])
        if verdict.notes:
            detail(screen, say(en="notes", zh="笔记"), verdict.notes)
    for sentence in verdict.more if more else ():
        detail(screen, "", sentence)
    return chains.others(screen, verdict.causes, more=more)


def _rest(screen: Screen, report: Report, titles: dict[str, str], *, current: str) -> None:
    """Say how many steps are left behind the current one."""
    if not current or current not in titles:
        return
    after = list(titles)[list(titles).index(current) + 1 :]
    left = sum(not report.done(name) for name in after)
    if left:
        dots = screen.symbol("waiting")
        screen.line(
            (say(en=f"{dots} {left} more step{'s' * (left > 1)}", zh=f"{dots} 还有 {left} 步"), "dim"),
        )


def _unknown(screen: Screen, report: Report, current: str) -> None:
    """Say what could not be judged in steps that are not shown: it decides the exit code, so it must be seen."""
    errors = [verdict for verdict in report.verdicts if verdict.outcome is Outcome.ERROR and verdict.step != current]
    if errors:
        lead = (f"{screen.symbol(Outcome.ERROR.value)} ", STYLES[Outcome.ERROR])
        screen.line((errors[0].step, "bold"), f"  {errors[0].why}", lead=lead, hang=2)
