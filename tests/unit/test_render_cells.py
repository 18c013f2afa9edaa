import io

from hypothesis import given
from hypothesis import strategies as st

from labrunner.render.cells import CLOSING, cut, padded, width, wrapped
from labrunner.render.screen import Screen

TEXT = st.text(alphabet="ab 中文，。（）`-x 长", max_size=60)


@given(TEXT, st.integers(4, 30), st.integers(4, 30))
def test_wrapped_lines_fit_and_lose_nothing(text: str, first: int, rest: int) -> None:
    lines = wrapped(text, first, rest)
    assert "".join(lines) == text
    assert all(
        width(line.rstrip(" ")) <= room for line, room in zip(lines, [first] + [rest] * len(lines), strict=False)
    )


def test_chinese_breaks_between_characters_and_never_before_a_stop() -> None:
    lines = wrapped("容器在网络里用名字互相访问，而不是地址。", 12, 12)
    assert len(lines) > 2
    assert not [line for line in lines[1:] if line[0] in CLOSING]


def test_words_are_not_cut_where_a_space_is_near() -> None:
    assert wrapped("the container is gone", 13, 13) == ["the ", "container is ", "gone"] or wrapped(
        "the container is gone", 13, 13
    ) == ["the container ", "is gone"]


def test_padding_counts_cells() -> None:
    assert padded("实际", 9) == "实际     "
    assert width(padded("实际", 9)) == width(padded("found", 9)) == 9


def test_cut_says_that_something_is_missing() -> None:
    assert cut("容器和镜像的区别", 9) == "容器和镜…"


def test_hanging_indent_is_measured_in_cells() -> None:
    out = io.StringIO()
    Screen(out, width=20, colour=False, fancy=True).line("容器在网络里用名字互相访问", lead="名字：")
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("名字：容器")
    assert lines[1].startswith(" " * 6)
    assert all(width(line) <= 20 for line in lines)


def test_a_screen_prints_no_escapes_of_others() -> None:
    out = io.StringIO()
    screen = Screen(out, width=40, colour=True, fancy=True)
    screen.line(("\x1b]0;owned\x07name", "bold"))
    assert out.getvalue() == "\x1b[1mname\x1b[0m\n"


def test_ascii_stands_in_where_the_encoding_has_no_signs() -> None:
    screen = Screen(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert screen.symbol("pass") == "+"
