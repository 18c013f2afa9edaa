"""One result as a page: the mark, what passed, how the run went, and what it can be told by."""

from collections.abc import Iterator

from labrunner.grading.result import Audience, CheckResult, Result, StepRun
from labrunner.outcome import Outcome
from labrunner.render.clock import duration
from labrunner.render.results import page, pictures, telling
from labrunner.render.results.inert import in_html, said
from labrunner.render.results.view import LabView, View, hidden_words, view
from labrunner.words import say


def form(result: Result, audience: Audience) -> str:
    """Return the result as a page of HTML."""
    seen = view(result, audience)
    who = seen.about.name or seen.about.student
    return page.page(f"{who} · {seen.about.course or 'labrunner'}", _parts(seen, who))


def _parts(seen: View, who: str) -> Iterator[str]:
    about = seen.about
    number = about.student if who != about.student else ""
    yield f'<h1>{in_html(who)} <span class="dim small">{in_html(number)}</span></h1>'
    yield f'<p class="dim">{in_html(about.course)}</p>'
    none = " none error" if seen.mark is None else ""
    yield f'<p class="mark{none}">{in_html(telling.mark(seen))}</p>'
    yield f'<p><span class="tag">{about.trust.value}</span> {in_html(telling.trust(about.trust))}</p>'
    yield page.tiles(_numbers(seen))
    for flag in about.flags:
        yield f'<p class="warn">{in_html(flag)}</p>'
    for lab in seen.labs:
        yield from _lab(lab)
    yield f"<h2>{say(en='This result', zh='这份成绩')}</h2>"
    yield page.facts(telling.facts(seen))


def _numbers(seen: View) -> list[tuple[str, str]]:
    hidden = [lab.hidden for lab in seen.labs]
    passed = seen.number(Outcome.PASS) + sum(one.passed for one in hidden)
    of = sum(len(lab.checks) for lab in seen.labs) + sum(one.checks for one in hidden)
    errors = seen.number(Outcome.ERROR) + sum(one.errors for one in hidden)
    found = [
        (f"{passed} / {of}", say(en="checks passed", zh="项检查通过")),
        (f"{seen.number(Outcome.FAIL, Outcome.WAITING)}", say(en="failed", zh="未通过")),
        (f"{seen.number(Outcome.BLOCKED)}", say(en="not reached", zh="未执行到")),
        (duration(sum(lab.seconds for lab in seen.labs)), say(en="the run took", zh="评分用时")),
    ]
    return found + ([(f"{errors}", say(en="without a verdict", zh="无法判断"))] if errors else [])


def _lab(lab: LabView) -> Iterator[str]:
    points = f'<span class="dim small">{telling.points(lab)}</span>' if lab.worth else ""
    yield f"<h2>{in_html(lab.lab)} {points}</h2>"
    for remark in telling.remarks(lab):
        yield f'<p class="warn">{in_html(remark)}</p>'
    if lab.worth:
        words = telling.points(lab)
        yield pictures.share(min(1.0, lab.earned / lab.worth), words)
    if drawn := pictures.timeline(say(en=f"how {lab.lab} was graded", zh=f"{lab.lab} 的评分过程"), _bars(lab)):
        legend = say(en="each step's script, and, thinner, its checks", zh="每一步的脚本，以及（较细）它的检查")
        yield f'{drawn}<p class="small dim">{legend}</p>'
    rows = [_row(one) for one in lab.checks]
    if counted := hidden_words(lab.hidden):
        rows.append(["", in_html(counted), f"{lab.hidden.earned:g} / {lab.hidden.worth:g}"])
    if rows:
        heading = (say(en="outcome", zh="结果"), say(en="check", zh="检查"), say(en="points", zh="得分"))
        yield page.table(heading, rows, numbers=(2,), wide=1)
    for run in lab.runs:
        yield _script(run)


def _bars(lab: LabView) -> list[pictures.Bar]:
    """Return what happened one after the other: a step's script, then its checks."""
    runs = {run.step: run for run in lab.runs}
    steps = list(dict.fromkeys([*(run.step for run in lab.runs), *(one.step for one in lab.checks)]))
    bars, at = [], 0.0
    for step in steps:
        if run := runs.get(step):
            kind = "run" if not (run.code or run.ended) else "fail"
            words = f"{step}: {_ended(run)}, {duration(run.seconds)}"
            bars.append(pictures.Bar(step, at, run.seconds, kind, words, script=True))
            at += run.seconds
        for one in lab.checks:
            if one.step == step:
                words = f"{one.check}: {telling.outcome(one.outcome)}, {duration(one.seconds)}"
                bars.append(pictures.Bar(step, at, one.seconds, one.outcome.value, words))
                at += one.seconds
    return bars


def _row(one: CheckResult) -> list[str]:
    sign = f'<span class="o {one.outcome.value}">{telling.SIGNS[one.outcome]} {telling.outcome(one.outcome)}</span>'
    claim = f'{page.claim(one.claim)} <code class="dim">{in_html(f"{one.step}/{one.check}")}</code>'
    return [sign, claim + _why(one), f"{one.earned:g} / {one.worth:g}"]


def _why(one: CheckResult) -> str:
    if one.outcome is Outcome.PASS:
        return ""
    lines = [in_html(one.why)] if one.why else []
    if one.expected is not None or one.found is not None:
        expected, found = say(en="expected", zh="应为"), say(en=", found", zh="，实际")
        lines.append(
            f"{expected} <code>{in_html(said(one.expected))}</code>{found} <code>{in_html(said(one.found))}</code>"
        )
    lines += [f"{say(en='see it yourself:', zh='自己看：')} <code>{in_html(one.see)}</code>"] if one.see else []
    lines += [f"{say(en='in the notes:', zh='笔记：')} {in_html(one.notes)}"] if one.notes else []
    return "".join(f'<br><span class="small">{line}</span>' for line in lines)


def _script(run: StepRun) -> str:
    if not run.output.strip():
        return ""
    title = f"{run.step}: {_ended(run)}"
    return f'<details><summary class="small">{in_html(title)}</summary><pre>{in_html(run.output)}</pre></details>'


def _ended(run: StepRun) -> str:
    if run.ended or run.code is None:
        return run.ended or say(en="not run", zh="没有运行")
    return say(en=f"exit code {run.code}", zh=f"退出码 {run.code}")
