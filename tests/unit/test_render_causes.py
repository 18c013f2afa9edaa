"""A cause on the screen: at both widths, in both languages, and harmless whatever the object says."""

import io
from collections.abc import Callable

import pytest

from labrunner.outcome import Cause, Outcome, Report, Verdict
from labrunner.render import causes, diagnosis
from labrunner.render import report as reports
from labrunner.render.cells import width
from labrunner.render.screen import Screen
from labrunner.why import Diagnosis
from labrunner.words import Language, say, speak

FIRST = Cause(
    "image-tag-absent",
    "the registry has localhost:5777/web with the tags 1 and 2, and not 3",
    "Pod/web-7d9c-x2x",
    ("Deployment/web", "ReplicaSet/web-7d9c", "Pod/web-7d9c-x2x"),
    ('Failed to pull image "localhost:5777/web:3": rpc error: code = NotFound desc = failed to pull and unpack',),
    "kubectl describe pod web-7d9c-x2x -n lab-kubernetes-parts",
    "Kubernetes › k8s 组成",
)
SECOND = Cause("configmap-absent", "there is no ConfigMap called settings", "Pod/web-7d9c-x2x")
FAILED = Verdict(
    "a-lab", "first", "runs", "three replicas are ready", Outcome.FAIL, expected=3, found=0,
    source="Deployment web, status.readyReplicas", see="kubectl get deployment web", why=FIRST.sentence,
    causes=(FIRST, SECOND),
)  # fmt: skip


def printed(draw: Callable[[Screen], object], columns: int = 80) -> str:
    stream = io.StringIO()
    draw(Screen(stream, width=columns, colour=False, fancy=True))
    return stream.getvalue()


def checked(verdict: Verdict, *, more: bool = False, columns: int = 80) -> str:
    def draw(screen: Screen) -> None:
        reports.show(screen, Report("a-lab", (verdict,)), {"first": "First"}, more=more)

    return printed(draw, columns)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_verdict_shows_its_cause_the_way_there_and_how_to_see_it(columns: int, language: Language) -> None:
    speak(language)
    shown = checked(FAILED, columns=columns)
    flat = " ".join(shown.split())
    for said in (
        "tags 1 and 2",
        "Deployment/web → ReplicaSet/web-7d9c → Pod/web-7d9c-x2x",
        "rpc error",
        "[image-tag-absent]",
    ):
        assert said in flat, shown
    assert "$ kubectl get deployment web\n" in shown
    assert "$ kubectl describe pod web-7d9c-x2x -n lab-kubernetes-parts\n" in shown
    assert say(en="why      ", zh="原因     ") in shown
    assert all(width(line) <= columns for line in shown.splitlines())
    speak("en")


def test_one_cause_is_shown_and_the_other_named_until_more_is_asked_for() -> None:
    brief, full = checked(FAILED), checked(FAILED, more=True)
    assert "and one more: configmap-absent" in brief
    assert SECOND.sentence not in brief
    assert "labrunner check --more" in brief
    assert SECOND.sentence in full
    assert "and one more" not in full


def test_a_verdict_without_a_cause_is_shown_as_ever() -> None:
    plain = Verdict(
        "a-lab", "first", "runs", "it runs", Outcome.FAIL, found="no container", why="it never began", see="docker ps"
    )
    shown = checked(plain)
    assert "why      it never began" in shown
    assert "$ docker ps" in shown


def test_an_objects_words_can_neither_steer_the_terminal_nor_be_taken_for_markup() -> None:
    wild = Cause(
        "crashed", "it \x1b[2Jended", "Pod/x", words=("\x1b]0;owned\x07[bold]hi[/bold]\x1b[31m", "a\rb"), see="x\x1b[2J"
    )
    shown = printed(lambda screen: causes.show(screen, wild))
    assert "\x1b" not in shown
    assert "owned" not in shown
    assert "[bold]hi[/bold]" in shown


def test_many_words_are_cut_to_the_first_line_and_the_last() -> None:
    wordy = Cause("crashed", "it ended", "Pod/x", words=tuple(f"line {number}" for number in range(50)))
    brief = printed(lambda screen: causes.show(screen, wordy))
    full = printed(lambda screen: causes.show(screen, wordy, more=True))
    assert brief.count("│") == causes.WORDS
    assert "line 0" in brief
    assert "line 49" in brief
    assert full.count("│") == causes.WORDS_MORE


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Diagnosis("container/web", healthy=True), "container/web is as it should be."),
        (Diagnosis("Deployment/web", moving="2 of 3 Pods are ready"), "is on its way: 2 of 3 Pods are ready"),
        (Diagnosis("Pod/x", saw=("its phase is Odd",)), "not known. What was seen: · its phase is Odd"),
        (Diagnosis("Deployment/web", causes=(FIRST, SECOND)), "and one more: configmap-absent"),
    ],
    ids=["healthy", "moving", "unknown", "broken"],
)
def test_what_a_walk_came_to_is_said(found: Diagnosis, said: str) -> None:
    shown = printed(lambda screen: diagnosis.show(screen, found))
    assert said in " ".join(shown.split())


def test_claims_that_break_at_the_same_link_share_its_cause() -> None:
    other = Verdict("a-lab", "first", "answers", "it answers", Outcome.FAIL, causes=(FIRST,), why=FIRST.sentence)
    alone = Verdict("a-lab", "first", "named", "it is called so", Outcome.FAIL, why="another name")
    shown = printed(lambda screen: diagnosis.show_failing(screen, Report("a-lab", (FAILED, alone, other))))
    assert shown.count(FIRST.sentence[:30]) == 1
    assert shown.index("it answers") < shown.index("why ") < shown.index("it is called so")
