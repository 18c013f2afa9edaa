"""Any result: whatever a grading may put together, with texts that would like to do something."""

import string

from grades import HOSTILE
from hypothesis import strategies as st

from labrunner.grading.result import CheckResult, Isolation, LabResult, Result, Shown, StepRun, Trust
from labrunner.outcome import Outcome

TRICKS = (
    HOSTILE, "=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\t=1", "＝1", "::warning file=a,line=1::x", "##[group]x",
    "%0A::error::", "</pre><script>", "]]>", "`~~~", "| a | b |", "[x](javascript:alert(1))", "![x](http://e/x.png)",
    "https://evil.example", "www.evil.example", "@everyone", "&lt;b&gt;", "a\r\nb",
     "\x85\u2028::error::", "\ud800", "\x1b[31m",
)  # fmt: skip
TRICK = st.sampled_from(TRICKS)
TEXT = st.one_of(TRICK, st.text(max_size=40), st.tuples(TRICK, st.text(max_size=9)).map("".join))
NAME = TEXT.filter(bool)
SLUG = st.text(string.ascii_lowercase + "-", min_size=1, max_size=12)
POINTS = st.one_of(st.integers(0, 20).map(float), st.floats(0, 10, allow_nan=False).map(lambda n: round(n, 2)))
SECONDS = st.floats(0, 1000, allow_nan=False)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.dictionaries(TEXT, st.lists(TEXT), max_size=2))


@st.composite
def checks(draw: st.DrawFn, step: str, name: str, *, sound: bool) -> CheckResult:
    """Draw one check."""
    outcome, worth = (
        draw(st.sampled_from([one for one in Outcome if one is not Outcome.ERROR or not sound])),
        draw(POINTS),
    )
    return CheckResult(
        step, name, draw(TEXT), outcome, worth if outcome is Outcome.PASS else 0.0, worth, draw(st.sampled_from(Shown)),
        draw(VALUES), draw(VALUES), draw(TEXT), draw(TEXT), draw(TEXT), draw(SECONDS),
    )  # fmt: skip


@st.composite
def labs(draw: st.DrawFn, name: str, *, sound: bool) -> LabResult:
    """Draw one lab."""
    names = draw(st.lists(st.tuples(NAME, NAME), max_size=4, unique=True, min_size=int(sound)))
    runs = draw(st.lists(st.builds(StepRun, NAME, st.none() | st.integers(0, 255), SECONDS, TEXT, TEXT), max_size=2))
    return LabResult(
        name, draw(st.integers(0, 5).map(float)), draw(st.sampled_from(("restricted", "own-engine", "local-only"))),
        tuple(draw(checks(*one, sound=sound)) for one in names), tuple(runs), "" if sound else draw(TEXT),
        draw(SECONDS),
        draw(st.sampled_from((0.0, 0.5, 0.8, 1.0))), draw(SECONDS), draw(SECONDS), "x.json.gz", {"a": 2},
    )  # fmt: skip


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Draw one result; every other one could be a grade."""
    sound = draw(st.booleans())
    names = draw(st.lists(SLUG, max_size=3, unique=True))
    texts = [draw(TEXT) for _ in range(8)]
    began = draw(st.sampled_from(("", "2026-03-02T09:00:00+00:00")))
    ended = draw(st.sampled_from(("", "2026-03-02T17:03:20.5+08:00")))
    found = tuple(draw(labs(name, sound=sound)) for name in names)
    how = (draw(st.sampled_from(Trust)), draw(st.sampled_from(Isolation)), began, ended)
    versions = draw(st.dictionaries(TEXT, TEXT, max_size=2))
    return Result(draw(NAME), found, *texts, *how, versions, tuple(draw(st.lists(TEXT, max_size=12))))
