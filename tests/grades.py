"""Results as `grade` makes them: one of everything, a hostile one, and a whole class."""

from datetime import UTC, datetime, timedelta

from labrunner.grading.result import CheckResult, Isolation, LabResult, Result, Shown, StepRun, Trust
from labrunner.outcome import Outcome

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = (
    "\x1b]52;c;aGk=\x07\x1b[2J\n::error::x\r\n##[error]y</script><script>alert(1)</script>"
    "]]>&lt;\x00\x0b\ufffe\ud800'\"|`*_[a](http://evil)@all <img src=x>\u202e"
)


def check(name: str, outcome: Outcome = Outcome.PASS, worth: float = 1.0, **more: object) -> CheckResult:
    """One check, `step/check` by its name."""
    step, _, own = name.partition("/")
    earned = worth if outcome is Outcome.PASS else 0.0
    return CheckResult(step, own, f"{own} is as it should be", outcome, earned, worth, **more)  # type: ignore[arg-type]


def everything(text: str = "") -> Result:
    """A result with one of each outcome, each way of being hidden, two labs, lateness, and a lab that is left out.

    Args:
        text: what stands wherever a student or an object may have put it.
    """
    checks = (
        check("network/shop_is_a_bridge", seconds=0.4),
        check(
            "store/store_answers",
            Outcome.FAIL,
            2.0,
            expected="PONG" + text,
            found={"reply": "secret-found" + text},
            see="docker exec lr-store redis-cli ping" + text,
            why="secret-why: it is not on the network" + text,
            notes="Docker › networks",
            seconds=3.2,
        ),
        check("store/store_waits", Outcome.WAITING, why="it is still starting"),
        check("till/till_counts", Outcome.BLOCKED, why="an earlier step is not done"),
        check(
            "till/hidden_verdict",
            Outcome.FAIL,
            shown=Shown.VERDICT,
            expected="verdict-expected",
            found="verdict-found",
            see="verdict-see",
            why="verdict-why",
            seconds=7.7,
        ),
        check("till/hidden_count", shown=Shown.COUNT, expected="count-expected"),
        check("till/hidden_other", Outcome.FAIL, shown=Shown.COUNT, found="count-found", why="count-why"),
    )
    runs = (
        StepRun("network", 0, 1.5, output="0123abc" + text),
        StepRun("store", 1, 12.0, output="no such image" + text),
        StepRun("till", None, 120.0, ended="limit of 120 s" + text),
    )
    shop = LabResult(
        "docker-basics", 2.0, "own-engine", checks, runs, late=7200.0, factor=0.8, seconds=150.2, own_seconds=133.5,
        evidence="docker-basics.json.gz", hints={"network": 0, "store": 2},
    )  # fmt: skip
    parts = LabResult("kubernetes-parts", 1.0, "restricted", (check("api/api_answers"),), seconds=40.0)
    left = LabResult("container-vs-vm", 1.0, "local-only")
    return Result(
        student="2026-007" + text, name="王小明" + text, course="云原生入门" + text, course_hash="c" * 64,
        submission="2026-007.zip" + text, digest="d" * 64, commit="0123abcd", run="run-1", nonce="n0nce",
        trust=Trust.CI_TEACHER, isolation=Isolation.VM, started=BEGAN.isoformat(),
        ended=(BEGAN + timedelta(seconds=200)).isoformat(), versions={"labrunner": "0.1.0", "docker": "20.10"},
        flags=("teacher-flag: files ignored: conftest.py" + text,), labs=(shop, parts, left),
    )  # fmt: skip


def run(  # noqa: PLR0913 - what a class is made of
    student: str,
    outcomes: str,
    *,
    at: int = 0,
    digest: str = "",
    lab: str = "docker-basics",
    trust: Trust = Trust.CI_TEACHER,
    trouble: str = "",
    **more: object,
) -> Result:
    """One student's run of one lab.

    Args:
        student: whose.
        outcomes: a letter a check: p(ass), f(ail), b(locked), e(rror).
        at: minutes after the course began.
        digest: of the files; the student's own where empty.
        lab: which.
        trust: who graded.
        trouble: why it could not be graded.
        more: further fields of the result.
    """
    kinds = {"p": Outcome.PASS, "f": Outcome.FAIL, "b": Outcome.BLOCKED, "e": Outcome.ERROR}
    checks = tuple(check(f"step{n // 2}/check{n}", kinds[one]) for n, one in enumerate(outcomes))
    began = BEGAN + timedelta(minutes=at)
    return Result(
        student=student, labs=(LabResult(lab, 1.0, "own-engine", checks, trouble=trouble, seconds=60.0),),
        course="云原生入门", course_hash="c" * 64,
        digest=digest or f"{student}-{at}", run=f"{student}-{lab}-{at}-{trust}",
        nonce=f"n-{student}-{lab}-{at}", trust=trust, isolation=Isolation.VM, started=began.isoformat(),
        ended=(began + timedelta(minutes=1)).isoformat(), **more,
    )  # type: ignore[arg-type] # fmt: skip
