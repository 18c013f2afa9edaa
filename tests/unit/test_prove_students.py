"""What is complained of when a lab is proved with further students' values: the worlds are in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labrunner.errors import DockerDown
from labrunner.expectation import expect
from labrunner.facts import Fact
from labrunner.lab import Lab
from labrunner.operation import HandIn, Operation
from labrunner.proof import LabProof
from labrunner.prove_students import answers, copied, each, extended
from labrunner.staging import Stage
from labrunner.values import per_student
from labrunner.world.fake import FakeEngine
from tests.tiny import begun, tiny

OTHERS = ["student-2", "student-3"]
OWN = HandIn("{ticket}")


def ticket(of: str) -> str:
    return per_student(of, "tiny", "ticket")


class Class:
    """A lab of one step that takes an answer, and its world for each student."""

    def __init__(self, folder: Path, *, whole: bool = True, solve: Operation = OWN) -> None:
        self.folder, self.told = folder, list[str]()
        self.lab = tiny(folder)
        self.lab.value("ticket")
        self.step = self.lab.step("read", solve=solve, also={"in words": HandIn("it is {ticket}")})

        def right(answer: Fact[str], ticket: str) -> None:
            expect(answer).contains(ticket)

        def some(answer: Fact[str]) -> None:
            expect(answer).is_there()

        self.step.check(wrong={"none": HandIn("x")})(right if whole else some)

    @contextmanager
    def opened(self, student: str) -> Iterator[Stage]:
        if student == "student-down":
            raise DockerDown("it went")
        session, world = begun(self.lab, self.folder / student, FakeEngine())
        session.student = student
        yield Stage(session, world, None)

    def tell(self, said: str, _: float | None) -> None:
        self.told.append(said)

    def complaints(self, *students: str) -> list[list[str]]:
        return each(students, "ada", self.opened, self.tell)


def test_each_student_passes_with_their_own_and_not_with_the_first_ones(tmp_path: Path) -> None:
    assert Class(tmp_path).complaints(*OTHERS) == [[], []]


def test_an_answer_that_anybody_may_hand_in_is_found(tmp_path: Path) -> None:
    found = Class(tmp_path, whole=False).complaints("student-2")
    assert found == [["student-2: read: the answer of ada passes"] * 2]


def test_a_solution_that_serves_one_student_only_is_found(tmp_path: Path) -> None:
    one = Class(tmp_path, solve=HandIn(ticket("student-3")))
    first, second = one.complaints(*OTHERS)
    assert "read/right: solved (exit 0), it is fail" in first[0]
    assert "read/right: at the end it is fail" in first[1]
    assert second == []
    assert first[0] in one.told
    assert "student-2: read" in one.told


def test_a_world_that_breaks_is_that_students_complaint_alone(tmp_path: Path) -> None:
    assert Class(tmp_path).complaints("student-down", "student-2") == [["student-down: the world broke: it went"], []]


def test_students_are_counted_in_the_proof(tmp_path: Path) -> None:
    good = LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 1, seconds=1.5)
    found = extended(good, OTHERS, "ada", Class(tmp_path).opened, lambda *_: None)
    assert (found.students, found.students_passed, found.complaints, found.holds) == (3, 3, (), True)
    assert found.seconds >= good.seconds


def test_a_proof_in_which_one_student_does_not_pass_does_not_hold(tmp_path: Path) -> None:
    good = LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 1)
    found = extended(good, ["student-2", "student-down"], "ada", Class(tmp_path).opened, lambda *_: None)
    assert (found.students, found.students_passed, found.holds) == (3, 2, False)
    assert not LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 1, students=20, students_passed=19).holds


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return tiny(tmp_path)


def test_what_another_would_hand_in_is_only_what_differs(tmp_path: Path, lab: Lab) -> None:
    lab.value("ticket")
    ways = {"word": HandIn("ticket {ticket}"), "same": HandIn("4"), "script": "docker ps"}
    step = lab.step("read", solve=("docker logs x", HandIn("{ticket}")), also=ways)
    session, _ = begun(lab, tmp_path / "me", FakeEngine())
    assert answers(session, step, "ada") == [ticket("ada"), f"ticket {ticket('ada')}"]
    assert answers(session, step, "me") == []


def test_a_solution_is_copied_where_values_differ(tmp_path: Path, lab: Lab) -> None:
    lab.value("ticket")
    one, other = lab.step("a", solve="docker run x"), lab.step("b", solve=("docker ps", "docker run x {ticket}"))
    session, _ = begun(lab, tmp_path / "me", FakeEngine())
    assert copied(session, one, "ada") is None
    assert copied(session, other, "ada") == ("docker ps", f"docker run x {ticket('ada')}")
    assert copied(session, other, "me") is None
