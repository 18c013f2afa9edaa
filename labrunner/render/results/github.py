"""GitHub's workflow commands: the notes beside a run, as many as a step may show."""

from collections.abc import Iterator

from labrunner.grading.result import Audience, CheckResult, Result
from labrunner.outcome import Outcome
from labrunner.render.results import telling
from labrunner.render.results.inert import in_command, in_property
from labrunner.render.results.view import LabView, View, hidden_words, view
from labrunner.words import say

MOST = 10
"""Annotations of one kind that a step shows; what comes after them is dropped without a word."""
LONGEST = 2000
"""Characters of a message."""
KINDS = {Outcome.FAIL: "error", Outcome.WAITING: "error", Outcome.ERROR: "warning"}
Note = tuple[str, str]
"""Title and message."""


def form(result: Result, audience: Audience) -> str:
    """Return the lines to print: one notice with the mark, then what failed, then what had no verdict.

    Each is one line, whatever is in it; where there are more than GitHub shows, the last says how many.
    """
    seen = view(result, audience)
    lines = [*_commands("notice", [_mark(seen)])]
    for kind in ("error", "warning"):
        lines += _commands(kind, [*_notes(seen, kind)])
    return "\n".join(lines) + "\n"


def _mark(seen: View) -> Note:
    counted = [hidden_words(lab.hidden) for lab in seen.labs if lab.hidden.checks]
    said = "; ".join([telling.mark(seen), telling.trust(seen.about.trust), *counted])
    return "labrunner", said


def _notes(seen: View, kind: str) -> Iterator[Note]:
    for lab in seen.labs:
        if kind == "warning" and lab.trouble:
            yield lab.lab, lab.trouble
        yield from (_note(lab, one) for one in lab.checks if KINDS.get(one.outcome) == kind)
    if kind == "warning":
        yield from (("labrunner", flag) for flag in seen.about.flags)


def _note(lab: LabView, one: CheckResult) -> Note:
    said = ": ".join(part for part in (one.claim, one.why) if part)
    return f"{lab.lab}/{one.step}/{one.check}", said + (f" ({one.see})" if one.see else "")


def _commands(kind: str, notes: list[Note]) -> Iterator[str]:
    shown = notes if len(notes) <= MOST else notes[: MOST - 1]
    for title, said in shown:
        yield f"::{kind} title={in_property(title[:200])}::{in_command(said[:LONGEST])}"
    if left := len(notes) - len(shown):
        said = say(en=f"{left} more are in the summary", zh=f"还有 {left} 条，见摘要")
        yield f"::{kind} title=labrunner::{in_command(said)}"
