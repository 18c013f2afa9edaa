"""Whatever a student or an object wrote, no form of a result does anything, and each can be read by what reads it."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from grades import HOSTILE, everything
from grades_any import results
from hypothesis import HealthCheck, Phase, given, settings
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from labrunner.grading.reading import parsed
from labrunner.grading.result import Audience, Result
from labrunner.render.plain import CONTROLS
from labrunner.render.results import classroom50, ctrf, github, gradescope, junit, markdown, own, result_page, sheet
from labrunner.words import speak

ANY = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a result is large, and making it smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
AUDIENCES = pytest.mark.parametrize("audience", Audience)
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]")
VOID = {"meta", "br"}


class Page(HTMLParser):
    """The tags of a page, those that are open, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def quiet(text: str) -> None:
    """Demand that a terminal and a log have nothing to obey."""
    assert not CONTROLS.search(text.replace("\n", "").replace("\r\n", "")), text


@pytest.fixture(autouse=True)
def english() -> None:
    """Sentences of ours are no matter here."""
    speak("en")


@ANY
@given(result=results())
def test_the_teacher_s_json_is_read_back_as_it_was(result: Result) -> None:
    text = own.form(result, Audience.TEACHER)
    quiet(text)
    assert parsed(text.encode(), "it") == result


@AUDIENCES
@ANY
@given(result=results())
def test_junit_is_what_its_readers_read(audience: Audience, result: Result) -> None:
    text = junit.form(result, audience)
    quiet(text)
    suites = JUnitXml.fromstring(text.encode())
    assert len(list(suites)) == len(result.labs)
    for suite in suites:
        cases = list(suite)
        assert suite.tests == len(cases)
        kinds = [type(one).__name__ for case in cases for one in case.result]
        assert (suite.failures, suite.errors, suite.skipped) == tuple(
            kinds.count(name) for name in ("Failure", "Error", "Skipped")
        )
        assert len(kinds) == sum(not case.is_passed for case in cases)


@AUDIENCES
@ANY
@given(result=results())
def test_github_sees_no_command_but_ours(audience: Audience, result: Result) -> None:
    text = github.form(result, audience)
    quiet(text)
    lines = text.removesuffix("\n").split("\n")
    assert all(re.fullmatch(r"::(notice|error|warning) title=[^:,\r\n]+::[^\r\n]*", line) for line in lines)
    for kind in ("notice", "error", "warning"):
        assert sum(line.startswith(f"::{kind} ") for line in lines) <= 10
    assert lines[0].startswith("::notice title=labrunner::")


@AUDIENCES
@ANY
@given(result=results())
def test_markdown_renders_to_nothing_but_ours(audience: Audience, result: Result) -> None:
    text = markdown.form(result, audience)
    quiet(text)
    page = Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    assert not page.open
    ours = {
        "h2",
        "h3",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "code",
        "pre",
        "details",
        "summary",
        "blockquote",
    }
    for tag, attributes in page.tags:
        assert tag in ours, text
        assert not attributes.keys() - {"style"}
    raw = re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert not re.search(r"https?:|www\.|(?<!\w)@\w", raw)


@AUDIENCES
@ANY
@given(result=results())
def test_a_spreadsheet_computes_nothing(audience: Audience, result: Result) -> None:
    text = sheet.form(result, audience)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert not any(FORMULA.match(cell) for row in rows for cell in row)


@AUDIENCES
@ANY
@given(result=results())
def test_a_page_loads_nothing_and_runs_nothing(audience: Audience, result: Result) -> None:
    text = result_page.form(result, audience)
    quiet(text)
    page = Page(text)
    assert not page.open
    harmless = {
        "class",
        "scope",
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "role",
        "aria-label",
        "x",
        "y",
        "rx",
    }
    shape = {"width", "height", "viewbox", "text-anchor", "d"}
    for tag, attributes in page.tags:
        assert tag not in {"script", "a", "img", "iframe", "form", "link", "object"}
        assert attributes.keys() <= harmless | shape, (tag, attributes)
    assert "url(" not in text
    assert "@import" not in text


@AUDIENCES
@ANY
@given(result=results())
def test_the_json_of_others_has_the_kinds_that_they_want(audience: Audience, result: Result) -> None:
    found = ctrf.form(result, audience)
    quiet(found)
    report = json.loads(found)["results"]
    summary, tests = report["summary"], report["tests"]
    assert summary["tests"] == len(tests) == sum(summary[status] for status in ctrf.STATUSES)
    assert all(type(summary[name]) is int for name in ("start", "stop"))
    assert summary["stop"] >= summary["start"]
    assert all(test["name"] and test["status"] in ctrf.STATUSES and type(test["duration"]) is int for test in tests)
    for made in (classroom50.form(result, audience), gradescope.form(result, audience)):
        quiet(made)
        assert bool(made) is result.gradable
    if not result.gradable or result.mark is None:
        return
    room = json.loads(classroom50.form(result, audience))
    assert all(type(room[name]) is int for name in ("score", "max-score"))
    assert 0 <= room["score"] <= room["max-score"]
    for test in room["tests"]:
        assert type(test["score"]) is int
        assert 0 <= test["score"] <= test["max-score"]
    assert all(
        isinstance(room[name], str) and room[name] for name in room if name not in ("score", "max-score", "tests")
    )
    if room["max-score"] > 50 * len(room["tests"]):  # else whole points are too coarse to compare
        assert 100 * room["score"] / room["max-score"] == pytest.approx(result.mark, abs=1.1)
    scope = json.loads(gradescope.form(result, audience))
    assert all(
        test["status"] in ("passed", "failed") and test["visibility"] in ("visible", "hidden")
        for test in scope["tests"]
    )
    assert sum(test["score"] for test in scope["tests"]) == pytest.approx(scope["score"], abs=0.01)


def test_the_hostile_words_are_there_all_the_same() -> None:
    result = everything(HOSTILE)
    words = "".join(Page(result_page.form(result, Audience.TEACHER)).words)
    assert "<script>alert(1)</script>" in words
    assert "::error::x" in words
