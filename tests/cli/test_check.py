import json
from dataclasses import replace

import pytest
from cli_fakes import FAILED, FakeLifecycle, Run, report, verdict

from labrunner.outcome import Outcome, Report


def test_a_fail_says_expected_found_why_and_how_to_see_it(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.FAIL, **FAILED)]
    assert run("check") == 1
    shown = capsys.readouterr().out
    for said in ("expected false", "found    true", "--internal", "$ docker network inspect lr-tiny-lab"):
        assert said in shown


def test_a_pass_teaches_and_ends_the_lab_after_its_last_step(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS)]
    assert run("check") == 0
    shown = capsys.readouterr().out
    assert "virtual switch" in shown
    assert "tiny-lab is done" in shown
    assert "labrunner stop" in shown


def test_a_second_pass_does_not_teach_again(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS)] * 2
    run("check")
    capsys.readouterr()
    assert run("check") == 0
    assert "virtual switch" not in capsys.readouterr().out


def test_a_pass_that_the_shell_noticed_is_still_taught(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS)] * 2
    run("check", "--changes")
    assert "lr check" in capsys.readouterr().out
    lifecycle.session.progress.passes["network_reaches_outside"] = {}
    run("check")
    assert "virtual switch" in capsys.readouterr().out


def test_waiting_says_for_what_and_is_not_yet_right(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.WAITING, why="the image is being pulled")]
    assert run("check") == 1
    shown = capsys.readouterr().out
    assert "the image is being pulled" in shown
    assert "look again" in shown


def test_an_error_is_ours_and_exits_4(run: Run, lifecycle: FakeLifecycle) -> None:
    lifecycle.reports = [report(Outcome.ERROR, why="cannot know: the recorder was not there")]
    assert run("check") == 4


def test_one_cause_is_shown_and_the_others_wait_for_more(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    first = verdict(Outcome.FAIL, **FAILED)
    second = replace(first, check="other", why="a second cause")
    lifecycle.reports = [Report("tiny-lab", (first, second))] * 2
    run("check")
    shown = capsys.readouterr().out
    assert "a second cause" not in shown
    assert "--more" in shown
    run("check", "--more")
    assert "a second cause" in capsys.readouterr().out


def test_a_latched_pass_says_when_it_was_seen(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS, passed_at="2026-01-01T10:00:00+00:00")]
    run("check")
    assert "passed at 2026-01-01" in capsys.readouterr().out


def test_what_solve_did_is_marked(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.reports = [report(Outcome.PASS, assisted=True)]
    run("check")
    assert "(solved for you)" in capsys.readouterr().out


def test_found_text_cannot_steer_the_terminal(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    wild = {**FAILED, "found": "\x1b]0;owned\x07\x1b[2J[bold red]hi", "why": "\x1b]52;c;aGk=\x07gone"}
    lifecycle.reports = [report(Outcome.FAIL, **wild)]
    run("check")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "owned" not in shown
    assert "[bold red]hi" in shown


def test_json_is_the_report_itself(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.reports = [report(Outcome.FAIL, **FAILED)]
    assert run("check", "--json") == 1
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report(Outcome.FAIL, **FAILED).record()))


def test_a_wrong_step_suggests_the_nearest(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "netwrok") == 2
    assert "did you mean network?" in capsys.readouterr().err


def test_a_step_may_be_named_by_its_number(run: Run, lifecycle: FakeLifecycle) -> None:
    lifecycle.reports = [report(Outcome.PASS)]
    run("check", "1")
    assert lifecycle.asked == [("network", True)]


@pytest.mark.parametrize(
    ("argv", "handed"),
    [(("answer", "42"), ("", "42")), (("answer", "network", "42"), ("network", "42"))],
    ids=["value-alone", "step-and-value"],
)
def test_answer_hands_in_a_value(
    run: Run, lifecycle: FakeLifecycle, argv: tuple[str, ...], handed: tuple[str, str]
) -> None:
    lifecycle.reports = [report(Outcome.PASS)]
    assert run(*argv) == 0
    assert lifecycle.asked == [handed]


def test_answer_takes_one_word(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("answer", "network", "two", "words") == 2
    assert "quote it" in capsys.readouterr().err


def test_changes_prints_only_what_changed(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = [Outcome.FAIL, Outcome.PASS, Outcome.PASS, Outcome.FAIL]
    lifecycle.reports = [report(outcome) for outcome in seen]
    shown = [(run("check", "--changes"), capsys.readouterr().out)[1] for _ in seen]
    assert [bool(text) for text in shown] == [False, True, False, True]
    assert all(patient is False for _, patient in lifecycle.asked)


def test_changes_is_silent_where_no_lab_is_open(
    run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session = None
    assert run("check", "--changes") == 0
    assert capsys.readouterr() == ("", "")
