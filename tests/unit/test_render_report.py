"""A report on the screen says what decides the exit code."""

import io

from labrunner.outcome import Outcome, Report, Verdict
from labrunner.render import report as reports
from labrunner.render.screen import Screen

WRONG = Verdict("a-lab", "first", "runs", "it runs", Outcome.FAIL, found="no container", why="no container")
UNKNOWN = Verdict("a-lab", "second", "is_gone", "it is gone", Outcome.ERROR, why="cannot know: the recorder was away")


def printed(*verdicts: Verdict, step: str = "") -> str:
    stream = io.StringIO()
    reports.show(Screen(stream), Report("a-lab", verdicts), {"first": "First", "second": "Second"}, step=step)
    return " ".join(stream.getvalue().split())


def test_what_cannot_be_known_of_a_later_step_is_said() -> None:
    said = printed(WRONG, UNKNOWN)
    assert "second cannot know: the recorder was away" in said
    assert said.count("cannot know") == 1


def test_it_is_not_said_twice_nor_where_another_step_was_asked_for() -> None:
    assert printed(UNKNOWN).count("cannot know") == 1
    assert "cannot know" not in printed(WRONG, UNKNOWN, step="first")
