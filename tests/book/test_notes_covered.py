"""The statements of the course's notes against the course's labs."""

from pathlib import Path

import pytest

import labs
from labrunner import catalog, coverage, coverage_file
from labrunner.coverage import Answer, Section
from labrunner.render.cells import width

WRITTEN = ("Docker",)
"""The parts of the notes whose every heading has its lab; add "Kubernetes" once its labs are written."""
HEADINGS = (
    "Docker › 基本使用",
    "Docker › 什么是Docker",
    "Docker › 容器和虚拟机的区别",
    "Docker › 容器和镜像的区别",
    "Docker › 容器创建过程",
    "Kubernetes › 什么是Kubernetes",
    "Kubernetes › 为什么使用 k8s ，使用 k8s 做集群有什么优势",
    "Kubernetes › k8s 组成",
)
SECTIONS = coverage_file.read(coverage_file.folder_of(Path(str(labs.__file__)).parent))
ENTRIES = {entry.heading: entry for entry in catalog.entries()}


@pytest.fixture(scope="module", name="there")
def _there() -> coverage.Labs:
    return coverage.steps_of(map(catalog.load_entry, catalog.entries()))


def part(section: Section) -> str:
    return section.heading.partition(" › ")[0]


def test_every_heading_of_the_notes_has_its_statements() -> None:
    assert tuple(section.heading for section in SECTIONS) == HEADINGS


def test_labs_stand_in_the_order_of_the_notes() -> None:
    places = [HEADINGS.index(heading) for _, heading in labs.SECTIONS]
    assert places == sorted(places)


@pytest.mark.parametrize("section", SECTIONS, ids=[section.lab for section in SECTIONS])
def test_a_heading_has_its_lab(section: Section) -> None:
    if part(section) in WRITTEN or section.heading in ENTRIES:
        assert section.heading in ENTRIES, f"no lab is listed for {section.heading}"
        assert ENTRIES[section.heading].slug == section.lab
        assert (ENTRIES[section.heading].folder / "lab.py").is_file()


@pytest.mark.parametrize("section", SECTIONS, ids=[section.lab for section in SECTIONS])
def test_nothing_is_open_where_the_labs_are_written(section: Section, there: coverage.Labs) -> None:
    if part(section) in WRITTEN:
        open_ = [one.id for one in section.statements if one.answer(there) is Answer.OPEN]
        assert open_ == []


def test_every_step_that_a_statement_names_is_there(there: coverage.Labs) -> None:
    found = [f"{section.file.name}: {one.id}: {step}" for section, one, step in coverage.strangers(SECTIONS, there)]
    assert found == []


def test_every_step_is_named_by_a_statement(there: coverage.Labs) -> None:
    assert coverage.unnamed(SECTIONS, there) == []


@pytest.mark.parametrize("section", SECTIONS, ids=[section.lab for section in SECTIONS])
def test_statements_are_short_and_plain(section: Section) -> None:
    for statement in section.statements:
        for words in (statement.words, statement.opinion or {}):
            for said in words.values():
                assert width(said) <= 90, said
                assert "`" not in said, said
                assert said.strip(" .。") == said, said
