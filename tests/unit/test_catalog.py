from pathlib import Path

import pytest

from labrunner import catalog, scaffold
from labrunner.catalog import Entry
from labrunner.errors import LabBroken, UnknownLab


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
    assert [entry.slug for entry in catalog.entries()][:2] == ["docker-basics", "kubernetes-parts"]


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
