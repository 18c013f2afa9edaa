"""The class as one page: how the marks lie, what the class did not understand, and every student."""

from collections.abc import Iterator, Sequence

from labrunner.grading.gradebook import CheckSummary, Gradebook, Standing, StudentStanding, median
from labrunner.render.clock import duration
from labrunner.render.gradebook import telling
from labrunner.render.plain import one_line
from labrunner.render.results import page, pictures
from labrunner.render.results.inert import in_html
from labrunner.words import say


def form(book: Gradebook, problems: Sequence[str] = ()) -> str:
    """Return the class as a page of HTML.

    Args:
        book: the class.
        problems: files that could not be believed.
    """
    title = one_line(book.course) or say(en="The class", zh="全班")
    return page.page(title, _parts(book, problems, title))


def _parts(book: Gradebook, problems: Sequence[str], title: str) -> Iterator[str]:
    yield f"<h1>{in_html(title)}</h1>"
    yield f'<p class="dim">{in_html(telling.rule(book))}</p>'
    yield page.tiles(_numbers(book))
    yield pictures.histogram(telling.distribution(book), say(en="how many marks lie in each ten", zh="成绩分布"))
    lists = telling.apart(book)
    if problems:
        lists.append((say(en="Files that are not believed", zh="不可信的文件"), problems))
    for heading, lines in lists:
        yield f'<div class="warn"><p><b>{in_html(heading)}</b> ({len(lines)})</p>'
        items = "".join(f"<li>{in_html(one_line(line, size=1000))}</li>" for line in lines)
        yield f'<ul class="small">{items}</ul></div>'
    yield f"<h2>{say(en='Checks', zh='检查')}</h2>"
    yield _checks(book)
    yield f"<h2>{say(en='Students', zh='学生')}</h2>"
    yield f'<p class="small dim">{_legend()}</p>'
    yield _students(book)


def _numbers(book: Gradebook) -> list[tuple[str, str]]:
    marks = [one.mark for one in book.students if one.mark is not None]
    apart = len(book.of(Standing.NOT_GRADABLE, Standing.NOTHING))
    return [
        (f"{len(marks)}", say(en="students with a mark", zh="名学生有成绩")),
        (telling.mark(median(marks)), say(en="median mark", zh="成绩中位数")),
        (f"{apart}", say(en="without one", zh="名没有成绩")),
        (f"{len(book.suspects)}", say(en="suspect checks", zh="项检查可疑")),
    ]


def _checks(book: Gradebook) -> str:
    heading = (
        *(say(en="check", zh="检查"), say(en="passed", zh="通过"), ""),
        *(say(en="tries", zh="次数"), say(en="hints", zh="提示"), say(en="time to pass", zh="通过用时")),
    )
    return page.table(heading, [_check(one) for one in book.checks], numbers=(1, 3, 4, 5), wide=0)


def _check(one: CheckSummary) -> list[str]:
    why = "".join(f'<br><b class="fail small">{in_html(telling.suspicion(found, one))}</b>' for found in one.suspicions)
    name = in_html(one_line(f"{one.lab}/{one.step}/{one.check}"))
    return [
        f'{page.claim(one_line(one.claim))}<br><code class="dim">{name}</code>{why}',
        "–" if one.rate is None else f"{one.passed}/{one.judged}",
        "" if one.rate is None else pictures.share(one.rate, f"{one.rate:.0%}", "fail" if one.suspicions else "pass"),
        telling.number(one.attempts),
        telling.number(one.hints),
        "–" if one.seconds is None else duration(one.seconds),
    ]


def _students(book: Gradebook) -> str:
    labs = list(book.labs)
    names = {(one.lab, one.step, one.check): at for at, one in enumerate(book.checks)}
    heading = [
        say(en="student", zh="学生"),
        say(en="mark", zh="成绩"),
        *map(one_line, labs),
        say(en="runs", zh="次数"),
        "",
    ]
    rows = [_student(one, labs, names) for one in book.students]
    return page.table(heading, rows, numbers=range(1, len(labs) + 3), wide=0)


def _student(one: StudentStanding, labs: Sequence[str], names: dict[tuple[str, str, str], int]) -> list[str]:
    marks = {lab.lab: lab.mark for lab in one.labs}
    kinds = ["rail"] * len(names)
    for lab in one.labs:
        for check in lab.checks:
            if (at := names.get((check.lab, check.step, check.check))) is not None:
                kinds[at] = check.outcome.value
    passed, said = kinds.count("pass"), "; ".join(telling.remarks(one))
    runs = sum(lab.attempts + lab.ungradable for lab in one.labs)
    return [
        in_html(telling.name(one)) + (f'<br><span class="small dim">{in_html(said)}</span>' if said else ""),
        f"<b>{telling.mark(one.mark)}</b>",
        *(telling.mark(marks.get(lab)) for lab in labs),
        str(runs),
        pictures.strip(kinds, f"{passed}/{len(kinds)}") if passed or runs else telling.standing(one.standing),
    ]


def _legend() -> str:
    named = (
        ("pass", say(en="passed", zh="通过")),
        ("fail", say(en="failed", zh="未通过")),
        ("waiting", say(en="not there yet", zh="尚未就绪")),
        ("blocked", say(en="not reached", zh="未执行到")),
        ("error", say(en="no verdict", zh="无法判断")),
    )
    colours = " ".join(f'<span class="{kind}">■</span> {words}' for kind, words in named)
    return say(en="one mark a check, in the order above: ", zh="每格一项检查，顺序同上：") + colours
