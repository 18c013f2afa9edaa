"""The table of statements: aligned by cells at every width, in both languages."""

import io
from pathlib import Path

import pytest

from labrunner.coverage import Labs, Section, Statement
from labrunner.render import coverage as tables
from labrunner.render.cells import width
from labrunner.render.screen import Screen
from labrunner.words import Language, speak

LONG = Statement(
    "long-one",
    {
        "zh": "一条很长的陈述，长到一行里放不下，" * 3,
        "en": "a statement that is longer than a line has room, " * 2,
    },
    ("a-lab/first-step", "a-lab/second-step", "b-lab/third-step"),
    corrected=True,
)
STATEMENTS = (
    LONG,
    Statement("short-one", {"zh": "短的", "en": "short"}, ("a-lab/first-step",), corrected=True),
    Statement("seen-elsewhere", {"zh": "在别处", "en": "elsewhere"}, see="b-lab"),
    Statement("taste", {"zh": "看法", "en": "taste"}, opinion={"zh": "因人而异，" * 9, "en": "it differs, " * 9}),
    Statement("waits", {"zh": "等着", "en": "waits"}, corrected=True),
    Statement("planned", {"zh": "要写的", "en": "planned"}, ("c-lab/one",), corrected=True),
)
SECTIONS = (
    Section("Docker › 一", "a-lab", empty=False, statements=STATEMENTS, file=Path("1-a-lab.toml")),
    Section("Docker › 二", "c-lab", empty=True, statements=(STATEMENTS[-1],), file=Path("2-c-lab.toml")),
)
LABS: Labs = {"a-lab": frozenset(), "b-lab": frozenset()}


def printed(columns: int = 80, *, fancy: bool = True) -> str:
    stream = io.StringIO()
    tables.show(Screen(stream, width=columns, colour=False, fancy=fancy), SECTIONS, LABS)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


@pytest.mark.parametrize("columns", [40, 80, 100, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_second_column_begins_at_one_cell(columns: int, language: Language) -> None:
    speak(language)
    table, _, closing = printed(columns).rpartition("\n\n")
    lines = table.splitlines()
    assert all(width(line) <= columns for line in [*lines, *closing.splitlines()])
    at = {
        width(line[: line.index(said)])
        for line in lines
        for said in ("first-step", "see b-lab", "见 b-lab", "not checkable", "无法检验", "no lab yet", "还没有实验")
        if said in line
    }
    assert len(at) == 1, lines
    speak("en")


def test_every_answer_is_said_openly() -> None:
    flat = " ".join(printed(120).split())
    for said in (
        "✓ short first-step corrected in the lab",
        "→ elsewhere see b-lab",
        "· taste not checkable: it differs",
        "✗ waits no step yet",
        "✗ planned no lab yet",
        "empty in the notes: the lab fills it",
        "7 statements: 2 proved by a step, 1 in another lab, 1 not checkable, 3 still open",
    ):
        assert said in flat, said


def test_a_correction_is_only_told_where_a_lab_makes_it() -> None:
    assert printed(120).count("corrected in the lab") == 2


def test_a_step_of_another_lab_bears_that_lab_s_name() -> None:
    assert "first-step, second-step, b-lab/third-step" in " ".join(printed(120).split())


def test_the_table_can_do_without_more_than_ascii() -> None:
    lines = printed(fancy=False).splitlines()
    assert any(line.startswith(" + short") for line in lines)
    assert any(line.startswith(" x waits") for line in lines)


def test_the_record_is_versioned_and_whole() -> None:
    record = tables.record(SECTIONS, LABS)
    assert record["schema"] == 1
    assert record["counts"] == {"proved": 2, "see": 1, "opinion": 1, "open": 3}
    first, second = record["sections"]
    assert (first["lab"], first["there"], second["there"], second["empty"]) == ("a-lab", True, False, True)
    assert first["statements"][2] == {
        "id": "seen-elsewhere",
        "zh": "在别处",
        "en": "elsewhere",
        "answer": "see",
        "steps": [],
        "see": "b-lab",
        "reason": {},
        "corrected": False,
    }
