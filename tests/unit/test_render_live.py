"""Lines that are rewritten in place: what a terminal shows of them, whatever was shown before."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.render.live import Live, fitted, height
from tests.terminal import Terminal

LINE = st.text(alphabet="ab 查看", max_size=30).map(str.rstrip)
FRAMES = st.lists(st.lists(LINE, min_size=1, max_size=12), min_size=1, max_size=6)


class Drawn:
    """A live block on a terminal in memory."""

    def __init__(self, columns: int, rows: int = 24) -> None:
        self.terminal = Terminal(columns, rows)
        self.stream = io.StringIO()
        self.live = Live(self.stream, lambda: (self.terminal.columns, self.terminal.rows))

    def draw(self, lines: list[str]) -> str:
        self.live.draw(lines)
        return self.flush()

    def flush(self) -> str:
        written = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        self.terminal.feed(written)
        return written


def trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


@given(FRAMES, st.sampled_from([20, 24, 80]))
def test_whatever_was_shown_before_the_last_frame_is_what_is_seen(frames: list[list[str]], columns: int) -> None:
    drawn = Drawn(columns)
    drawn.terminal.feed("$ check\r\n")
    for lines in frames:
        drawn.draw(lines)
    shown = [line.rstrip() for line in fitted(frames[-1], columns, drawn.terminal.rows - 1)]
    assert drawn.terminal.history == trimmed(["$ check", *shown])


@given(FRAMES)
def test_a_frame_higher_than_the_screen_keeps_its_last_line(frames: list[list[str]]) -> None:
    drawn = Drawn(80, rows=6)
    for lines in frames:
        drawn.draw([*lines, "status"])
    assert drawn.terminal.history[-1] == "status"
    assert len(drawn.terminal.history) <= 6


def test_only_the_line_that_changed_is_written() -> None:
    drawn = Drawn(80)
    drawn.draw(["one", "two", "three"])
    written = drawn.draw(["one", "TWO", "three"])
    assert "TWO" in written
    assert "one" not in written
    assert "three" not in written
    assert drawn.terminal.history == ["one", "TWO", "three"]


def test_a_frame_that_is_the_same_writes_nothing() -> None:
    drawn = Drawn(80)
    drawn.draw(["one", "two"])
    assert drawn.draw(["one", "two"]) == ""


def test_every_frame_is_one_update_and_clears_nothing_before_it_writes() -> None:
    drawn = Drawn(80)
    drawn.draw(["one", "two", "three"])
    written = drawn.draw(["other", "lines"])
    assert written.startswith("\x1b[?2026h")
    assert written.endswith("\x1b[?2026l")
    assert "\x1b[2J" not in written
    assert written.index("lines") < written.index("\x1b[J")
    assert drawn.terminal.updates == 2


def test_what_is_left_stays_above_what_is_drawn_next() -> None:
    drawn = Drawn(80)
    drawn.draw(["step 1", "done"])
    drawn.live.leave()
    drawn.flush()
    drawn.terminal.feed("what it teaches\r\n")
    drawn.draw(["step 2"])
    drawn.draw(["step 2", "half done"])
    assert drawn.terminal.history == ["step 1", "done", "what it teaches", "step 2", "half done"]


@pytest.mark.parametrize(("before", "after"), [(40, 80), (80, 120)])
def test_a_terminal_that_has_grown_is_drawn_anew(before: int, after: int) -> None:
    drawn = Drawn(before)
    long = "docker network inspect lr-shop --format '{{json .Internal}}' and more of it"
    drawn.draw(["title", long, "status"])
    drawn.terminal.columns = after
    drawn.draw(["title", long, "status"])
    assert drawn.terminal.history == ["title", *fitted([long], after, 20), "status"]


def test_colours_go_on_in_the_next_part_of_a_line_that_is_broken() -> None:
    assert fitted(["\x1b[36mabcdef\x1b[0m gh"], 4, 10) == ["\x1b[36mabcd\x1b[0m", "\x1b[36mef\x1b[0m g", "h"]
    assert height("\x1b[36m查看查看\x1b[0m", 5) == 2
