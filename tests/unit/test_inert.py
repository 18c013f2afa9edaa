"""Whatever a text holds, what is printed of it steers nothing, and a record of it is the same text when it is read."""

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.inert import escaped, json_text, quoted
from labrunner.render import record
from labrunner.render.cells import width, wrapped
from labrunner.render.plain import one_line, plain
from labrunner.render.screen import Screen, is_read_by_a_runner
from labrunner.render.value import phrases
from tests.hostile import COMMAND, is_inert, texts

MEGABYTE = 1 << 20


@given(texts())
def test_a_text_made_plain_is_letters_spaces_and_lines(text: str) -> None:
    assert is_inert(plain(text))
    assert "\n" not in one_line(text)


@given(st.dictionaries(texts(), st.one_of(texts(), st.integers(), st.lists(texts(), max_size=2)), max_size=3))
def test_json_is_inert_and_the_same_value(value: dict[str, Any]) -> None:
    for ascii_only in (False, True):
        text = json_text(value, indent=2, ascii_only=ascii_only)
        assert is_inert(text)
        assert not COMMAND.search(text)
        assert json.loads(text) == json.loads(json.dumps(value))
        text.encode()  # no half of a character is left in it


@given(said=texts(), lead=texts(), wrap=st.booleans(), hang=st.booleans())
def test_what_a_screen_prints_is_inert_and_no_wider_than_it(said: str, lead: str, *, wrap: bool, hang: bool) -> None:
    stream = io.StringIO()
    screen = Screen(stream, width=40, colour=False, fancy=True)
    screen.quoted = True
    if wrap:
        screen.line(said, (said, "bold"), lead=one_line(lead, size=9), hang=2 if hang else None)
    else:
        screen.verbatim(said, lead=one_line(lead, size=9))
    printed = stream.getvalue()
    assert is_inert(printed), printed
    assert not COMMAND.search(printed)
    if wrap:
        assert all(width(line.lstrip("\\").replace("##\\[", "##[")) <= 41 for line in printed.split("\n"))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("::error::no", r"\::error::no"),
        ("  ::warning file=a,line=1::no", r"  \::warning file=a,line=1::no"),
        ("ok\n::stop-commands::x", "ok\n\\::stop-commands::x"),
        ("2026 ##[group]x", r"2026 ##\[group]x"),
        ("::1 localhost", "::1 localhost"),
        ("std::string::npos", "std::string::npos"),
        ("fe80::1::", "fe80::1::"),
        ("## [x]", "## [x]"),
    ],
)
def test_what_a_runner_would_take_for_a_command_is_quoted_and_nothing_else(said: str, shown: str) -> None:
    assert quoted(said) == shown


def test_commands_are_quoted_only_where_a_runner_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_read_by_a_runner({"GITHUB_ACTIONS": "true"})
    assert is_read_by_a_runner({"CI": "1"})
    assert not is_read_by_a_runner({"CI": "false"})
    for ci, shown in (("true", "\\::error::x\n"), ("", "::error::x\n")):
        monkeypatch.setenv("CI", ci)
        monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
        stream = io.StringIO()
        Screen(stream, width=40, colour=False).line("::error::x")
        assert stream.getvalue() == shown


def test_a_wrapped_line_does_not_become_a_command() -> None:
    stream = io.StringIO()
    screen = Screen(stream, width=40, colour=False)
    screen.quoted = True
    screen.line("x" * 40 + "::error::x")
    assert "\n\\::error::x" in stream.getvalue()


def test_two_values_that_look_alike_are_shown_with_what_nobody_sees() -> None:
    assert phrases("lr-web", "lr-web\u200b") == ('"lr-web"', '"lr-web\\u200b"')
    assert phrases("a b", "a\xa0b") == ('"a b"', '"a\\u00a0b"')
    assert phrases("red", "\x1b[31mred\x1b[0m") == ('"red"', '"\\u001b[31mred\\u001b[0m"')
    assert phrases("1", 1) == ('"1"', "1")
    assert phrases("red", "blue") == ("red", "blue")
    assert escaped("\U000e0041") == r"\udb40\udc41"


@pytest.mark.parametrize("stream", ["utf-8", "ascii", "gbk"])
def test_a_record_is_json_that_its_stream_can_show(stream: str) -> None:
    value = {"words": ["\x9b31m ##[error]x \u202e \ud800 中文 €"]}
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=stream, errors="replace")
    record.write(out, value)
    out.flush()
    said = raw.getvalue().decode(stream)
    assert json.loads(said) == value
    assert is_inert(said)
    assert "##[" not in said


@pytest.mark.parametrize(
    "piece", ["x", "a\u0301", "中", "a ", "\x1b]", "`"],
    ids=["letters", "accents", "wide", "words", "escapes", "ticks"],
)  # fmt: skip
def test_a_megabyte_on_a_line_is_cut_and_printed_at_once(piece: str) -> None:
    text = piece * MEGABYTE
    stream = io.StringIO()
    began = time.process_time()
    Screen(stream, width=80, colour=False).line(text)
    assert time.process_time() - began < 2
    assert len(stream.getvalue()) < 100_000


def test_accents_without_end_are_broken_and_none_is_lost() -> None:
    text = "a" + "\u0301" * 5000
    lines = wrapped(text, 10, 10)
    assert "".join(lines) == text
    assert len(lines) < 200
