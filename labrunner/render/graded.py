"""What came of a grading: a few lines at a terminal, and the files of its forms."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labrunner.grading.class_run import STUDENTS, place
from labrunner.grading.regrade import Regraded
from labrunner.grading.result import Audience, Result, Trust
from labrunner.outcome import Outcome
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.words import say

if TYPE_CHECKING:
    from labrunner.render.results.view import LabView

OF_STUDENTS = ("json", "html")
"""What every student gets."""
STYLES = {Outcome.FAIL: "bad", Outcome.WAITING: "soon", Outcome.BLOCKED: "dim", Outcome.ERROR: "error"}


def demand(forms: Sequence[str]) -> None:
    """Raise UsageError where no form has one of these names."""
    from labrunner.render.results import forms as known

    for name in forms:
        known.named(name)


def written(result: Result, out: Path, forms: Sequence[str]) -> None:
    """Write the further forms of a result beside it, and what may be handed to its student in a folder below."""
    from labrunner.render.results import forms as known

    folder = out / place(result.student, result.digest)
    known.write_forms(result, folder, forms)
    known.write_forms(result, folder / STUDENTS, dict.fromkeys((*OF_STUDENTS, *forms)), Audience.STUDENT)


def reader(result: Result) -> Audience:
    """Return who reads what is printed here: the log of CI in a student's repository is the student's."""
    return Audience.STUDENT if result.trust is Trust.CI_STUDENT else Audience.TEACHER


def record(result: Result) -> dict[str, Any]:
    """Return a result as JSON-able values, for whoever reads it here."""
    from labrunner.render.results import own

    return own.record(result, reader(result))


def shown(screen: Screen, path: Path, result: Result) -> None:
    """Print what came of one submission: its mark, each lab, and each check that did not pass."""
    from labrunner.render.results import view

    seen = view.view(result, reader(result))
    mark = say(en="not gradable, to be run again", zh="无法评分，需要重新运行")
    if result.mark is not None:
        mark = say(en=f"{result.mark:g} of 100", zh=f"{result.mark:g} / 100")
    screen.line((one_line(result.student), "bold"), (f"  {mark}", "" if result.mark is not None else "error"))
    screen.line((f"  {path.name} · {result.trust} · {result.isolation}", "dim"))
    for lab in seen.labs:
        _lab(screen, lab)
    for flag in seen.about.flags:
        screen.line(one_line(flag, size=500), lead=(f"   {screen.symbol('error')} ", "soon"), hang=2)


def _lab(screen: Screen, lab: "LabView") -> None:
    from labrunner.render.results import view

    if not lab.counts:
        out = say(en="local only, not in the mark", zh="仅限本地，不计入成绩")
        screen.line(f"  {lab.lab}", (f"  {out}", "dim"))
        return
    screen.line(f"  {lab.lab}", (f"  {lab.earned:g}/{lab.worth:g}", "dim"), (f"  {lab.seconds:.0f} s", "dim"))
    if lab.trouble:
        screen.line(one_line(lab.trouble, size=500), lead=_sign(screen, Outcome.ERROR), hang=2)
    for check in lab.checks:
        if check.outcome is not Outcome.PASS:
            why = f"{check.step}: {check.claim}" + (f" ({check.why})" if check.why else "")
            screen.line(one_line(why, size=500), lead=_sign(screen, check.outcome), hang=2)
    if hidden := view.hidden_words(lab.hidden):
        screen.line((hidden, "dim"), lead="   ")


def changed(screen: Screen, one: Regraded) -> None:
    """Print what judging again changed for one student."""
    was, now = _mark(one.before), _mark(one.now)
    said = say(en="unchanged", zh="没有变化") if not one.changes and was == now else f"{was} → {now}"
    screen.line((one_line(one.now.student), "bold"), (f"  {said}", "" if one.changes else "dim"))
    for change in one.changes:
        outcome = f"{change.before} → {change.now}"
        screen.line(f"{change.lab} {change.step} {change.check}: {outcome}", lead="   ", hang=2)


def change_record(one: Regraded) -> dict[str, Any]:
    """Return what judging again changed as JSON-able values."""
    return {
        "student": one.now.student,
        "submission": one.now.submission,
        "mark_before": one.before.mark,
        "mark": one.now.mark,
        "changes": [asdict(change) for change in one.changes],
    }


def _mark(result: Result) -> str:
    return "—" if result.mark is None else f"{result.mark:g}"


def _sign(screen: Screen, outcome: Outcome) -> tuple[str, str]:
    return f"   {screen.symbol(outcome.value)} ", STYLES[outcome]
