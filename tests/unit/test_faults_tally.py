"""What of a series of interruptions counts: what is wrong twice, and a learner's file that changed, at once."""

from tests.faults.striking import Case
from tests.faults.tally import CHANGED, Tally
from tests.faults.walk import DOCKER, ORDER, Walk, Words


def taken(*turns: list[str] | None) -> Tally:
    found, left = Tally({"start lab": 3}), list(turns)
    found.take("start lab: INT before mkdir (1)", lambda: left.pop(0))
    assert len(left) == 0, "nobody is interrupted more often than is looked at"
    return found


def test_what_is_wrong_twice_is_a_problem() -> None:
    found = taken(["still at work"], ["still at work"])
    assert list(found.problems.values()) == [["still at work"]]
    assert "interrupted 1 times, survived 0, objects leaked 0, files of the user's changed 0" in found.lines()


def test_what_is_wrong_once_is_said_and_is_no_problem() -> None:
    found = taken(["still at work"], [])
    assert not found.problems
    assert found.lines()[-1] == "wrong once and not again: start lab: INT before mkdir (1): still at work"


def test_a_learners_file_that_changed_is_a_problem_at_once() -> None:
    assert taken([f"after stop: {CHANGED}: .bashrc"]).problems


def test_what_went_well_is_met_and_what_never_came_is_missed() -> None:
    assert taken([]).met
    assert taken(None).missed
    assert not taken(None).met


class Noting(Walk):
    """A walk that notes what it would interrupt."""

    ground = DOCKER

    def __init__(self) -> None:
        self.met: list[Words] = []

    def one(self, case: Case) -> None:
        self.met.append(case.words)


def test_a_slow_machine_interrupts_each_command_once_and_a_fast_one_as_often_as_there_are_cases() -> None:
    cases = {words: [Case(words, f"touch {number}", 1, "INT", after=False) for number in range(3)] for words in ORDER}
    for over, times in ((True, 1), (False, 3)):
        walk = Noting()
        walk.go(cases, lambda late=over: late)
        assert sorted(walk.met) == sorted([*cases] * times)
