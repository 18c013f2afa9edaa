"""What a proof complains of: the trials are made up, the judgement is the real one."""

from pathlib import Path
from typing import Any

import pytest

from labrunner.operation import Mutant
from labrunner.outcome import Outcome, Report, Verdict
from labrunner.proof import LabProof, Proof
from labrunner.prove import _Proving, _Trial
from tests.tiny import loaded, step, tiny


def verdict(outcome: str, found: str = "", why: str = "") -> Verdict:
    return Verdict("tiny", "a", "runs", "it runs", Outcome(outcome), expected="x", found=found, why=why)


BEFORE = verdict("fail", "no container")


class Case:
    """A proof of a lab with one check."""

    def __init__(self, folder: Path) -> None:
        def runs() -> None:
            """Say nothing."""

        lab = tiny(folder)
        self.step = step(lab, "a", runs)
        self.check = self.step.checks[0]
        nothing: Any = None
        self.proving = _Proving(loaded(lab), nothing, "20.10", lambda *_: None)

    def mutant(self, code: int = 0, *, changed: bool = True, after: Verdict, expect_exit: int = 0) -> str:
        trial = _Trial(code, changed, Report("tiny", (after,)))
        self.proving._mutant(self.check, "odd", Mutant("x", expect_exit), BEFORE, trial)
        return " ".join(self.proving.complaints)

    def alternative(self, code: int, after: Verdict) -> str:
        self.proving._alternative(self.step, "other", _Trial(code, True, Report("tiny", (after,))))  # noqa: FBT003
        return " ".join(self.proving.complaints)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_a_mutant_that_its_check_rejects_for_a_reason_of_its_own_is_killed(case: Case) -> None:
    assert not case.mutant(after=verdict("fail", "exited"))
    assert case.proving.killed == 1
    assert case.proving.failed == {"runs"}


@pytest.mark.parametrize("outcome", ["pass", "waiting", "blocked", "error"])
def test_whatever_is_no_fail_is_no_kill(case: Case, outcome: str) -> None:
    assert "survived" in case.mutant(after=verdict(outcome, "exited"))
    assert case.proving.killed == 0


def test_a_mutant_must_exit_as_it_says(case: Case) -> None:
    assert "exits 1, not 0" in case.mutant(1, after=verdict("fail", "exited"))
    assert "exits 0, not 130" in case.mutant(0, after=verdict("fail", "exited"), expect_exit=130)
    assert case.proving.killed == 0


def test_a_mutant_must_change_the_world(case: Case) -> None:
    assert "changes nothing" in case.mutant(after=verdict("fail", "exited"), changed=False)


def test_a_mutant_must_be_told_from_the_untouched_world(case: Case) -> None:
    assert "untouched world" in case.mutant(after=BEFORE)


def test_another_right_way_must_end_well_and_pass(case: Case) -> None:
    assert not case.alternative(0, verdict("pass"))
    assert case.proving.accepted == 1
    assert "it exits 1" in case.alternative(1, verdict("pass"))
    assert "rejected: runs is fail" in case.alternative(0, verdict("fail", "x"))
    assert case.proving.accepted == 1


def test_a_step_that_passes_with_the_values_of_somebody_else_is_found(case: Case) -> None:
    case.proving._copied(case.step, "bob", _Trial(1, False, Report("tiny", (BEFORE,))))  # noqa: FBT003
    assert case.proving.complaints == []
    case.proving._copied(case.step, "bob", _Trial(0, True, Report("tiny", (verdict("pass"),))))  # noqa: FBT003
    assert case.proving.complaints == ["a: done with the values of bob, it passes all the same"]


GOOD = LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 1)


def test_a_proof_holds_where_everything_was_seen() -> None:
    assert GOOD.holds
    assert Proof((GOOD,)).exit_code == 0


@pytest.mark.parametrize(
    "broken",
    [
        LabProof("tiny", "20.10"),
        LabProof("tiny", "20.10", 2, 1, 3, 3, 1, 1),
        LabProof("tiny", "20.10", 2, 2, 3, 2, 1, 1),
        LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 0),
        LabProof("tiny", "20.10", 2, 2, 3, 3, 1, 1, complaints=("left behind",)),
    ],
)
def test_a_proof_with_a_hole_does_not_hold(broken: LabProof) -> None:
    assert not broken.holds
    assert Proof((GOOD, broken)).exit_code == 4


def test_a_proof_of_nothing_is_none() -> None:
    assert Proof(()).exit_code == 4
