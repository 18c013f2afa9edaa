"""The class as Markdown: for a job's summary or a page of a wiki."""

from collections.abc import Iterator, Sequence

from labrunner.grading.gradebook import Gradebook
from labrunner.render.clock import duration
from labrunner.render.gradebook import telling
from labrunner.render.results.inert import in_markdown
from labrunner.render.results.markdown import LARGEST, fitted
from labrunner.words import say


def form(book: Gradebook, problems: Sequence[str] = (), *, largest: int = LARGEST) -> str:
    """Return the class as Markdown; what does not fit is left out at the end, and that is said."""
    return fitted(_blocks(book, problems), largest)


def _blocks(book: Gradebook, problems: Sequence[str]) -> Iterator[str]:
    yield f"# {in_markdown(book.course) or say(en='The class', zh='全班')}\n"
    yield in_markdown(telling.rule(book)) + "\n"
    lists = telling.apart(book)
    if problems:
        lists.append((say(en="Files that are not believed", zh="不可信的文件"), problems))
    for heading, lines in lists:
        yield f"**{in_markdown(heading)} ({len(lines)})**\n"
        yield "\n".join(f"- {in_markdown(line)}" for line in lines) + "\n"
    yield from _checks(book)
    yield from _students(book)


def _checks(book: Gradebook) -> Iterator[str]:
    heads = (
        *(say(en="check", zh="检查"), say(en="passed", zh="通过"), say(en="tries", zh="次数")),
        *(say(en="hints", zh="提示"), say(en="time", zh="用时"), ""),
    )
    yield f"| {' | '.join(heads)} |\n|---|---:|---:|---:|---:|---|"
    for one in book.checks:
        medians = [
            f"{one.passed}/{one.judged}",
            telling.number(one.attempts),
            telling.number(one.hints),
            "–" if one.seconds is None else duration(one.seconds),
        ]
        why = "; ".join(telling.suspicion(found, one) for found in one.suspicions)
        name = in_markdown(f"{one.lab}/{one.step}/{one.check}")
        yield f"| {name} | {' | '.join(medians)} | {'⚠ ' + in_markdown(why) if why else ''} |"
    yield ""


def _students(book: Gradebook) -> Iterator[str]:
    labs = list(book.labs)
    heads = [say(en="student", zh="学生"), say(en="mark", zh="成绩"), *map(in_markdown, labs), ""]
    yield f"| {' | '.join(heads)} |\n|---|{'---:|' * (len(labs) + 1)}---|"
    for one in book.students:
        marks = {lab.lab: lab.mark for lab in one.labs}
        shown = [telling.mark(one.mark), *(telling.mark(marks.get(lab)) for lab in labs)]
        remarks = in_markdown("; ".join(telling.remarks(one)))
        yield f"| {in_markdown(telling.name(one))} | {' | '.join(shown)} | {remarks} |"
