import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.render.plain import LINES, one_line, plain


@pytest.mark.parametrize(
    ("wild", "tame"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;aGk=\x07copied", "copied"),
        ("\x9b2Jclear", "clear"),
        ("a\x08b\x00c", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\u202eright to left", "right to left"),
        ("[bold]kept[/bold]", "[bold]kept[/bold]"),
        ("\x1bP payload never ended", ""),
    ],
    ids=["colour", "title", "link", "clipboard", "c1", "controls", "returns", "direction", "markup", "unended"],
)
def test_escapes_are_taken_out(wild: str, tame: str) -> None:
    assert plain(wild) == tame


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    assert not [char for char in plain(text) if (ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160]


def test_long_output_says_what_was_left_out() -> None:
    shown = plain("line\n" * (LINES + 5)).splitlines()
    assert len(shown) == LINES + 1
    assert "more lines" in shown[-1]


def test_one_line_is_one_line_and_short() -> None:
    assert one_line("a\nb\tc" + "x" * 1000, size=10) == "a b cxxxx…"
