"""What a Pod prints of its submission: once, and first what it has seen of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labrunner import catalog, wait
from labrunner.errors import DockerDown, EnvironmentNotReady, LabrunnerError
from labrunner.fleet import checker, framed, plan, processes
from labrunner.fleet.plan import Plan, Seat
from labrunner.grading.result import Result
from labrunner.outcome import Outcome
from labrunner.state import in_use
from tests.handed_in import PACK
from tests.unit.test_fleet_following import LAB, TOLD, Shelves, seen

STUDENT = "2026001"


def order(shelves: Shelves, lab: str = LAB) -> Plan:
    blob = shelves.put(b"a zip")
    return plan.of([Seat("2026001-0", STUDENT, blob, 5, (lab,))], **TOLD)


@contextmanager
def torn(_terms: Any, _narrator: Any) -> Iterator[SimpleNamespace]:
    """Stand for a class whose engine goes away before it is put away."""
    yield SimpleNamespace(lab=lambda slug: (catalog.load(slug, PACK), frozenset()))
    raise DockerDown("the engine went away")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("outcome", "code"), [(Outcome.PASS, 0), (Outcome.FAIL, 0), (Outcome.ERROR, 3)])
def test_a_grade_that_was_printed_stands_though_the_engine_goes_away_afterwards(
    outcome: Outcome, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from labrunner.grading import reading

    result = reading.parsed(seen(STUDENT, outcome), "played")

    def played(paths: list[Path], *_: Any, **__: Any) -> Iterator[tuple[Path, Result]]:
        assert paths[0].read_bytes() == b"a zip"
        assert in_use.by_somebody(), "else a cluster in the Pod is frozen in the end, and keeps the Pod from ending"
        yield paths[0], result

    monkeypatch.setattr(checker, "opened", torn)
    monkeypatch.setattr(checker.class_run, "run", played)
    shelves: Any = Shelves()
    told = order(shelves)
    assert checker.graded(shelves, told, told.seats[0], tmp_path) == code
    log = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(framed.BEGIN) for line in log) == 1
    assert reading.parsed(framed.read(log, told.seats[0].blob)["result.json"], "read").student == STUDENT


@pytest.mark.usefixtures("home")
def test_a_pod_in_which_nothing_was_graded_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "opened", torn)
    monkeypatch.setattr(checker.class_run, "run", lambda *_, **__: iter(()))
    shelves: Any = Shelves()
    told = order(shelves)
    with pytest.raises(LabrunnerError, match="went away"):
        checker.graded(shelves, told, told.seats[0], tmp_path)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("lab", "bound", "why"),
    [
        ("back-office", 512, "may have some 512 processes, and needs 2048"),
        (LAB, 128, "may have some 128 processes, and needs 384"),
        (LAB, 512, "went away"),
    ],
)
def test_a_pod_that_may_have_too_few_processes_grades_nobody(
    lab: str, bound: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[None] = []

    def start(_: Any) -> None:
        begun.append(None)
        if len(begun) > bound:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(processes.Thread, "start", start)
    monkeypatch.setattr(checker, "opened", torn)
    monkeypatch.setattr(checker.class_run, "run", lambda *_, **__: iter(()))
    shelves: Any = Shelves()
    told = order(shelves, lab)
    with pytest.raises(EnvironmentNotReady, match=why):
        checker.graded(shelves, told, told.seats[0], tmp_path)


def test_no_more_than_the_processes_that_are_asked_for_are_begun_and_they_end() -> None:
    before = threading.active_count()
    processes.demand(50)
    assert wait.until(lambda: threading.active_count() <= before, within=5)
