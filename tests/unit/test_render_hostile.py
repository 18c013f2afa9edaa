"""Every renderer, with hostile text in every place that a text can come to: nothing printed steers what shows it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from labrunner.belongings import Belonging, Belongings
from labrunner.catalog import Entry, LoadedLab
from labrunner.coverage import Section, Statement
from labrunner.environment.finding import Finding
from labrunner.errors import DockerDown, Fault, LabBroken, LabrunnerError, Refused
from labrunner.grading.joined import Joined
from labrunner.grading.result import CheckResult, LabResult, Result
from labrunner.lab import Lab
from labrunner.outcome import Cause, Outcome, Report, Verdict
from labrunner.proof import LabProof, Proof
from labrunner.question import Question
from labrunner.render import (
    belongings,
    bundles,
    courses,
    coverage,
    diagnosis,
    findings,
    graded,
    listing,
    live,
    narrator,
    proofs,
    question,
    record,
    standing,
    submissions,
    task,
    watching,
)
from labrunner.render import removal as removals
from labrunner.render import report as reports
from labrunner.render.cells import width
from labrunner.render.screen import Screen
from labrunner.render.show import Shown
from labrunner.text import LabText, StepText
from labrunner.watch.sight import Seen, Unseen
from labrunner.why import Diagnosis
from labrunner.world.endpoint import Endpoint
from tests.hostile import COMMAND, is_inert, texts

WIDTH = 40
AT = "2026-01-01T10:00:00+00:00"
SAID = st.lists(texts(), min_size=7, max_size=7)
"""So many texts go round through all places: a strategy for each place would take most of the time."""


def causes_of(said: list[str]) -> tuple[Cause, ...]:
    a, b, c, d, e, f, g = said
    return Cause(a, b, c, (d, e), (f, g), a, b), Cause(g, f, e, (), (a,), c, d)


def report_of(said: list[str], steps: tuple[str, ...] = ("one", "two")) -> Report:
    """Return a report with every outcome, and with every kind of value."""
    a, b, c, d, e, f, _ = said
    values = (a, [b, 1], {c: d}, {"contains": e}, {"one of": [f, a]})
    return Report("a-lab", tuple(
        Verdict(
            "a-lab", steps[number % len(steps)], f"check_{number}", a, outcome, value, said[number], b, c, see=d, why=e,
            causes=causes_of(said[number:] + said[:number]) if number % 2 else (), more=(f,), notes=a,
            passed_at="" if number else AT,
        )
        for number, (outcome, value) in enumerate(zip(Outcome, values, strict=True))
    ))  # fmt: skip


def screen() -> Screen:
    made = Screen(io.StringIO(), width=WIDTH, colour=False, fancy=True)
    made.quoted = True
    return made


def harmless(draw: Callable[[Screen], object]) -> str:
    """Draw on a screen without colours, demand that nothing of it steers, and return it."""
    one = screen()
    draw(one)
    printed = cast("io.StringIO", one.stream).getvalue()
    assert is_inert(printed), ascii(printed)
    assert not COMMAND.search(printed), printed
    return printed


def lab_of(said: str) -> LoadedLab:
    """Return a lab whose words, one and all, are this text."""
    lab = Lab("/nowhere/a_lab/lab.py")
    for id_ in ("one", "two"):
        lab.step(id_, solve="true")
    words = LabText(Path("lab.en.md"), said, said)
    for step in lab.steps:
        words.steps[step.id] = StepText(said, 1, said, {"first": said}, [said], said)
    return LoadedLab(Entry("a-lab", said, Path("/nowhere/a_lab")), lab, {"en": words, "zh": words}, {"out": said})


@given(said=SAID, more=st.booleans())
def test_a_report(said: list[str], *, more: bool) -> None:
    report, title = report_of(said), said[0]
    harmless(lambda one: reports.show(one, report, {"one": title, "two": title}, more=more))
    harmless(lambda one: reports.claims(one, report.verdicts))
    harmless(lambda one: diagnosis.show_failing(one, report, more=more))


@given(SAID)
def test_a_record_of_a_report_is_json_and_says_the_same(said: list[str]) -> None:
    report = report_of(said)
    stream = io.StringIO()
    record.write(stream, report.record())
    assert is_inert(stream.getvalue())
    assert not COMMAND.search(stream.getvalue())
    assert json.loads(stream.getvalue()) == json.loads(json.dumps(report.record()))


@given(SAID, st.sampled_from([frozenset[str](), frozenset({"check_1"})]))
def test_a_watch(said: list[str], hidden: frozenset[str]) -> None:
    report = report_of(said, ("one",))
    changed = tuple(verdict.check for verdict in report.verdicts)
    seen = Seen(report, (Unseen("docker", AT, said[0]),), hidden, changed)
    titles = {"one": said[1]}
    harmless(lambda one: watching.plainly(one, seen, None, titles))
    lines = watching.frame(screen(), seen, titles, step="one", width=WIDTH, more=True)
    assert is_inert("\n".join(lines))
    assert not any("\n" in line for line in lines), "a line that is two would be drawn in the wrong place"
    assert all(width(line) <= WIDTH for line in live.fitted(lines, WIDTH, 20))
    line = watching.record(seen)
    assert "\n" not in line
    assert is_inert(line)
    assert not COMMAND.search(line)
    assert json.loads(line)["verdicts"] == json.loads(json.dumps(report.record()))["verdicts"]


@given(SAID)
def test_what_a_walk_came_to(said: list[str]) -> None:
    a, b, c, *saw = said
    for found in (
        Diagnosis(a, causes_of(said)), Diagnosis(a, healthy=True), Diagnosis(b, moving=c), Diagnosis(c, saw=tuple(saw)),
    ):  # fmt: skip
        harmless(lambda one, found=found: diagnosis.show(one, found))
        harmless(lambda one, found=found: diagnosis.show(one, found, more=True))


@given(SAID)
def test_a_question_cannot_be_left_from_within(said: list[str]) -> None:
    broken = tuple(one for one in report_of(said).verdicts if not one.passed)
    a, b, c, d, *_ = said
    asked = Question("a-lab", "one", a, 1, 2, broken, {"docker": b}, f"Pod/{c}", {c: [d, {a: b}], "kind": "Pod"})
    text = question.markdown(asked)
    assert is_inert(text)
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    assert [token.info for token in tokens if token.type == "fence"] == ["text", "yaml"]
    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close", "fence"}
    inside = {child.type for token in tokens for child in token.children or ()}
    assert inside <= {"text", "text_special", "strong_open", "strong_close", "code_inline"}, text
    harmless(lambda one: one.copied(text))


@given(texts())
def test_words_of_a_lab(said: str) -> None:
    loaded = lab_of(said)
    harmless(lambda one: task.intro(one, loaded, {}))
    harmless(lambda one: task.show(one, loaded, "one", {}))
    harmless(lambda one: task.take_away(one, loaded, "one", {}))
    harmless(lambda one: task.finished(one, loaded, 1))
    kept = {"started": AT, "step": "two", "done": ["one"], "assisted": ["one"], "engine": said, "endpoint": said}
    kept |= {"namespace": said, "outage": {"component": said, "node": said}}
    harmless(lambda one: standing.show(one, loaded, kept))


@given(texts(), texts())
def test_a_list_of_labs(said: str, problem: str) -> None:
    rows = [listing.Row("a-lab", said, said, 3, 2, 4, 1), listing.Row("b-lab", said, problem=problem or "x")]
    printed = harmless(lambda one: listing.show(one, rows))
    assert printed.count("a-lab") >= 1


@given(texts())
def test_what_is_found_removed_covered_and_proved(said: str) -> None:
    found = [Finding("x", said, ok=ok, mend=said, detail=said) for ok in (True, False, None)]
    harmless(lambda one: findings.show(one, found))
    thing = SimpleNamespace(kind="containers", name=said, id=said)
    removed = SimpleNamespace(removed=[thing], kept=[(thing, said)], declined=[thing])
    harmless(lambda one: removals.show(one, removed))
    words = {"zh": said, "en": said}
    section = Section(said, "a-lab", empty=False, file=Path("1-a-lab.toml"), statements=(
        Statement("one", words, (f"a-lab/{said}",)), Statement("two", words, opinion=words), Statement("three", words),
    ))  # fmt: skip
    harmless(lambda one: coverage.show(one, (section,), {"a-lab": frozenset()}))
    proof = Proof((LabProof(said, said, complaints=(said,), left_out={said: said}),))
    harmless(lambda one: proofs.show(one, proof))


@given(SAID)
def test_everything_of_ours(said: list[str]) -> None:
    a, b, c, d, e, f, g = said
    things = (
        Belonging("containers", a, b, c, 1),
        Belonging("folders", d, e, stays=True),
        Belonging(f, g, a, asks=True),
    )
    harmless(lambda one: belongings.show(one, Belongings(a, Endpoint(f"unix://{b}", engine=c), things)))


@given(SAID)
def test_what_is_said_of_classes_and_what_they_hand_in(said: list[str]) -> None:
    a, b, c, d, e, f, g = said
    part = SimpleNamespace(file=a, size=1, targets={b: "x"})
    bundle = SimpleNamespace(parts={c: part}, wheels={d: 1}, id=e)
    check = CheckResult(a, b, c, Outcome.FAIL, 0, 1, why=d)
    result = Result(a, (LabResult(b, 1, "own-engine", (check,), trouble=c), LabResult(d, 1, "local-only")), flags=(e,))

    def told(one: Screen) -> None:
        bundles.verified(one, bundle)
        courses.joined(one, Joined(a, c, (b,), bundle=d), ())
        submissions.begun(one, Path(a.replace("\0", "")), ())
        submissions.drafted(one, [Path(b.replace("\0", ""))], [Path(c.replace("\0", ""))])
        submissions._ignored(one, (f, g))
        graded.shown(one, Path(e.replace("\0", "")), result)

    harmless(told)


@given(texts())
def test_work_that_is_told_of_while_it_lasts(said: str) -> None:
    def told(one: Screen) -> None:
        line = narrator.LineNarrator(one, yes=True)
        line.say(said)
        line.consents(said, [said])
        doings = line.working(said)
        next(doings)(said, 0.5)
        next(doings, None)
        shown = Shown(one)
        shown.step(said)
        shown.command(said)
        shown.output(said)

    harmless(told)


@pytest.mark.parametrize("as_json", [False, True])
@given(said=texts(), kind=st.sampled_from([DockerDown, Fault, LabBroken, Refused, ValueError]))
def test_a_sentence_about_an_error(*, as_json: bool, said: str, kind: type[Exception]) -> None:
    from contextlib import redirect_stderr, redirect_stdout

    from labrunner.cli.arguments import Arguments
    from labrunner.cli.boundary import guarded

    def raises() -> int:
        raise kind(said, hint=said) if issubclass(kind, LabrunnerError) else kind(said)

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")
        code = guarded(raises, Arguments((), json=as_json, debug=True))
    assert code == getattr(kind, "exit_code", 4)
    printed = out.getvalue() + "\n" + err.getvalue()
    assert is_inert(printed), ascii(printed)
    assert not COMMAND.search(printed), printed
    if as_json:
        assert json.loads(out.getvalue())["exit_code"] == code


def test_every_renderer_is_looked_at_here() -> None:
    """A renderer that is added is to be added here as well."""
    import labrunner.render

    there = {file.stem for file in Path(cast("str", labrunner.render.__file__)).parent.glob("*.py")} - {"__init__"}
    own = Path(__file__).read_text(encoding="utf-8")
    below = {"causes", "cells", "clock", "plain", "prose", "screen", "value"}  # what the others print by
    missing = {name for name in there - below if name not in own}
    assert not missing
