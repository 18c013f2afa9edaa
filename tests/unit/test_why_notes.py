"""Every section that a cause points at stands in the notes."""

from dataclasses import replace
from pathlib import Path

import labs
from labrunner import coverage_file
from labrunner.outcome import Cause
from labrunner.why import notes
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import with_notes


def headings() -> set[str]:
    root = Path(str(labs.__file__)).parent
    return {section.heading for section in coverage_file.read(coverage_file.folder_of(root))}


def test_every_section_stands_in_the_notes() -> None:
    assert set(notes.SECTIONS) <= headings()
    assert set(notes.BY_CODE.values()) <= set(notes.SECTIONS)


def test_a_cause_names_its_section_unless_it_says_one_itself() -> None:
    docker = Cause("image-absent", "it is not there", "image/web:1")
    pod = replace(docker, subject="Pod/web")
    own = replace(docker, notes="Docker › 容器创建过程")
    found = with_notes(Diagnosis("container/web", causes=(docker, pod, own))).causes
    assert [cause.notes for cause in found] == [notes.BASICS, notes.PARTS, "Docker › 容器创建过程"]
