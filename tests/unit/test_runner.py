"""Verdicts over a world in memory: what passes, what stands, what is waited for, and what is the learner's fault."""

from pathlib import Path
from typing import Any

import pytest

from labrunner import Answer, Docker, expect, runner, wait
from labrunner.errors import DockerDown
from labrunner.facts import NotRecorded
from labrunner.lab import Lab
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.state import journal, log
from labrunner.state.session import Session
from labrunner.world import Snapshot
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import World
from tests.tiny import begun, step, tiny

IMAGE = "localhost:5777/web:1"


class Case:
    """A lab of three steps: run a, run b, then take a away."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine()
        self.engine.image(IMAGE)
        self.lab = tiny(folder)
        self.session, self.world = self._begin(folder)

    def _begin(self, folder: Path) -> tuple[Session, World]:
        def a_runs(docker: Docker) -> None:
            expect(docker.container("lr-a").status).equals("running")

        def b_runs(docker: Docker) -> None:
            expect(docker.container("lr-b").status).equals("running")

        def a_was_removed(docker: Docker) -> None:
            expect(docker.past("lr-a").was_removed).is_there()

        first = step(self.lab, "a", a_runs)
        step(self.lab, "b", b_runs)
        step(self.lab, "c", a_was_removed, undoes=(first,))
        return begun(self.lab, folder, self.engine)

    def run(self, name: str) -> str:
        return self.engine.container(name, IMAGE)

    def remove(self, id_: str, name: str) -> None:
        self.engine.remove("containers", id_)
        record = {"type": "container", "action": "destroy", "id": id_, "name": name, "attributes": {}, "nano": 1}
        journal.append(self.session.directory / log.FILE, record)

    def check(self) -> Report:
        report, _ = runner.look(self.session, self.world, patient=False)
        runner.keep(self.session, report)
        return report

    def outcomes(self) -> list[str]:
        return [str(verdict.outcome) for verdict in self.check().verdicts]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_untouched_the_first_step_fails_and_the_rest_is_blocked(case: Case) -> None:
    assert case.outcomes() == ["fail", "blocked", "blocked"]
    assert case.check().exit_code == 1
    assert not case.session.progress.passes


def test_a_later_step_that_is_done_early_passes_on_its_own(case: Case) -> None:
    case.run("lr-b")
    assert case.outcomes() == ["fail", "pass", "blocked"]


def test_what_a_step_takes_away_stands_from_when_the_learner_has_arrived_there(case: Case) -> None:
    id_ = case.run("lr-a")
    case.run("lr-b")
    assert case.outcomes() == ["pass", "pass", "fail"]
    case.remove(id_, "lr-a")
    report = case.check()
    assert [str(v.outcome) for v in report.verdicts] == ["pass", "pass", "pass"]
    assert [bool(v.passed_at) for v in report.verdicts] == [True, False, False]
    assert report.exit_code == 0


def test_before_that_a_pass_whose_objects_vanish_is_lost(case: Case) -> None:
    id_ = case.run("lr-a")
    assert case.outcomes() == ["pass", "fail", "blocked"]
    case.remove(id_, "lr-a")
    assert case.outcomes()[:2] == ["fail", "blocked"]
    assert "a_runs" not in case.session.progress.passes


def test_a_pass_that_no_step_takes_away_is_lost_even_at_the_end_and_alone(case: Case) -> None:
    a, b = case.run("lr-a"), case.run("lr-b")
    case.check()
    case.remove(a, "lr-a")
    case.check()
    case.remove(b, "lr-b")
    assert case.outcomes() == ["pass", "fail", "pass"]
    assert case.outcomes() == ["pass", "fail", "pass"], "checked twice, the same"
    case.run("lr-b")
    assert case.outcomes() == ["pass", "pass", "pass"], "what was taken away as told needs not be done again"


def test_what_was_never_seen_to_pass_cannot_stand(case: Case) -> None:
    case.run("lr-b")
    case.remove(case.run("lr-a"), "lr-a")
    assert case.outcomes() == ["fail", "pass", "pass"]


def test_several_steps_that_take_away_stand_together(tmp_path: Path) -> None:
    engine, lab = FakeEngine(), tiny(tmp_path)
    engine.image(IMAGE)

    def runs(name: str) -> Any:
        def check(docker: Docker) -> None:
            expect(docker.container(name).status).equals("running")

        check.__name__ = f"{name[3:]}_runs"
        return check

    one, two = step(lab, "one", runs("lr-1")), step(lab, "two", runs("lr-2"))
    step(lab, "three", runs("lr-3"), undoes=(two,))
    step(lab, "four", runs("lr-4"), undoes=(one,))
    session, world = begun(lab, tmp_path, engine)
    ids = [engine.container(f"lr-{number}", IMAGE) for number in (1, 2)]
    runner.keep(session, runner.look(session, world, patient=False)[0])
    for id_ in ids:
        engine.remove("containers", id_)
    engine.container("lr-3", IMAGE)
    engine.container("lr-4", IMAGE)
    report, _ = runner.look(session, world, patient=False)
    assert [str(verdict.outcome) for verdict in report.verdicts] == ["pass"] * 4


def one_check(folder: Path, check: Any, *, within: float = 0, engine: FakeEngine | None = None) -> tuple[Lab, Any]:
    lab = tiny(folder)
    step(lab, "a", check, within=within)
    return lab, begun(lab, folder, engine or FakeEngine())


def test_a_checker_that_breaks_is_never_the_learners_fault_and_outranks_a_fail(tmp_path: Path) -> None:
    def broken(docker: Docker) -> None:
        raise ZeroDivisionError(str(docker))

    _, (session, world) = one_check(tmp_path, broken)
    report, _ = runner.look(session, world)
    assert report.verdicts[0].outcome is Outcome.ERROR
    assert report.exit_code == 4


def test_a_gap_in_the_log_is_an_error_and_says_so(tmp_path: Path) -> None:
    def was_removed(docker: Docker) -> None:
        expect(docker.past("lr-a").was_removed).is_there()

    _, (session, world) = one_check(tmp_path, was_removed)
    (tmp_path / log.FILE).unlink()
    verdict = runner.look(session, world)[0].verdicts[0]
    assert verdict.outcome is Outcome.ERROR
    assert verdict.why.startswith("cannot know")


@pytest.mark.parametrize("outcome", ["error", "waiting", "blocked"])
def test_only_a_fail_forgets_a_pass(case: Case, outcome: str) -> None:
    case.run("lr-a")
    report = case.check()
    from dataclasses import replace

    runner.keep(case.session, Report("tiny", (replace(report.verdicts[0], outcome=Outcome(outcome)),)))
    assert "a_runs" in case.session.progress.passes
    runner.keep(case.session, Report("tiny", (replace(report.verdicts[0], outcome=Outcome.FAIL),)))
    assert "a_runs" not in case.session.progress.passes


def test_a_pass_keeps_the_time_at_which_it_was_first_seen(case: Case) -> None:
    case.run("lr-a")
    case.check()
    case.session.progress.passes["a_runs"]["at"] = "before"
    case.check()
    assert case.session.progress.passes["a_runs"]["at"] == "before"


def test_a_report_of_nothing_is_no_success() -> None:
    assert Report("tiny", ()).exit_code == 4
    assert not Report("tiny", ()).done("a")


def test_a_world_that_is_not_there_is_raised_and_not_reported(case: Case) -> None:
    def gone(kind: str) -> Any:
        raise DockerDown(kind)

    case.engine.list = gone  # type: ignore[method-assign]
    with pytest.raises(DockerDown):
        case.check()


class Moving(FakeEngine):
    """A world in which something comes true at the nth look."""

    def __init__(self, at: int, status: str = "restarting") -> None:
        super().__init__()
        self.image(IMAGE)
        self.at, self.looks, self.status = at, 0, status

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        raw = super().inspect(kind, name)
        if kind == "containers" and raw is not None:
            self.looks += 1
            raw["State"]["Status"] = "running" if self.looks >= self.at else self.status
        return raw


def runs(docker: Docker) -> None:
    expect(docker.container("lr-a").status).equals("running")


def looked(folder: Path, engine: FakeEngine, within: float, check: Any = runs) -> tuple[Outcome, float]:
    _, (session, world) = one_check(folder, check, within=within, engine=engine)
    began = wait.now()
    report, _ = runner.look(session, world)
    return report.verdicts[0].outcome, wait.now() - began


def test_what_moves_is_waited_for(tmp_path: Path) -> None:
    engine = Moving(3)
    engine.container("lr-a", IMAGE)
    assert looked(tmp_path, engine, 10)[0] is Outcome.PASS


def test_a_time_that_is_up_is_no_pass(tmp_path: Path) -> None:
    engine = Moving(99)
    engine.container("lr-a", IMAGE)
    outcome, spent = looked(tmp_path, engine, 0.5)
    assert outcome is Outcome.WAITING
    assert spent < 3


def test_without_a_limit_nothing_is_waited_for(tmp_path: Path) -> None:
    engine = Moving(99)
    engine.container("lr-a", IMAGE)
    assert looked(tmp_path, engine, 0)[1] < 1


def test_what_will_never_come_is_not_waited_for(tmp_path: Path) -> None:
    engine = Moving(99, "exited")
    engine.objects["containers"][engine.container("lr-a", IMAGE)]["State"]["ExitCode"] = 127
    outcome, spent = looked(tmp_path, engine, 10)
    assert outcome is Outcome.FAIL
    assert spent < 1


def test_what_was_not_begun_is_not_waited_for(tmp_path: Path) -> None:
    assert looked(tmp_path, FakeEngine(), 10)[1] < 1


def test_what_rests_is_given_a_moment_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "GRACE", 0.3)
    engine = Moving(99, "exited")
    engine.container("lr-a", IMAGE)
    outcome, spent = looked(tmp_path, engine, 30)
    assert outcome is Outcome.FAIL
    assert 0.3 <= spent < 3


def test_what_only_a_person_mends_is_not_waited_for(tmp_path: Path) -> None:
    engine = Moving(99, "created")
    engine.container("lr-a", IMAGE, status="created")
    outcome, spent = looked(tmp_path, engine, 10)
    assert outcome is Outcome.FAIL
    assert spent < 1


@pytest.mark.parametrize(("kinds", "waits"), [(["ConfigMap"], False), (["ConfigMap", "Deployment"], True)])
def test_pods_are_only_waited_for_where_something_makes_them(kinds: list[str], *, waits: bool) -> None:
    cluster = {"namespace": "n", "objects": [{"kind": kind} for kind in kinds]}
    verdict = Verdict("tiny", "a", "x", "x", Outcome.FAIL, subject="Pod/*")
    assert runner._untouched(verdict, Snapshot(cluster=cluster)) is not waits


class LateLog(FakeEngine):
    """The recorder writes a moment after the daemon did."""

    file: Path | None = None

    def list(self, kind: str) -> "list[dict[str, Any]]":
        if self.file is not None and kind == "images":
            record = {"type": "container", "action": "destroy", "id": "a", "name": "lr-a", "attributes": {}, "nano": 1}
            journal.append(self.file, record)
        return super().list(kind)


@pytest.mark.parametrize("within", [0, 5])
def test_a_recorder_that_writes_a_moment_later_makes_no_right_answer_wrong(tmp_path: Path, within: float) -> None:
    def removed(docker: Docker) -> None:
        expect(docker.past("lr-a").was_removed).is_there()

    engine = LateLog()
    engine.file = tmp_path / log.FILE
    _, (session, _) = one_check(tmp_path, removed, within=within, engine=engine)
    report, _ = runner.look(session, World(Slow(engine), None))
    assert report.verdicts[0].outcome is Outcome.PASS


class Slow(FakeEngine):
    """Reads the world only after the log was read, as the runner does."""

    def __init__(self, other: FakeEngine) -> None:
        super().__init__()
        self.objects, self.other = other.objects, other

    def list(self, kind: str) -> "list[dict[str, Any]]":
        return self.other.list(kind)


def test_a_probe_that_hears_nothing_yet_is_asked_again(tmp_path: Path) -> None:
    class Slowly(FakeEngine):
        asked_times = 0

        def ask_inside(self, container: str, command: str, *, limit: float) -> dict[str, Any]:
            del container, command, limit
            self.asked_times += 1
            return {"stdout": "hello", "stderr": "", "exit_code": 0 if self.asked_times > 2 else None}

    engine, lab = Slowly(), tiny(tmp_path)
    engine.image(IMAGE)
    engine.container("lr-a", IMAGE)

    def answers(page: Answer) -> None:
        expect(page.stdout).contains("hello")

    made = step(lab, "a", answers, within=5)
    made.probe("curl localhost", inside="lr-a").name = "page"
    session, world = begun(lab, tmp_path, engine)
    assert runner.look(session, world)[0].verdicts[0].outcome is Outcome.PASS


def test_a_name_that_nothing_bears_is_the_authors_fault(tmp_path: Path) -> None:
    def odd(nobody: str) -> None:
        raise NotRecorded(nobody)

    _, (session, world) = one_check(tmp_path, odd)
    verdict = runner.look(session, world)[0].verdicts[0]
    assert verdict.outcome is Outcome.ERROR
    assert "nothing is called nobody" in verdict.why


class Asking:
    """A lab of two steps, each with a probe inside lr-a; the second answers rightly only once the first has."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, lab = FakeEngine(), tiny(folder)
        self.engine.image(IMAGE)
        self.engine.container("lr-a", IMAGE)
        self.tries = 0

        def first_says_yes(first: Answer) -> None:
            expect(first.stdout).equals("yes")

        def second_says_yes(second: Answer) -> None:
            expect(second.stdout).equals("yes")

        one, two = step(lab, "one", first_says_yes, within=30), step(lab, "two", second_says_yes)
        lab.bind({"first": one.probe("first", inside="lr-a"), "second": two.probe("second", inside="lr-a")})
        self.session, self.world = begun(lab, folder, self.engine)
        monkeypatch.setattr(self.engine, "_reply", self.reply)
        monkeypatch.setattr(runner, "_untouched", lambda *_: False)
        monkeypatch.setattr(wait, "pause", lambda _: None)

    def reply(self, where: str, command: str) -> dict[str, Any]:
        self.engine.asked.append((where, command))
        self.tries += command == "first"
        return {"stdout": "yes" if self.tries >= 3 else "no", "stderr": "", "exit_code": 0}

    def asked(self, probe: str) -> int:
        return sum(command == probe for _, command in self.engine.asked)


def test_only_what_is_waited_for_is_asked_again_and_whoever_comes_next_is_judged_by_a_fresh_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Asking(tmp_path, monkeypatch)
    report, snapshot = runner.look(case.session, case.world)
    assert [str(verdict.outcome) for verdict in report.verdicts] == ["pass", "pass"]
    assert case.asked("first") >= 3
    assert case.asked("second") == 2  # at first, and when its turn came
    assert snapshot.probes["second"]["stdout"] == "yes"


def test_the_world_is_doubted_before_something_is_waited_for_and_never_where_all_holds(tmp_path: Path) -> None:
    case = Case(tmp_path)
    doubts: list[str] = []

    def broken() -> None:
        doubts.append("asked")
        raise DockerDown("the world is to blame")

    with pytest.raises(DockerDown):
        runner.look(case.session, case.world, doubted=broken)
    first, _ = case.run("lr-a"), case.run("lr-b")
    case.check()
    case.remove(first, "lr-a")
    runner.look(case.session, case.world, doubted=broken)
    assert doubts == ["asked"]
