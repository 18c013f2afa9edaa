"""`labrunner why` and `labrunner ask` at the command line, on fakes: what is said, and the exit codes."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FAILED, FakeDoors, FakeLifecycle, Run, report, verdict

from labrunner import asking, cli
from labrunner.cli.completing import objects
from labrunner.errors import ClusterDown
from labrunner.outcome import Cause, Outcome, Report
from labrunner.question import Question
from labrunner.why import Diagnosis

CAUSE = Cause(
    "crashed", "it ended with exit code 3", "container/lr-web", words=("no config",), see="docker logs lr-web"
)
OTHER = Cause("network-absent", "there is no network lr-shop", "network/lr-shop")


@dataclass
class FakeAsking:
    """Says what it is told to say; what is broken of a report is told by the real one."""

    found: Diagnosis | None = None
    report: Report | None = None
    raises: Exception | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def why(self, said: str, *, namespace: str = "") -> Diagnosis | None:
        self.asked.append((said, namespace))
        if self.raises is not None:
            raise self.raises
        return self.found

    def failing(self, _session: Any) -> Report | None:
        return self.report

    def broken(self, found: Report, *, more: bool = False) -> Report:
        return asking.broken(found, more=more)


@pytest.fixture
def asked() -> FakeAsking:
    return FakeAsking()


@pytest.fixture
def why(lifecycle: FakeLifecycle, asked: FakeAsking) -> Run:
    """The program in this process, on the fakes."""

    class Doors(FakeDoors):
        def asking(self) -> Any:
            return asked

        def question(self) -> Any:
            return SimpleNamespace(ask=lambda _: Question("tiny-lab", versions={"python": "3"}))

    def call(*argv: str) -> int:
        doors: Any = Doors(lifecycle)
        return cli.main(argv, doors)

    return call


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Diagnosis("container/lr-web", healthy=True), (0, "as it should be")),
        (Diagnosis("container/lr-web", causes=(CAUSE,)), (1, "exit code 3")),
        (Diagnosis("container/lr-web", moving="it is starting"), (1, "on its way: it is starting")),
        (Diagnosis("container/lr-web", saw=("State.Status: odd",)), (1, "State.Status: odd")),
    ],
    ids=["healthy", "broken", "moving", "unknown"],
)
def test_what_is_found_decides_the_exit_code(
    why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str], found: Diagnosis, told: tuple[int, str]
) -> None:
    code, said = told
    asked.found = found
    assert why("why", "container/lr-web") == code
    assert said in capsys.readouterr().out


def test_the_rest_waits_for_more_and_the_line_says_how(
    why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.found = Diagnosis("Deployment/web", causes=(CAUSE, OTHER))
    why("why", "deploy/web", "-n", "shop")
    shown = capsys.readouterr().out
    assert OTHER.sentence not in shown
    assert "labrunner why deploy/web -n shop --more" in shown
    why("why", "deploy/web", "-n", "shop", "--more")
    assert OTHER.sentence in capsys.readouterr().out
    assert asked.asked == [("deploy/web", "shop")] * 2


def test_kind_and_name_may_be_two_words(why: Run, asked: FakeAsking) -> None:
    asked.found = Diagnosis("Pod/web", healthy=True)
    assert why("why", "pod", "web") == 0
    assert asked.asked == [("pod/web", "")]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("contaner/web",), "did you mean container/web?"),
        (("web",), "labrunner why container/web"),
        (("pod/a", "pod/b"), "labrunner why pod/a"),
        (("pod", "a", "b"), "labrunner why pod/a"),
    ],
)
def test_what_names_no_object_is_a_wrong_line(
    why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], hint: str
) -> None:
    assert why("why", *words) == 2
    assert hint in " ".join(capsys.readouterr().err.split())
    assert not asked.asked


def test_a_cluster_that_is_not_there_is_no_verdict(
    why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.raises = ClusterDown("there is no cluster of the course yet", hint="labrunner start kubernetes-parts")
    assert why("why", "pod/web") == 3
    assert "labrunner start kubernetes-parts" in capsys.readouterr().err


def test_json_is_the_diagnosis_itself(why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str]) -> None:
    asked.found = Diagnosis("container/lr-web", causes=(CAUSE,))
    assert why("why", "container/lr-web", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["subject"] == "container/lr-web"
    assert told["causes"][0]["code"] == "crashed"
    assert told["schema"] == 1


def test_without_a_name_it_explains_what_does_not_hold(
    why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str]
) -> None:
    passed = verdict(Outcome.PASS)
    asked.report = Report("tiny-lab", (passed, verdict(Outcome.FAIL, **FAILED, causes=(CAUSE, OTHER))))
    assert why("why") == 1
    shown = capsys.readouterr().out
    assert shown.count("reach the outside") == 1
    assert "it ended with exit code 3" in shown
    assert "every cause: labrunner why --more" in shown
    assert why("why", "--json") == 1
    assert [one["outcome"] for one in json.loads(capsys.readouterr().out)["verdicts"]] == ["fail"]


def test_without_a_name_all_may_be_well(why: Run, asked: FakeAsking, capsys: pytest.CaptureFixture[str]) -> None:
    asked.report = report(Outcome.PASS)
    assert why("why") == 0
    assert "all 1 claims hold" in capsys.readouterr().out


def test_without_a_name_and_a_lab_an_object_is_asked_for(
    why: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.session = None
    assert why("why") == 2
    assert "labrunner why container/NAME" in capsys.readouterr().err


def test_ask_prints_a_block_and_its_record(why: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert why("ask") == 0
    assert capsys.readouterr().out.startswith("**labrunner** · tiny-lab")
    assert why("ask", "--json") == 0
    assert json.loads(capsys.readouterr().out)["lab"] == "tiny-lab"


def test_a_fail_points_at_why_and_ask(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    lifecycle.reports = [report(Outcome.FAIL, **FAILED)]
    run("check")
    shown = capsys.readouterr().out
    for command in ("labrunner why", "labrunner hint", "labrunner ask"):
        assert command in shown


def test_kinds_are_completed() -> None:
    assert {"deploy/", "deployment/"} <= set(objects("depl"))
    assert objects("pod/") == []
