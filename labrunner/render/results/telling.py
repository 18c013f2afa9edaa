"""The same few sentences about a result, for every form that people read."""

from labrunner.grading.result import Isolation, Trust
from labrunner.outcome import Outcome
from labrunner.render.clock import duration
from labrunner.render.results.view import LabView, View
from labrunner.words import say

SIGNS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.WAITING: "…",
    Outcome.BLOCKED: "⊘",
    Outcome.ERROR: "!",
}


def outcome(found: Outcome) -> str:
    """Return an outcome in the spoken language."""
    return {
        Outcome.PASS: say(en="passed", zh="通过"),
        Outcome.FAIL: say(en="failed", zh="未通过"),
        Outcome.WAITING: say(en="not there yet", zh="尚未就绪"),
        Outcome.BLOCKED: say(en="not reached", zh="未执行到"),
        Outcome.ERROR: say(en="no verdict", zh="无法判断"),
    }[found]


def trust(found: Trust) -> str:
    """Say what a grade is worth."""
    return {
        Trust.LOCAL: say(en="graded on a machine of one's own: for oneself only", zh="在自己的机器上评分：仅供自测"),
        Trust.CI_STUDENT: say(en="graded in the student's CI: provisional", zh="在学生的 CI 里评分：暂定成绩"),
        Trust.CI_TEACHER: say(en="graded by the teacher", zh="由教师评分"),
    }[found]


def isolation(found: Isolation) -> str:
    """Say what was between the submission and the machine."""
    return {
        Isolation.VM: say(en="in a virtual machine", zh="在虚拟机里"),
        Isolation.SANDBOXED: say(en="in a sandbox with a runtime of its own", zh="在使用专用运行时的沙箱里"),
        Isolation.PRIVILEGED: say(en="in a privileged container", zh="在特权容器里"),
        Isolation.NONE: say(en="without isolation", zh="没有隔离"),
    }[found]


def mark(seen: View) -> str:
    """Say the mark, or that there is none."""
    if seen.mark is None:
        return say(en="no grade: this run must be repeated", zh="没有成绩：需要重新评分")
    return say(en=f"{seen.mark:g} of 100", zh=f"{seen.mark:g} / 100")


def points(lab: LabView) -> str:
    """Say a lab's points."""
    return f"{lab.earned:.4g} / {lab.worth:.4g}"


def remarks(lab: LabView) -> list[str]:
    """Say what is special about a lab's points."""
    found = [lab.trouble] if lab.trouble else []
    if not lab.counts:
        found.append(
            say(en="not in the mark: it can only be looked at where it was done", zh="不计入成绩：只能在本地查看")
        )
    if lab.late:
        found.append(
            say(
                en=f"late by {duration(lab.late)}: {lab.factor:.0%} of the points count",
                zh=f"迟交 {duration(lab.late)}：计 {lab.factor:.0%} 的分数",
            )
        )
    return found


def facts(seen: View) -> list[tuple[str, str]]:
    """Return what a result can be told by: name and value, of those that are known."""
    about = seen.about
    given = [
        (say(en="student", zh="学生"), " ".join(dict.fromkeys([about.student, about.name])).strip()),
        (say(en="course", zh="课程"), about.course),
        (say(en="trust", zh="可信程度"), f"{trust(about.trust)} ({about.trust})"),
        (say(en="isolation", zh="隔离"), f"{isolation(about.isolation)} ({about.isolation})"),
        (say(en="handed in", zh="提交"), about.submission),
        (say(en="commit", zh="提交版本"), about.commit),
        (say(en="files (SHA-256)", zh="文件（SHA-256）"), about.digest),
        (say(en="course (SHA-256)", zh="课程（SHA-256）"), about.course_hash),
        (say(en="run", zh="运行"), about.run),
        (say(en="nonce", zh="随机数"), about.nonce),
        (say(en="from", zh="开始"), about.started),
        (say(en="to", zh="结束"), about.ended),
        (say(en="versions", zh="版本"), ", ".join(f"{name} {version}" for name, version in about.versions.items())),
    ]
    return [(name, value) for name, value in given if value]
