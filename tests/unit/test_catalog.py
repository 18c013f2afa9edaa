from pathlib import Path

import pytest

from labrunner import catalog, scaffold
from labrunner.catalog import Entry
from labrunner.errors import LabBroken, UnknownLab
from tests.tiny import loaded, step, tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scaffold.write("tiny-lab", tmp_path)[0]


def load(folder: Path) -> catalog.LoadedLab:
    return catalog.load_entry(Entry("tiny-lab", "tiny-lab", folder))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_built_in_labs_stand_in_the_notes_order() -> None:
    slugs = [entry.slug for entry in catalog.entries()]
    docker = ["docker-basics", "what-is-docker", "container-vs-vm", "container-vs-image", "container-creation"]
    assert slugs == [*docker, "what-is-kubernetes", "why-kubernetes", "kubernetes-parts"]


def test_a_folder_adds_labs(folder: Path) -> None:
    (folder.parent / "__init__.py").write_text('SECTIONS = (("tiny_lab", "x"),)\n', encoding="utf-8")
    assert catalog.find("tiny-lab", folder.parent).folder == folder


@pytest.mark.parametrize("slug", ["dokcer-basics", "docker_basics", "Docker-Basics"])
def test_an_unknown_lab_suggests_the_nearest(slug: str) -> None:
    with pytest.raises(UnknownLab) as unknown:
        catalog.find(slug)
    assert "docker-basics" in unknown.value.hint


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("lab.en.md", "## network ·", "## netwrok ·", "its steps are not those of lab.py"),
        ("lab.en.md", "`network_reaches_outside`", "`network_reaches`", "are not its checks"),
        ("lab.en.md", "### Hints", "### Take away", "has no hint"),
        ("lab.py", "lab = Lab", "other = Lab", "lab.py"),
        ("lab.py", '{"internal": "docker network create --internal lr-tiny-lab"}', "{}", "has no mutant"),
        ("lab.py", "import Docker", "import Dokcer", "ImportError"),
    ],
    ids=["step", "claim", "hint", "no-lab", "no-mutant", "import"],
)
def test_a_lab_that_lacks_something_does_not_load(folder: Path, name: str, old: str, new: str, said: str) -> None:
    edit(folder / name, old, new)
    with pytest.raises(LabBroken, match=said):
        load(folder)


@pytest.mark.parametrize("name", ["lab.py", "lab.zh.md", "lab.en.md"])
def test_a_missing_file_is_said(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(LabBroken, match="missing"):
        load(folder)


GROUND = """from labrunner import Lab

lab = Lab(__file__)
"""
PART = """from labrunner import Answer, Docker, expect

from .ground import lab

NAME = lab.step("NAME", solve="docker network create lr-NAME")
NAME_seen = NAME.probe("true", at="host")


@NAME.check(wrong={"internal": "docker network create --internal lr-NAME"})
def NAME_is_there(docker: Docker, NAME_seen: Answer) -> None:
    expect(docker.network("lr-NAME").internal).equals(False)
"""
WORDS = "## NAME · Name\n\nDo it.\n\n- `NAME_is_there` — it is there\n\n### Hints\n\n1. So.\n\n### Take away\n\nThat.\n"


@pytest.fixture
def in_parts(folder: Path) -> Path:
    """A lab whose steps stand in two files, the later one's first by the alphabet."""
    (folder / "ground.py").write_text(GROUND, encoding="utf-8")
    for name in ("second", "first"):
        (folder / f"{name}.py").write_text(PART.replace("NAME", name), encoding="utf-8")
    table = 'from . import first, second\nfrom .ground import lab\n\nlab.order("second", "first")\n'
    (folder / "lab.py").write_text(table, encoding="utf-8")
    for language in ("zh", "en"):
        words = "# Title\n\n" + "\n".join(WORDS.replace("NAME", name) for name in ("second", "first"))
        (folder / f"lab.{language}.md").write_text(words, encoding="utf-8")
    return folder


def test_a_lab_may_stand_in_several_files_and_says_its_order_itself(in_parts: Path) -> None:
    lab = load(in_parts).lab
    assert [step.id for step in lab.steps] == ["second", "first"]
    assert [probe.name for probe in lab.probes] == ["second_seen", "first_seen"]


def test_a_lab_in_several_files_can_be_loaded_twice(in_parts: Path) -> None:
    first, second = load(in_parts).lab, load(in_parts).lab
    assert first is not second
    assert [step.id for step in second.steps] == ["second", "first"]


@pytest.mark.parametrize("order", ['"second"', '"second", "first", "third"', '"second", "first", "first"'])
def test_an_order_names_every_step_once(in_parts: Path, order: str) -> None:
    edit(in_parts / "lab.py", '"second", "first"', order)
    with pytest.raises(LabBroken, match=r"lab\.py:4: tiny-lab: its order does not name every step once"):
        load(in_parts)


def test_what_breaks_in_a_part_is_said_with_its_file_and_line(in_parts: Path) -> None:
    edit(in_parts / "second.py", "from .ground import lab", "from .ground import lap")
    with pytest.raises(LabBroken, match=r"second\.py:3: ImportError"):
        load(in_parts)
    edit(in_parts / "second.py", "from .ground import lap", "from .ground import lab (")
    with pytest.raises(LabBroken, match=r"second\.py:3: SyntaxError"):
        load(in_parts)


def test_a_lab_is_without_the_steps_that_need_what_is_missing(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    step(lab, "a", lambda docker: docker)
    lab.step("b", solve="x", needs=("vm",)).check(wrong={"odd": "y"})(lambda docker: docker)
    whole = loaded(lab)
    less = whole.without({"vm": "no source has vm:1", "host": "no"})
    assert [one.id for one in less.lab.steps] == ["a"] == list(less.text.steps)
    assert less.left_out == {"b": "no source has vm:1"}
    assert [one.id for one in whole.lab.steps] == ["a", "b"] == list(whole.text.steps)
    assert whole.without({}) is whole
