"""A result as Markdown: GitHub's step summary, a comment in GitLab."""

from collections.abc import Iterator

from labrunner.grading.result import Audience, CheckResult, Result
from labrunner.outcome import Outcome
from labrunner.render.results import telling
from labrunner.render.results.inert import NEVER_IN_XML, in_code, in_html, in_markdown, said
from labrunner.render.results.view import LabView, View, hidden_words, view
from labrunner.words import say

LARGEST = 1024 * 1024
"""Bytes of a step summary; GitHub drops a larger one whole."""


def form(result: Result, audience: Audience, *, largest: int = LARGEST) -> str:
    """Return the result as Markdown; what does not fit is left out at the end, and that is said.

    Args:
        result: the result.
        audience: who sees it.
        largest: bytes, in UTF-8, that it may have.
    """
    return fitted(_blocks(view(result, audience)), largest)


def fitted(blocks: Iterator[str], largest: int) -> str:
    """Return as many whole blocks as fit, and a line that says how many did not."""
    room = largest - 200  # for that line
    kept, left = [], 0
    for block in blocks:
        size = len(block.encode()) + 1
        if left or size > room:
            left += 1
        else:
            kept.append(block)
            room -= size
    if left:
        kept.append(
            "\n"
            + say(
                en=f"… {left} more parts are left out: see the whole result",
                zh=f"…… 其余 {left} 部分未列出，见完整成绩",
            )
        )
    return "\n".join(kept) + "\n"


def _blocks(seen: View) -> Iterator[str]:
    sign = "⚠" if seen.mark is None else "✅" if all(lab.earned >= lab.worth for lab in seen.counted) else "❌"
    yield f"## {sign} {in_markdown(telling.mark(seen))}\n"
    yield in_markdown(telling.trust(seen.about.trust)) + "\n"
    head = (say(en="lab", zh="实验"), say(en="points", zh="得分"), "")
    yield f"| {' | '.join(head)} |\n|---|---:|---|"
    for lab in seen.labs:
        notes = "; ".join(in_markdown(one) for one in telling.remarks(lab))
        yield f"| {in_markdown(lab.lab)} | {telling.points(lab)} | {notes} |"
    for lab in seen.labs:
        yield from _lab(lab)
    for flag in seen.about.flags:
        yield f"\n> ⚠ {in_markdown(flag)}"
    yield from _facts(seen)


def _lab(lab: LabView) -> Iterator[str]:
    if not lab.checks and not lab.hidden.checks:
        return
    yield f"\n### {in_markdown(lab.lab)}\n"
    yield f"| | {say(en='check', zh='检查')} | {say(en='points', zh='得分')} |\n|---|---|---:|"
    for one in lab.checks:
        outcome = f"{telling.SIGNS[one.outcome]} {telling.outcome(one.outcome)}"
        yield f"| {outcome} | {_said(one)} | {one.earned:g}/{one.worth:g} |"
    if counted := hidden_words(lab.hidden):
        yield f"| | {in_markdown(counted)} | {lab.hidden.earned:g}/{lab.hidden.worth:g} |"
    for run in lab.runs:
        if run.output.strip() and (run.code or run.ended):
            title = f"{run.step}: {run.ended or run.code}"
            text = in_html(NEVER_IN_XML.sub("", run.output))
            yield f"\n<details><summary>{in_markdown(title)}</summary>\n\n<pre>{text}</pre>\n</details>"


def _said(one: CheckResult) -> str:
    lines = [in_markdown(one.claim) or in_code(f"{one.step}/{one.check}")]
    if one.outcome is not Outcome.PASS:
        if one.expected is not None or one.found is not None:
            expected, found = say(en="expected", zh="应为"), say(en="found", zh="实际")
            lines.append(f"{expected} {in_code(said(one.expected))}, {found} {in_code(said(one.found))}")
        lines += [in_markdown(one.why)] if one.why else []
        lines += [in_code(one.see)] if one.see else []
    return "<br>".join(lines)


def _facts(seen: View) -> Iterator[str]:
    yield f"\n| {say(en='this result', zh='这份成绩')} | |\n|---|---|"
    for name, value in telling.facts(seen):
        yield f"| {in_markdown(name)} | {in_code(value)} |"
