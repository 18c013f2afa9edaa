"""Labs of many steps and several sittings in the list: columns stay columns, at every width, in both languages."""

import io

import pytest

from labrunner.render import listing
from labrunner.render.cells import width
from labrunner.render.listing import Row
from labrunner.render.screen import Screen
from labrunner.words import Language, say, speak

TITLES = (
    "Docker 基本使用",
    "容器和虚拟机的区别",
    "容器创建过程",
    "What Kubernetes is, part by part, and who does what in it",
)


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


def rows() -> list[Row]:
    return [
        Row("docker-basics", "Docker › 基本使用", TITLES[0], 65, 4, steps=15, done=15),
        Row("container-vs-vm", "Docker › 容器和虚拟机的区别", TITLES[1], 120, 2, steps=7, done=3, started=True),
        Row("container-creation", "Docker › 容器创建过程", TITLES[2], 9, steps=9),
    ]


def printed(found: list[Row], columns: int) -> list[str]:
    stream = io.StringIO()
    listing.show(Screen(stream, width=columns, colour=False, fancy=True), found)
    return stream.getvalue().splitlines()


def begins(lines: list[str], *texts: str) -> set[int]:
    return {width(line[: line.index(text)]) for line, text in zip(lines, texts, strict=False)}


@pytest.mark.parametrize("columns", [80, 100, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lab_is_a_line_and_every_column_begins_at_one_cell(columns: int, language: Language) -> None:
    speak(language)
    lines = printed(rows(), columns)
    assert len(lines) == 4
    assert all(width(line) <= columns for line in lines)
    assert len(begins(lines, "65 ", "120 ", "9 ")) == 1
    assert len(begins(lines, "15/15", "3/7", "0/9")) == 1
    assert len(begins(lines, *TITLES[:3])) == 1
    speak("en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_goes_that_a_lab_takes_are_said(language: Language) -> None:
    speak(language)
    first, _, third, _ = printed(rows(), 80)
    assert say(en="65 min, 4 sittings  15/15", zh="65 分钟，分 4 次  15/15") in first.replace("   ", "  ")
    assert say(en="9 min ", zh="9 分钟 ") in third
    speak("en")


def test_headings_stand_in_one_column_or_not_at_all() -> None:
    lines = printed(rows(), 100)
    assert len(begins(lines, "Docker › 基", "Docker › 容", "Docker › 容")) == 1
    long = [*rows(), Row("what-is-kubernetes", "Kubernetes › 什么是Kubernetes", TITLES[3], 70, 5, steps=8)]
    assert not any("›" in line for line in printed(long, 80))
    assert all(width(line) <= 80 for line in printed(long, 80))


def test_a_broken_lab_does_not_widen_the_columns_of_the_others() -> None:
    good = printed(rows(), 80)
    broken = Row("why", "Kubernetes › x", problem="lab.py:8: its order does not name every step once: 'other-runtime'")
    assert printed([*rows(), broken], 80)[:3] == good[:3]


def test_an_empty_list_is_no_fault() -> None:
    assert printed([], 80) == ["begin: labrunner start LAB"]
