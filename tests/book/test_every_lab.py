"""Every lab that the course lists, read without any daemon."""

import re
from pathlib import Path

import pytest

from labrunner import catalog
from labrunner.catalog import Entry, LoadedLab
from labrunner.lint import lint
from labrunner.operation import PLACEHOLDER, filled, texts
from labrunner.text import LabText
from labrunner.values import of_lab, spoken
from labs import SECTIONS

LABS = Path(catalog.find("docker-basics").folder).parent
ENTRIES = catalog.entries()
WORDS = re.compile(r"[A-Za-z0-9'’-]+|[\u4e00-\u9fff]")


@pytest.fixture(params=ENTRIES, ids=[entry.slug for entry in ENTRIES], name="loaded")
def _loaded(request: pytest.FixtureRequest) -> LoadedLab:
    entry: Entry = request.param
    return catalog.load_entry(entry)


def parts(words: LabText) -> list[str]:
    """Everything that a learner reads of one language."""
    found = [words.title, words.intro]
    for step in words.steps.values():
        found += [step.title, step.task, *step.claims.values(), *step.hints, step.take_away]
    return found


def operations(loaded: LoadedLab) -> list[str]:
    """Every script of a lab: preparations, solutions, alternatives, mutants."""
    found = list(loaded.lab.prepared)
    for step in loaded.lab.steps:
        wrong = [mutant.operation for check in step.checks for mutant in check.wrong.values()]
        for operation in (step.solve, *step.also.values(), *wrong):
            found += texts(operation)
    return found


def test_every_folder_with_a_lab_is_listed_and_every_listed_one_is_there() -> None:
    folders = {path.parent.name for path in LABS.glob("*/lab.py")}
    assert folders == {folder for folder, _ in SECTIONS}


def test_lint_has_nothing_to_say(loaded: LoadedLab) -> None:
    assert [f"{one.file.name}:{one.line}: {one.sentence}" for one in lint(loaded)] == []


def test_every_step_has_a_way_and_every_check_a_mutant(loaded: LoadedLab) -> None:
    assert loaded.lab.steps
    for step in loaded.lab.steps:
        assert texts(step.solve), step.id
        assert all(check.wrong for check in step.checks), step.id
        assert step.also, f"{step.id}: can it be done in one way only?"


def test_hints_begin_without_giving_the_command_away(loaded: LoadedLab) -> None:
    for words in loaded.texts.values():
        for step in words.steps.values():
            assert len(step.hints) == 3, step.title
            assert not re.search(r"`(docker|kubectl) [a-z]+ ", step.hints[0]), step.title


def test_no_word_is_left_unfilled(loaded: LoadedLab) -> None:
    told = dict.fromkeys(loaded.lab.told, "told")
    values = spoken(loaded.lab, of_lab(loaded.lab, student="someone", port=5777, namespace="lab", told=told))
    for words in loaded.texts.values():
        for part in parts(words):
            assert PLACEHOLDER.findall(filled(part, values)) == []


def test_no_secret_is_named_in_the_words(loaded: LoadedLab) -> None:
    secrets = [value.name for value in loaded.lab.values.values() if value.kind == "secret"]
    for words in loaded.texts.values():
        said = "\n".join(parts(words))
        assert [name for name in secrets if name in said] == []


def test_secrets_are_planted_and_never_part_of_a_container_s_configuration(loaded: LoadedLab) -> None:
    secrets = {value.name for value in loaded.lab.values.values() if value.kind == "secret"}
    planted = {word for script in loaded.lab.prepared for word in PLACEHOLDER.findall(script)}
    assert secrets <= planted
    for script in loaded.lab.prepared:
        for line in script.splitlines():
            if line.startswith("docker"):
                assert secrets.isdisjoint(PLACEHOLDER.findall(line)), line


def test_images_are_the_course_s_own(loaded: LoadedLab) -> None:
    for script in operations(loaded):  # a Service and its port ("lr-web:80") is no image
        assert not re.search(
            r"(?<![\w-])(redis|nginx|busybox|debian|till|web):[0-9]", script.replace("{registry}/web:9", "")
        )


def test_languages_have_the_same_parts(loaded: LoadedLab) -> None:
    zh, en = loaded.texts["zh"], loaded.texts["en"]
    for key, step in zh.steps.items():
        twin = en.steps[key]
        assert len(step.hints) == len(twin.hints), key
        assert step.task.count("```") == twin.task.count("```"), key
        assert step.task.count("\n- ") == twin.task.count("\n- "), key


def test_a_sitting_is_short(loaded: LoadedLab) -> None:
    assert all(2 <= step.minutes <= 10 for step in loaded.lab.steps)
    for words in loaded.texts.values():
        for step in words.steps.values():
            assert len(WORDS.findall(step.task)) < 420, step.title


def test_logic_is_at_most_three_hundred_lines(loaded: LoadedLab) -> None:
    assert len((loaded.entry.folder / "lab.py").read_text(encoding="utf-8").splitlines()) <= 300


def test_bold_chinese_ends_before_its_punctuation(loaded: LoadedLab) -> None:
    """Markdown leaves the stars standing where punctuation is inside and a letter outside."""
    for part in parts(loaded.texts["zh"]):
        pieces = part.split("**")
        for inside, outside in zip(pieces[1::2], pieces[2::2], strict=True):
            assert not (inside[-1] in "。，；：）！？`" and outside[:1].isalnum()), inside


def test_every_lab_says_how_it_is_graded_or_why_it_is_not(loaded: LoadedLab) -> None:
    how = loaded.lab.grading
    assert bool(how.why) == (how.way == "local-only"), how
    assert how.without.keys() <= {step.id for step in loaded.lab.steps}
    assert all(how.without.values())
    for page in ("grading-trust.md", "grading-trust.zh.md"):
        text = (LABS.parent / "docs" / page).read_text(encoding="utf-8")
        [row] = re.findall(rf"(?m)^\| {loaded.entry.slug} \| `([a-z-]+)` \|(.*)\|$", text)
        assert row[0] == how.way
        assert all(step in row[1] for step in how.without)
