"""The same few sentences about a class, for every form that people read; text of others is made harmless here."""

from collections.abc import Sequence

from labrunner.grading.course import Attempts
from labrunner.grading.gradebook import CheckSummary, Gradebook, LabStanding, Standing, StudentStanding, Suspicion
from labrunner.render.plain import one_line
from labrunner.words import say


def suspicion(found: Suspicion, check: CheckSummary) -> str:
    """Say why a check itself should be looked at."""
    return {
        Suspicion.NOBODY: say(
            en=f"almost nobody passes: {check.passed} of {check.judged}",
            zh=f"几乎没有人通过：{check.judged} 人里 {check.passed} 人",
        ),
        Suspicion.DEPENDS: say(
            en=f"the same files passed in one run and not in another, for {check.differing}",
            zh=f"同样的文件一次通过、一次不通过：{check.differing} 份",
        ),
        Suspicion.ERRORS: say(
            en=f"often without a verdict: {check.errors} of {check.runs} runs",
            zh=f"经常无法判断：{check.runs} 次里 {check.errors} 次",
        ),
    }[found]


def standing(found: Standing) -> str:
    """Say where a student stands."""
    return {
        Standing.GRADED: say(en="graded", zh="已有成绩"),
        Standing.NOT_GRADABLE: say(en="no gradable run", zh="没有可用的评分"),
        Standing.NOTHING: say(en="nothing handed in", zh="没有提交"),
    }[found]


def rule(book: Gradebook) -> str:
    """Say which run counts, and what the whole is made of."""
    best = say(en="the best run of each lab counts", zh="每个实验取最好的一次")
    last = say(en="the last run of each lab counts", zh="每个实验取最后一次")
    number, of = book.results, len(book.students)
    whole = say(en=f"{number} results of {of} students", zh=f"{of} 名学生的 {number} 份成绩")
    return f"{whole}{say(en='; ', zh='；')}{best if book.attempts is Attempts.BEST else last}"


def name(student: StudentStanding) -> str:
    """Return number and name on one line."""
    return " ".join(dict.fromkeys(part for part in (one_line(student.student), one_line(student.name)) if part))


def mark(found: float | None) -> str:
    """Return a mark; a dash where there is none."""
    return "–" if found is None else f"{found:.1f}"


def number(found: float | None) -> str:
    """Return a number as short as it is; a dash where there is none."""
    return "–" if found is None else f"{found:g}"


def remarks(student: StudentStanding) -> list[str]:
    """Say what is special about a student's marks, the teacher's reasons first."""
    found = [say(en="by hand: ", zh="手动：") + one_line(student.override)] if student.override else []
    for lab in student.labs:
        found += _of_lab(lab)
    if not student.known:
        found.append(say(en="not on the roster", zh="不在名单上"))
    return found + [one_line(flag) for flag in student.flags]


def _of_lab(lab: LabStanding) -> list[str]:
    slug, found = one_line(lab.lab), []
    if lab.override:
        found.append(say(en=f"{slug} by hand: ", zh=f"{slug} 手动：") + one_line(lab.override))
    if lab.trouble and lab.mark is None:
        found.append(f"{slug}: {one_line(lab.trouble)}")
    if lab.late:
        found.append(say(en=f"{slug} late", zh=f"{slug} 迟交"))
    if lab.trust and lab.trust != "ci-teacher":
        found.append(f"{slug}: {lab.trust}")
    return found


def apart(book: Gradebook) -> list[tuple[str, Sequence[str]]]:
    """Return what must not be overlooked, as lists with headings; those that are empty are left out."""
    ungradable = [
        f"{name(one)}: {'; '.join(f'{lab.lab}: {lab.trouble}' for lab in one.labs if lab.trouble)}"
        for one in book.of(Standing.NOT_GRADABLE)
    ]
    stray = [
        " ".join(
            part for part in (one_line(one.student), one_line(one.lab), f"{one.mark:g}", one_line(one.reason)) if part
        )
        for one in book.stray
    ]
    lists: list[tuple[str, Sequence[str]]] = [
        (say(en="No gradable run: to be graded again", zh="没有可用的评分：需要重新评分"), ungradable),
        (say(en="Nothing handed in", zh="没有提交"), [name(one) for one in book.of(Standing.NOTHING)]),
        (say(en="Not on the roster", zh="不在名单上"), [name(one) for one in book.unknown]),
        (say(en="Marks by hand that belong to nobody", zh="找不到对应学生或实验的手动成绩"), stray),
        (say(en="Not in the mark: only looked at where it is done", zh="不计入成绩：只能在本地查看"), book.left_out),
        (say(en="Of the whole", zh="总体"), book.remarks),
    ]
    return [(heading, [one_line(line, size=1000) for line in lines]) for heading, lines in lists if lines]


def distribution(book: Gradebook) -> list[tuple[str, int]]:
    """Return how many marks lie in each ten."""
    marks = [one.mark for one in book.students if one.mark is not None]
    tens = [min(9, int(one // 10)) for one in marks]
    return [(f"{10 * ten}–{10 * ten + 10 if ten == 9 else 10 * ten + 9}", tens.count(ten)) for ten in range(10)]  # noqa: PLR2004 - the last holds 100
