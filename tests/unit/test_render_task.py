"""A task of a lab of fifteen steps: which it is, how long it takes, and when the next pause comes."""

import io
from pathlib import Path

import pytest

from labrunner.catalog import Entry, LoadedLab
from labrunner.lab import Lab
from labrunner.render import standing, task
from labrunner.render.cells import width
from labrunner.render.screen import Screen
from labrunner.text import LabText, StepText
from labrunner.words import Language, say, speak

MINUTES = (4, 2, 3, 6, 3, 4, 6, 4, 5, 5, 5, 4, 4, 5, 5)


@pytest.fixture(autouse=True)
def english() -> None:
    """What a test does not say otherwise is said in English."""
    speak("en")


@pytest.fixture
def long_lab(tmp_path: Path) -> LoadedLab:
    lab = Lab(str(tmp_path / "long_lab" / "lab.py"))
    for number, minutes in enumerate(MINUTES, start=1):
        lab.step(f"step-{number}-of-the-lesson", solve="true", minutes=minutes)
    words = LabText(tmp_path / "lab.en.md", "A long lab")
    for step in lab.steps:
        words.steps[step.id] = StepText(f"一步 {step.id}", 1, claims={"so": "it is so"}, take_away="That was it.")
    return LoadedLab(Entry("long-lab", "Docker › 长", tmp_path), lab, {"zh": words, "en": words})


def id_of(number: int) -> str:
    return f"step-{number}-of-the-lesson"


def printed(loaded: LoadedLab, step: str) -> str:
    stream = io.StringIO()
    task.show(Screen(stream, width=80, colour=False, fancy=True), loaded, step, {})
    return stream.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_says_when_the_next_pause_comes(long_lab: LoadedLab, language: Language) -> None:
    speak(language)
    long_lab.lab.pauses_after(id_of(4), id_of(7), id_of(11))
    one, four, twelve, last = (task.pace(long_lab, id_of(number)) for number in (1, 4, 12, 15))
    assert one.endswith(say(en=f"pause is after {id_of(4)}, in about 15 min", zh=f"{id_of(4)} 之后，还有约 15 分钟"))
    assert four.endswith(say(en="a good place to pause comes after it", zh="做完它可以休息一下"))
    assert twelve.endswith(say(en="; about 18 min to the end", zh="；到最后还有约 18 分钟"))
    assert last == say(en=f"{id_of(15)}, about 5 min", zh=f"{id_of(15)}，约 5 分钟")
    speak("en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_of_a_task_is_wider_than_the_screen(long_lab: LoadedLab, language: Language) -> None:
    speak(language)
    for step in long_lab.lab.steps:
        assert all(width(line) <= 80 for line in printed(long_lab, step.id).splitlines())
    assert say(en="step 15 of 15 · ", zh="第 15/15 步 · ") in printed(long_lab, id_of(15))
    speak("en")


def test_a_pause_is_offered_after_the_steps_that_the_lab_says(long_lab: LoadedLab) -> None:
    long_lab.lab.pauses_after(id_of(2))

    def said(number: int) -> str:
        stream = io.StringIO()
        task.take_away(Screen(stream, width=80, colour=False), long_lab, id_of(number), {})
        return stream.getvalue()

    assert "A good place to pause" in said(2)
    assert "A good place to pause" not in said(4)


def test_the_record_names_the_pauses(long_lab: LoadedLab) -> None:
    long_lab.lab.pauses_after(id_of(7))
    assert task.record(long_lab, id_of(1), {})["pauses"] == [id_of(7)]


def test_steps_of_two_digits_stand_below_those_of_one(long_lab: LoadedLab) -> None:
    stream = io.StringIO()
    record = {"started": "2026-01-01T10:00:00+00:00", "step": id_of(2), "done": [id_of(1)], "assisted": []}
    record |= {"engine": "29", "endpoint": "unix:///x", "namespace": ""}
    standing.show(Screen(stream, width=80, colour=False, fancy=True), long_lab, record)
    lines = stream.getvalue().splitlines()[1:16]
    assert len({width(line[: line.index("一步")]) for line in lines}) == 1
    assert lines[8].startswith("·   9  ")
    assert lines[9].startswith("·  10  ")
