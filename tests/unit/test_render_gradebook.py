"""The class in its forms: aligned at every width and in both languages, harmless, and nobody left out."""

import csv
import html
import io
import json
from dataclasses import replace

import pytest
from grades import HOSTILE, run

from labrunner.grading.assembling import assemble
from labrunner.grading.gradebook import Gradebook, Rules
from labrunner.grading.overrides import Override
from labrunner.grading.roster import Student
from labrunner.render.cells import width
from labrunner.render.gradebook import class_page, markdown, sheet, terminal
from labrunner.render.gradebook.forms import record, text
from labrunner.render.screen import Screen
from labrunner.words import Language, speak


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


def book(words: str = "") -> Gradebook:
    """Return a class with one of everything."""
    files = [run(f"s{n}", "ppf", name="王小明" + words) for n in range(6)]
    files += [
        run("s0", "pp" + "p", at=9, lab="kubernetes-parts"),
        replace(run("x" + words, "ppf"), flags=("look" + words,)),
    ]
    files.append(run("broken", "", trouble="no disk" + words))
    roster = (*(Student(f"s{n}", "王小明" + words) for n in range(7)), Student("broken"))
    words_ = (Override("s1", 90, "docker-basics", "oral" + words), Override("nobody" + words, 1))
    return assemble(files, Rules(roster=roster, overrides=words_))


def printed(columns: int, found: Gradebook) -> str:
    stream = io.StringIO()
    terminal.show(Screen(stream, width=columns, colour=False, fancy=True), found, ["r.json is damaged"])
    return stream.getvalue()


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_columns_of_marks_are_straight_at_every_width(columns: int, language: Language) -> None:
    speak(language)
    lines = printed(columns, book()).splitlines()
    assert all(width(line) <= columns for line in lines)
    rows = [
        line for line in lines if line.startswith((" s0", " s1", " s2", " s3", " s4", " s5", " s6", " x", " broken"))
    ]
    assert len({width(line) for line in rows}) == 1
    assert len(rows) == 9


def test_everybody_who_has_no_mark_and_everything_that_fits_nobody_is_named() -> None:
    for said in (
        printed(100, book()),
        markdown.form(book(), ["r.json is damaged"]),
        class_page.form(book(), ["r.json is damaged"]),
    ):
        shown = " ".join(html.unescape(said).split())
        for words in (
            "No gradable run",
            "broken: docker-basics: no disk",
            "s6 王小明",
            "Not on the roster",
            "nobody 1",
            "r.json is damaged",
        ):
            assert words in shown, words
        assert "almost nobody passes: 0 of 7" in shown


def test_a_line_a_student_a_check_or_both() -> None:
    def rows(made: str) -> list[dict[str, str]]:
        assert made.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(made.removeprefix("\ufeff"), newline="")))

    found = book()
    students = rows(sheet.students(found))
    assert [row["student"] for row in students] == [one.student for one in found.students]
    assert (students[1]["mark"], students[1]["docker-basics"], students[1]["by_hand"]) == ("45", "90", "true")
    assert (students[6]["mark"], students[6]["standing"]) == ("", "nothing")
    assert len(rows(sheet.checks(found))) == 6
    assert rows(sheet.checks(found))[2]["suspicions"] == "almost-nobody-passes"
    assert len(rows(sheet.each(found))) == 7 * 3 + 3


def test_the_json_is_the_record_with_what_was_not_believed() -> None:
    found = json.loads(text(book(), ["r.json is damaged"], "json"))
    assert (found["what"], found["schema"], found["problems"]) == ("labrunner class", 1, ["r.json is damaged"])
    assert found == json.loads(json.dumps(record(book(), ["r.json is damaged"])))


@pytest.mark.parametrize("form", ["table", "csv", "json", "html", "markdown"])
@pytest.mark.parametrize("rows", ["students", "checks", "each"])
def test_names_and_reasons_of_others_do_nothing(form: str, rows: str) -> None:
    made = text(book(HOSTILE), ["r\x1b[2J.json"], form, rows)
    assert "\x1b" not in made
    assert not any(line.startswith(("::", "##[")) for line in made.splitlines())
    if form == "html":
        assert "<script" not in made
        assert "<img" not in made
    if form == "markdown":
        assert "<" not in made
        assert "](" not in made


def test_a_page_of_a_class_is_one_file_that_loads_nothing() -> None:
    made = class_page.form(book())
    for word in ("<script", "<link", "src=", "href=", "url(", "@import"):
        assert word not in made
    assert "default-src 'none'" in html.unescape(made)
