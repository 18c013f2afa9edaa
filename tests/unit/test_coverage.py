"""The statements of the notes: read, held against labs, and every way to write them wrongly said in one sentence."""

import re
from pathlib import Path

import pytest

from labrunner import coverage, coverage_file
from labrunner.coverage import Answer
from labrunner.errors import LabBroken
from labrunner.words import speak

FIRST = """\
heading = "Docker › 一"

[one-is-seen]
zh = "一看得见"
en = "one is seen"
steps = ["first-lab/one"]
corrected = true

[two-is-elsewhere]
zh = "二在别处"
en = "two is elsewhere"
see = "second-lab"

[three-is-taste]
zh = "三是看法"
en = "three is a matter of taste"
opinion = { zh = "因人而异", en = "tastes differ" }

[four-waits]
zh = "四还没有"
en = "four waits"
"""
SECOND = 'heading = "Docker › 二"\nempty = true\n[five-is-seen]\nzh = "五"\nen = "five"\nsteps = ["second-lab/five"]\n'
LABS = {"first-lab": frozenset({"one"}), "second-lab": frozenset({"five"})}


@pytest.fixture(autouse=True)
def english() -> None:
    """Sentences are compared as they are said in English."""
    speak("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "10-second-lab.toml").write_text(SECOND, encoding="utf-8")
    (tmp_path / "2-first-lab.toml").write_text(FIRST, encoding="utf-8")
    return tmp_path


def answers(folder: Path, labs: coverage.Labs) -> dict[str, str]:
    found = [statement for section in coverage_file.read(folder) for statement in section.statements]
    return {statement.id: statement.answer(labs).value for statement in found}


def test_sections_stand_in_the_order_of_their_numbers(folder: Path) -> None:
    first, second = coverage_file.read(folder)
    assert (first.heading, first.lab, first.empty) == ("Docker › 一", "first-lab", False)
    assert (second.heading, second.lab, second.empty) == ("Docker › 二", "second-lab", True)


def test_a_statement_says_its_words_its_steps_and_its_reason(folder: Path) -> None:
    one, _, three, _ = coverage_file.read(folder)[0].statements
    assert (one.said, one.steps, one.corrected) == ("one is seen", ("first-lab/one",), True)
    assert (three.reason, three.corrected) == ("tastes differ", False)
    speak("zh")
    assert (one.said, three.reason) == ("一看得见", "因人而异")


def test_where_no_statements_are_there_is_nothing(tmp_path: Path) -> None:
    assert coverage_file.read(tmp_path / "coverage") == ()


def test_each_statement_has_one_of_four_answers(folder: Path) -> None:
    expected = {
        "one-is-seen": "proved",
        "two-is-elsewhere": "see",
        "three-is-taste": "opinion",
        "four-waits": "open",
        "five-is-seen": "proved",
    }
    assert answers(folder, LABS) == expected


def test_what_names_a_lab_that_is_not_there_is_open(folder: Path) -> None:
    found = answers(folder, {"first-lab": frozenset({"one"})})
    assert (found["two-is-elsewhere"], found["five-is-seen"]) == ("open", "open")
    assert found["one-is-seen"] == "proved"


def test_answers_are_counted(folder: Path) -> None:
    found = coverage.counts(coverage_file.read(folder), LABS)
    assert found == {Answer.PROVED: 2, Answer.SEE: 1, Answer.OPINION: 1, Answer.OPEN: 1}


def test_a_step_that_its_lab_does_not_have_is_said(folder: Path) -> None:
    sections = coverage_file.read(folder)
    coverage.demand(sections, LABS)
    with pytest.raises(LabBroken) as broken:
        coverage.demand(sections, {"first-lab": frozenset({"uno"})})
    file = folder / "2-first-lab.toml"
    assert broken.value.message == f"{file}: 'one-is-seen' names the step 'one', which first-lab does not have"


def test_steps_of_a_lab_that_is_not_there_are_nobody_s_fault(folder: Path) -> None:
    assert list(coverage.strangers(coverage_file.read(folder), {})) == []


def test_steps_that_no_statement_names_are_found(folder: Path) -> None:
    more = {"first-lab": frozenset({"one", "zero"}), "third-lab": frozenset({"any"})}
    assert coverage.unnamed(coverage_file.read(folder), more) == ["first-lab/zero", "third-lab/any"]


BROKEN = {
    "toml": ("[one-is-seen]", "[one-is-seen", "it is no TOML: "),
    "id-twice-in-a-file": ("[four-waits]", "[one-is-seen]", "it is no TOML: Cannot declare"),
    "no-heading": ('heading = "Docker › 一"', "", "it names no heading"),
    "id": ("[four-waits]", "[four_waits]", "'four_waits' is no name in kebab-case"),
    "a-language": ('zh = "四还没有"\n', "", "'four-waits' is not said in zh and en"),
    "empty-words": ('en = "four waits"', 'en = " "', "'four-waits' is not said in zh and en"),
    "value": ('heading = "Docker › 一"', 'heading = "Docker › 一"\nlab = "a"', "'lab' is not said in zh and en"),
    "key": ("corrected = true", "wrong = true", "'one-is-seen' has an unknown key 'wrong'"),
    "flag": ("corrected = true", "corrected = 1", "corrected of 'one-is-seen' is not true or false"),
    "two-answers": (
        "corrected = true",
        'see = "second-lab"',
        "'one-is-seen' has more than one answer: steps + see",
    ),
    "step": ('["first-lab/one"]', '["one"]', "the steps of 'one-is-seen' are not written as [\"lab/step\"]"),
    "steps": ('["first-lab/one"]', "[]", "the steps of 'one-is-seen' are not written as [\"lab/step\"]"),
    "text-for-steps": (
        '["first-lab/one"]',
        '"first-lab/one"',
        "the steps of 'one-is-seen' are not written as [\"lab/step\"]",
    ),
    "see": ('see = "second-lab"', 'see = ""', "what 'two-is-elsewhere' says to see is no lab's name"),
    "see-stranger": (
        'see = "second-lab"',
        'see = "other-lab"',
        "'two-is-elsewhere' names 'other-lab', which is no section's lab",
    ),
    "step-stranger": (
        "first-lab/one",
        "other-lab/one",
        "'one-is-seen' names 'other-lab', which is no section's lab",
    ),
    "see-itself": (
        'see = "second-lab"',
        'see = "first-lab"',
        "'two-is-elsewhere' says to see its own lab; name the step",
    ),
    "no-reason": (
        '{ zh = "因人而异", en = "tastes differ" }',
        "true",
        "'three-is-taste' is an opinion without a reason in zh and en",
    ),
    "half-a-reason": (
        'zh = "因人而异", ',
        "",
        "'three-is-taste' is an opinion without a reason in zh and en",
    ),
}
"""What is written, what instead, and how the sentence begins."""


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_is_one_sentence_with_its_file(folder: Path, fault: str) -> None:
    old, new, sentence = BROKEN[fault]
    file = folder / "2-first-lab.toml"
    assert old in FIRST
    file.write_text(FIRST.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LabBroken) as broken:
        coverage_file.read(folder)
    line, _, said = broken.value.message.removeprefix(f"{file}:").partition(": ")
    assert said.startswith(sentence)
    if named := re.search("'([a-z_-]+)'", sentence):
        assert named[1] in file.read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "\n" not in broken.value.message
    assert broken.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("10-second-lab", SECOND.replace("five-is-seen", "four-waits"), "'four-waits' is written twice"),
        ("10-second-lab", SECOND.replace("› 二", "› 一"), "'Docker › 一' is written twice"),
        ("11-third-lab", 'heading = "Docker › 三"\n', "'Docker › 三' has no statement"),
        ("third-lab", SECOND, "its name is not a place and a lab: 1-docker-basics.toml"),
        ("3-Third", SECOND, "its name is not a place and a lab: 1-docker-basics.toml"),
    ],
    ids=["id-twice", "heading-twice", "empty", "no-place", "no-lab"],
)
def test_a_fault_between_files_names_the_second(folder: Path, name: str, text: str, sentence: str) -> None:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabBroken) as broken:
        coverage_file.read(folder)
    assert re.sub(r":\d+:", ":", broken.value.message, count=1) == f"{file}: {sentence}"


def test_faults_are_said_in_chinese_too(folder: Path) -> None:
    speak("zh")
    (folder / "2-first-lab.toml").write_text(FIRST.replace("four-waits", "four_waits"), encoding="utf-8")
    with pytest.raises(LabBroken, match="不是 kebab-case 的名字"):
        coverage_file.read(folder)
    speak("en")
