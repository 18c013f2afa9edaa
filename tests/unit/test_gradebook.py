"""The class: which run counts, what a mark is made of, whom nobody may overlook, and which checks to doubt."""

from dataclasses import replace

import pytest
from grades import run

from labrunner.grading.assembling import assemble
from labrunner.grading.course import Attempts
from labrunner.grading.gradebook import CheckSummary, Gradebook, Rules, Standing, StudentStanding, Suspicion
from labrunner.grading.overrides import Override
from labrunner.grading.result import Result, Trust
from labrunner.grading.roster import Student
from labrunner.words import speak


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


def student(book: Gradebook, number: str = "s1") -> StudentStanding:
    return next(one for one in book.students if one.student == number)


def summary(book: Gradebook, check: str) -> CheckSummary:
    return next(one for one in book.checks if one.check == check)


RUNS = (run("s1", "ffff", at=0), run("s1", "pppf", at=10), run("s1", "ppff", at=20))


@pytest.mark.parametrize(("rule", "mark"), [(Attempts.BEST, 75.0), (Attempts.LAST, 50.0)])
def test_the_best_or_the_last_run_counts_whatever_order_the_files_have(rule: Attempts, mark: float) -> None:
    for files in (RUNS, RUNS[::-1]):
        assert student(assemble(files, Rules(rule))).mark == mark


def test_of_each_lab_its_own_best_run_counts() -> None:
    book = assemble([run("s1", "pf"), run("s1", "pp", at=1, lab="b"), run("s1", "ff", at=2, lab="b")], Rules())
    assert {lab.lab: lab.mark for lab in student(book).labs} == {"docker-basics": 50.0, "b": 100.0}
    assert student(book).mark == 75.0


def test_what_the_teacher_graded_outweighs_a_better_run_of_the_student_s_own() -> None:
    book = assemble([run("s1", "pp", trust=Trust.CI_STUDENT), run("s1", "pf", at=5)], Rules())
    lab = student(book).labs[0]
    assert (lab.mark, lab.attempts, lab.trust) == (50.0, 1, "ci-teacher")


def test_a_run_that_is_no_grade_costs_nothing_and_is_counted() -> None:
    book = assemble(
        [run("s1", "pf"), run("s1", "pe", at=1), run("s1", "", at=2, trouble="no disk")], Rules(Attempts.LAST)
    )
    lab = student(book).labs[0]
    assert (lab.mark, lab.attempts, lab.ungradable, lab.trouble) == (50.0, 1, 2, "")


def test_a_student_without_a_gradable_run_of_a_lab_has_no_mark_and_stands_apart() -> None:
    files = [run("s1", "pp"), run("s1", "", lab="b", trouble="no disk"), run("s2", "pp"), run("s2", "pp", lab="b")]
    book = assemble(files, Rules())
    assert (student(book).standing, student(book).mark) == (Standing.NOT_GRADABLE, None)
    assert next(lab.trouble for lab in student(book).labs if lab.lab == "b") == "no disk"
    assert student(book, "s2").mark == 100.0


def test_a_lab_of_which_nothing_was_handed_in_counts_nothing() -> None:
    book = assemble([run("s1", "pp"), run("s2", "pp"), run("s2", "pp", lab="b")], Rules())
    assert (student(book).standing, student(book).mark) == (Standing.GRADED, 50.0)


def test_a_course_says_which_labs_there_are_and_what_they_weigh() -> None:
    files = [run("s1", "pf"), run("s1", "pp", lab="b"), run("s1", "pp", lab="old")]
    book = assemble(files, Rules(labs={"docker-basics": 3.0, "b": 1.0, "never": 0.0}))
    assert list(book.labs) == ["docker-basics", "b", "never"]
    assert student(book).mark == 62.5
    assert {one.lab for one in book.checks} == {"docker-basics", "b"}


def test_a_lab_that_is_only_looked_at_where_it_is_done_is_left_out_and_said() -> None:
    only = run("s1", "ff", lab="vm")
    only = replace(only, labs=(replace(only.labs[0], graded="local-only"),))
    book = assemble([run("s1", "pp"), only], Rules())
    assert (student(book).mark, book.left_out) == (100.0, ("vm",))


def test_nobody_on_the_roster_or_off_it_is_dropped() -> None:
    roster = (Student("s9", "Neun"), Student("s1", "Eins", "e@x"), Student("S2"))
    book = assemble([run("s1", "pp"), run("s2", "pp"), run("x", "pp")], Rules(roster=roster))
    assert [(one.student, one.standing, one.known) for one in book.students] == [
        ("s9", Standing.NOTHING, True),
        ("s1", Standing.GRADED, True),
        ("S2", Standing.GRADED, True),  # width and case are the keyboard's
        ("x", Standing.GRADED, False),
    ]
    assert (student(book).name, student(book).email) == ("Eins", "e@x")
    assert [one.student for one in book.unknown] == ["x"]


def test_without_a_roster_students_stand_as_people_count_and_nobody_is_unknown() -> None:
    book = assemble([run("s10", "p"), run("s2", "p"), run("10", "p")], Rules())
    assert [one.student for one in book.students] == ["10", "s2", "s10"]
    assert not book.unknown


def test_the_teacher_has_the_last_word_of_a_lab_and_of_the_whole() -> None:
    words = (
        Override("s1", 90, "docker-basics", "oral"),
        Override("s2", 33.3, reason="agreed"),
        Override("s3", 60, "docker-basics"),
        Override("s4", 10, "docker-basics"),
        Override("s1", 10, "no-lab"),
    )
    files = [run("s1", "ff"), run("s2", "pp"), run("s3", "", trouble="no disk")]
    book = assemble(files, Rules(overrides=words, roster=tuple(Student(f"s{n}") for n in range(1, 4))))
    assert [one.mark for one in book.students] == [90.0, 33.3, 60.0]
    assert student(book).labs[0].override == "oral"
    assert (student(book, "s2").override, student(book, "s3").standing) == ("agreed", Standing.GRADED)
    assert book.stray == (words[3], words[4])


def test_a_check_says_how_many_runs_and_how_long_it_took_to_pass() -> None:
    files = [run("s1", "f", at=0), run("s1", "f", at=30), run("s1", "p", at=60), run("s2", "p"), run("s3", "f")]
    hinted = replace(files[2], labs=(replace(files[2].labs[0], hints={"step0": 2}),))
    book = assemble([*files[:2], hinted, *files[3:]], Rules())
    own = student(book).labs[0].checks[0]
    assert (own.passed, own.attempts, own.hints, own.seconds) == (True, 3, 2, 61 * 60)
    found = summary(book, "check0")
    assert (found.judged, found.passed, found.attempts, found.hints) == (3, 2, 2.0, 2.0)
    assert found.seconds == (61 * 60 + 60) / 2
    assert student(book, "s3").labs[0].checks[0].seconds is None


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (("page says tea-0123abcd", "page says tea-99887766", "page says tea-0123abcd"), "page says tea-…"),
        (("tag 0123abcd of lr-menu", "tag 0123abcd of lr-menu"), "tag 0123abcd of lr-menu"),
        (("an earlier wording", "what it says now"), "what it says now"),
    ],
)
def test_what_a_check_claims_of_a_class_has_nobody_s_own_values(claims: tuple[str, ...], said: str) -> None:
    runs = []
    for number, claim in enumerate(claims):
        one = run(f"s{number}", "p", at=number)
        [lab] = one.labs
        runs.append(replace(one, labs=(replace(lab, checks=(replace(lab.checks[0], claim=claim),)),)))
    assert summary(assemble(runs, Rules()), "check0").claim == said


def test_who_did_not_reach_a_check_is_not_counted_with_it() -> None:
    found = summary(assemble([run("s1", "fb"), run("s2", "pp")], Rules()), "check1")
    assert (found.judged, found.passed) == (1, 1)


def class_of(outcomes: list[str]) -> list[Result]:
    return [run(f"s{n}", one) for n, one in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (["pf"] * 5, (Suspicion.NOBODY,)),
        (["pf"] * 4, ()),  # too few to say
        (["pf"] * 9 + ["pp"], (Suspicion.NOBODY,)),
        (["pf"] * 8 + ["pp"] * 2, ()),
        (["fb"] * 9 + ["pf"], ()),  # hardly anybody got there
        (["pp"] * 9 + ["pe"], ()),
        (["pp"] * 8 + ["pe"] * 2, (Suspicion.ERRORS,)),
    ],
)
def test_a_check_that_almost_nobody_passes_or_that_has_no_verdict_is_suspect(
    outcomes: list[str], found: tuple[Suspicion, ...]
) -> None:
    assert summary(assemble(class_of(outcomes), Rules()), "check1").suspicions == found


def test_a_check_that_passes_once_and_once_not_for_the_same_files_is_suspect() -> None:
    same = [run("s1", "pf", digest="d"), run("s1", "pp", at=5, digest="d")]
    found = summary(assemble(same, Rules()), "check1")
    assert (found.suspicions, found.differing) == ((Suspicion.DEPENDS,), 1)
    assert not summary(assemble(same, Rules()), "check0").suspicions


@pytest.mark.parametrize(
    "files",
    [
        [run("s1", "pf", digest="d"), run("s1", "pp", at=5, digest="e")],
        [run("s1", "pf", digest="d"), run("s2", "pp", digest="d")],  # values differ between students
        [run("s1", "pf", digest="d"), replace(run("s1", "pp", at=5, digest="d"), course_hash="other")],
        [run("s1", "pb", digest="d"), run("s1", "pp", at=5, digest="d")],
        [run("s1", "pe", digest="d"), run("s1", "pp", at=5, digest="d")],
    ],
    ids=["other files", "another student", "another course", "not reached", "no verdict"],
)
def test_a_difference_that_has_a_reason_is_not_suspect(files: list[Result]) -> None:
    assert not summary(assemble(files, Rules()), "check1").suspicions


def test_results_of_several_courses_or_versions_are_remarked() -> None:
    book = assemble([run("s1", "p"), replace(run("s2", "p"), course_hash="x", course="other")], Rules())
    assert "2 versions of the course" in book.remarks[0]
    assert "several courses" in book.remarks[1]
    assert not assemble([run("s1", "p")], Rules()).remarks


def test_no_result_at_all_is_a_class_of_nobody() -> None:
    book = assemble([], Rules(roster=(Student("s1"),)))
    assert (len(book.students), book.results, book.checks) == (1, 0, ())
    assert book.of(Standing.NOTHING) == book.students
