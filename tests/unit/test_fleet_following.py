"""The controller against a cluster that is played: whatever happens to Pods, Jobs and itself, the books balance."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labrunner import wait
from labrunner.errors import ClusterDown
from labrunner.fleet import checker, following, framed, gathered, manifests, plan
from labrunner.fleet.following import Following
from labrunner.fleet.gathered import Books, Handed
from labrunner.fleet.manifests import Made
from labrunner.fleet.pods import PodTerms
from labrunner.grading import class_run
from labrunner.grading.grade import Class
from labrunner.grading.result import CheckResult, LabResult, Result
from labrunner.inert import json_text
from labrunner.narrate import Quiet
from labrunner.outcome import Outcome
from labrunner.process import Completed
from tests.handed_in import LAB, PACK, handed_in, right

TOLD = {"limit": 8.0, "language": "en", "isolation": "privileged", "settle": {}}
CHECKS = (
    ("room", "room_is_there"), ("said", "word_was_heard"),
    ("clerk", "clerk_is_in_the_room"), ("clerk", "clerk_is_called_by_name"), ("clerk", "clerk_has_the_note"),
)  # fmt: skip


@dataclass
class Shelves:
    """Stands for a registry."""

    files: dict[str, bytes] = field(default_factory=dict)
    address: str = "http://localhost:5777"

    def put(self, data: bytes) -> str:
        self.files[plan.digest(data)] = data
        return plan.digest(data)

    def bind(self, _tag: str, head: bytes, _blobs: Any) -> str:
        return self.put(head)

    def get(self, blob: str, within: float = 0.0) -> bytes:
        assert within in (0.0, checker.PATIENCE)
        return self.files[blob]


@dataclass
class Played:
    """Stands for a cluster with one Job on it; `happens` is called at each look and changes what is seen.

    Attributes:
        job: as the API has it; empty where there is none.
        pods: name → the line that is read of it; logs: name → what it printed.
        seats: of the Job's plan.
        applied: how many Jobs were made; forced: Pods that were given up; ended: of which it was said that they have.
    """

    shelves: Shelves
    happens: Any
    job: dict[str, Any] = field(default_factory=dict)
    pods: dict[str, str] = field(default_factory=dict)
    logs: dict[str, list[str]] = field(default_factory=dict)
    seats: tuple[plan.Seat, ...] = ()
    applied: int = 0
    forced: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    looks: int = 0
    ready: bool = True

    def did(self, *words: str, stdin: str | None = None, limit: float = 0) -> str:
        assert not limit
        if words[0] == "apply":
            assert stdin is not None
            self.job = next(one for one in json.loads(stdin)["items"] if one["kind"] == "Job")
            self.applied += 1
            self.job["metadata"]["uid"] = f"job-{self.applied}"
            self.job["status"] = {}
            self.seats = plan.parsed(self.shelves.get(self.job["metadata"]["annotations"][manifests.PLAN])).seats
            self.pods, self.logs = {}, {}
        elif words[0] == "delete":
            self.job = {}
        return ""

    def asked(self, *words: str) -> Completed:
        {"delete": self.forced, "patch": self.ended}[words[2]].append(words[4])
        return Completed(words, 0, "", "")

    def read(self, *words: str) -> dict[str, Any]:
        if words[0] == "namespace":
            return {"metadata": {}}
        if words[0] == "node":
            return {"status": {"conditions": [{"type": "Ready", "status": str(self.ready)}]}}
        if words[2] == "jobs":
            return {"items": [self.job] if self.job else []}
        self.looks += 1
        self.happens(self)
        return self.job

    def lines(self, *words: str, mark: str) -> list[str]:
        if words[2] == "logs":
            if words[3] not in self.logs:
                raise ClusterDown("the node does not answer")
            return self.logs[words[3]]
        return [line for line in self.pods.values() if line.startswith(mark)]

    def ends(self, index: int, outcome: Outcome = Outcome.PASS, *, again: int = 0) -> None:
        """Let a Pod end with a result."""
        name = f"pod-{index}-{again}"
        phase = "Failed" if outcome is Outcome.ERROR else "Succeeded"
        self.pods[name] = f"pod|{name}|{index}|{phase}||||{3 if phase == 'Failed' else 0}|2026-11-26T08:0{again}:00Z|n"
        seat = self.seats[index]
        self.logs[name] = framed.lines({"result.json": seen(seat.student, outcome)}, seat.blob)

    def breaks(self, index: int, why: str, *, again: int = 0) -> None:
        """Let a Pod end without one."""
        name = f"pod-{index}-{again}"
        self.pods[name] = f"pod|{name}|{index}|Failed|||{why}|137|2026-11-26T08:0{again}:00Z|n"

    def is_over(self, *, done: str = "", failed: str = "") -> None:
        """Let the Job be over."""
        condition = {"type": "Failed" if failed else "Complete", "status": "True"}
        self.job["status"] = {"completedIndexes": done, "failedIndexes": failed, "conditions": [condition]}


def seen(student: str, outcome: Outcome) -> bytes:
    """Return what a Pod says of a submission: its last check came out like this."""
    outcomes = [*[Outcome.PASS] * (len(CHECKS) - 1), outcome]
    checks = tuple(
        CheckResult(step, check, "a claim", one, 1.0 if one is Outcome.PASS else 0.0, 1.0)
        for (step, check), one in zip(CHECKS, outcomes, strict=True)
    )
    trouble = "the sandbox went away" if outcome is Outcome.ERROR else ""
    lab = LabResult(LAB, 1.0, "own-engine", checks, trouble=trouble)
    return json_text(Result(student, (lab,), nonce=f"nonce of {student}").record()).encode()


@pytest.fixture
def a_class() -> Iterator[Class]:
    terms = class_run.terms(course=None, trust="local", isolation="privileged", trusting=True, extra=PACK)
    with class_run.opened(terms, Quiet()) as found:
        yield found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let hours pass in no time."""
    clock = [0.0]

    def later(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(wait, "pause", later)
    monkeypatch.setattr(wait, "now", lambda: clock[0])
    return clock


def begun(a_class: Class, tmp_path: Path, happens: Any, students: int = 3) -> tuple[Following, Played]:
    paths = [handed_in(tmp_path / "handed-in", f"202600{one}", right(f"202600{one}")) for one in range(students)]
    left: dict[str, Handed] = {}
    assert list(gathered.read(paths, a_class, tmp_path / "copies", left)) == []
    shelves = Shelves()
    cluster = Played(shelves, happens)
    made = Made("", "labrunner-grading-x", "x", "grader:1", "http://192.0.2.7:5000", "class", "", 0, 2, PodTerms())
    of: Any = (cluster, made, shelves, a_class, tmp_path / "results", Books(list(paths)), left)
    return Following(*of), cluster


def marks(tmp_path: Path) -> dict[str, float | None]:
    found = [json.loads(file.read_text()) for file in (tmp_path / "results").glob("*/result.json")]
    return {one["student"]: one["mark"] for one in found}


@pytest.mark.usefixtures("at_once")
def test_each_is_graded_once_and_a_wrong_answer_is_a_grade(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        index = cluster.looks - 1
        cluster.ends(index, Outcome.FAIL if index == 1 else Outcome.PASS)
        if index == 2:
            cluster.is_over(done="0-2")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens)
    came = list(class_on_its_way.run(plan.of([], **TOLD)))
    assert len(came) == 3
    assert marks(tmp_path) == {"2026000": 100.0, "2026001": 80.0, "2026002": 100.0}
    assert (class_on_its_way.books.lacking(), cluster.applied) == ([], 1)


@pytest.mark.usefixtures("at_once")
def test_a_broken_pod_is_no_zero_and_says_why(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        cluster.ends(0)
        for again in range(3):
            cluster.breaks(1, "OOMKilled", again=again)
            cluster.ends(2, Outcome.ERROR, again=again)
        cluster.is_over(done="0", failed="1,2")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens)
    came = {path.name: what for path, what in class_on_its_way.run(plan.of([], **TOLD))}
    assert marks(tmp_path) == {"2026000": 100.0, "2026001": None, "2026002": None}
    troubles = {name: what.labs[0].trouble for name, what in came.items() if isinstance(what, Result)}
    assert troubles == {"2026000": "", "2026001": "its memory was not enough", "2026002": "the sandbox went away"}
    assert (class_on_its_way.books.lacking(), cluster.applied) == ([], 1)


@pytest.mark.usefixtures("at_once")
def test_a_pod_without_a_grade_says_nothing_while_another_one_tries(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        cluster.ends(0, Outcome.ERROR)
        if cluster.looks > 1:
            cluster.ends(0, again=1)
            cluster.is_over(done="0")

    class_on_its_way, _ = begun(a_class, tmp_path, happens, students=1)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 1
    assert marks(tmp_path) == {"2026000": 100.0}


@pytest.mark.usefixtures("at_once")
def test_a_job_that_was_deleted_is_made_again_for_what_lacks(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        if cluster.looks == 1:
            cluster.ends(1)
        elif cluster.looks == 2:
            cluster.job = {}
        else:
            assert [seat.student for seat in cluster.seats] == ["2026000", "2026002"], "nobody is graded twice"
            cluster.ends(0)
            cluster.ends(1)
            cluster.is_over(done="0,1")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 3
    assert (class_on_its_way.books.lacking(), cluster.applied) == ([], 2)


def test_a_result_that_nobody_can_read_any_more_is_made_again(
    a_class: Class, tmp_path: Path, at_once: list[float]
) -> None:
    def happens(cluster: Played) -> None:
        cluster.ends(0)
        if cluster.applied == 1:
            cluster.ends(1)
            del cluster.logs["pod-1-0"]
            cluster.ends(2)
            cluster.is_over(done="0-2")
        else:
            cluster.is_over(done="0")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 3
    assert (class_on_its_way.books.lacking(), cluster.applied) == ([], 2)
    assert at_once[0] >= following.UNREAD, "it was asked for before"


@pytest.mark.usefixtures("at_once")
def test_a_result_whose_pod_is_gone_is_made_again_at_once(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        cluster.ends(0)
        if cluster.applied == 1:
            cluster.is_over(done="0-2")
        else:
            cluster.ends(1)
            cluster.is_over(done="0,1")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 3
    assert (class_on_its_way.books.lacking(), cluster.applied, cluster.looks) == ([], 2, 2)


@pytest.mark.usefixtures("at_once")
def test_a_large_class_is_several_jobs_and_no_job_counts_as_lost(
    a_class: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def happens(cluster: Played) -> None:
        assert len(cluster.seats) == 1
        cluster.ends(0)
        cluster.is_over(done="0")

    monkeypatch.setattr(following, "MOST", 1)
    class_on_its_way, cluster = begun(a_class, tmp_path, happens, students=5)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 5
    assert (class_on_its_way.books.lacking(), cluster.applied) == ([], 5)


@pytest.mark.usefixtures("at_once")
def test_what_never_gives_a_result_is_not_gradable_in_the_end(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        cluster.is_over(done="0")

    class_on_its_way, cluster = begun(a_class, tmp_path, happens, students=1)
    ((_, what),) = class_on_its_way.run(plan.of([], **TOLD))
    assert isinstance(what, Result)
    assert (what.gradable, cluster.applied) == (False, following.ROUNDS)
    assert class_on_its_way.books.lacking() == []


@pytest.mark.usefixtures("at_once")
def test_who_was_killed_takes_up_the_job_that_is_there(a_class: Class, tmp_path: Path) -> None:
    def happens(cluster: Played) -> None:
        cluster.ends(cluster.looks - 1)
        if cluster.looks == 3:
            cluster.is_over(done="0-2")

    first, cluster = begun(a_class, tmp_path, happens)
    running = first.run(plan.of([], **TOLD))
    next(running)  # and then it is killed: nothing else of it goes on
    second, _ = begun(a_class, tmp_path / "again", happens)
    second.out, second.cluster, second.shelf = first.out, first.cluster, first.shelf
    graded = [place for place, one in second.left.items() if gathered.graded_before(one, a_class, first.out)]
    assert len(graded) == 1
    for place in graded:
        second.books.note((second.left.pop(place).path, None))
    job = cluster.job["metadata"]
    order = second.taken_up(job["name"], job["annotations"][manifests.PLAN])
    assert order is not None
    assert len(list(second.run(order, job["name"]))) == 2
    assert (second.books.lacking(), cluster.applied, len(marks(tmp_path))) == ([], 1, 3)


@pytest.mark.usefixtures("at_once")
def test_a_pod_on_a_node_that_does_not_answer_is_given_up_and_one_on_a_slow_node_is_not(
    a_class: Class, tmp_path: Path
) -> None:
    def happens(cluster: Played) -> None:
        if cluster.ended or cluster.looks > 90:  # a Job keeps what is removed and has not ended
            cluster.ends(0)
            cluster.is_over(done="0")
        else:
            cluster.pods["stuck"] = "pod|stuck|0|Running|2026-11-26T08:00:00Z||||2026-11-26T07:59:00Z|worker"

    class_on_its_way, cluster = begun(a_class, tmp_path, happens, students=1)
    cluster.ready = False
    list(class_on_its_way.run(plan.of([], **TOLD)))
    assert set(cluster.forced) == set(cluster.ended) == {"stuck"}
    slow, cluster = begun(a_class, tmp_path / "slow", happens, students=1)
    list(slow.run(plan.of([], **TOLD)))
    assert cluster.forced == cluster.ended == []


def test_a_cluster_that_is_silent_for_a_while_costs_nobody_anything(
    a_class: Class, tmp_path: Path, at_once: list[float]
) -> None:
    def happens(cluster: Played) -> None:
        if cluster.looks < 20:
            raise ClusterDown("no answer")
        cluster.ends(0)
        cluster.is_over(done="0")

    class_on_its_way, _ = begun(a_class, tmp_path, happens, students=1)
    assert len(list(class_on_its_way.run(plan.of([], **TOLD)))) == 1

    def silent(_: Played) -> None:
        raise ClusterDown("no answer")

    other, _ = begun(a_class, tmp_path / "other", silent, students=1)
    with pytest.raises(ClusterDown):
        list(other.run(plan.of([], **TOLD)))
    assert at_once[0] > following.SILENT
