"""One test item a check: what is wrong fails, what is broken is an error, and workers side by side say the same."""

import pytest

pytest_plugins = ["pytester"]
GIVEN = """
import pytest
from labrunner import catalog
from labrunner.outcome import Outcome, Report, Verdict

OTHERS = {"shop_is_a_bridge_that_reaches_outside": Outcome.FAIL, "web_answers": Outcome.ERROR,
          "till_goes_on": Outcome.BLOCKED}

@pytest.fixture(scope="session")
def labrunner_reports():
    def look(lab):
        checks = catalog.load(lab).lab.checks
        return Report(lab, tuple(
            Verdict(lab, one.step, one.id, "the claim", OTHERS.get(one.id, Outcome.PASS), expected=1, found=2,
                    why="because", see="docker ps") for one in checks if one.id != "both_names_are_gone"))
    return look
"""
TEST = 'from labrunner.pytest_plugin import labrunner_check\n\ntest_basics = labrunner_check("docker-basics")\n'
COUNTS = {"passed": 30, "failed": 2, "errors": 1, "skipped": 1}


@pytest.fixture
def given(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(GIVEN)
    return pytester


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_each_check_is_an_item_of_its_own(given: pytest.Pytester, workers: tuple[str, ...]) -> None:
    given.makepyfile(test_class=TEST)
    done = given.runpytest_subprocess("-p", "labrunner.pytest_plugin", "-p", "no:cacheprovider", *workers)
    done.assert_outcomes(**COUNTS)
    said = done.stdout.str()
    assert "fail: the claim" in said
    assert "expected 1, found 2" in said
    assert "see: docker ps" in said
    assert "ERROR test_class.py::test_basics[run-missing-web_answers]" in said


def test_a_step_alone(given: pytest.Pytester) -> None:
    given.makepyfile(test_class=TEST.replace('"docker-basics"', '"docker-basics", step="network"'))
    done = given.runpytest_subprocess("-p", "labrunner.pytest_plugin", "-p", "no:cacheprovider")
    done.assert_outcomes(failed=1)


def test_a_lab_that_is_not_there_is_one_sentence(given: pytest.Pytester) -> None:
    given.makepyfile(test_class=TEST.replace("docker-basics", "docker-basic"))
    done = given.runpytest_subprocess("-p", "labrunner.pytest_plugin", "-p", "no:cacheprovider")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert "no lab is called 'docker-basic'" in done.stdout.str()
