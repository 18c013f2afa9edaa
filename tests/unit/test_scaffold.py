from pathlib import Path

import pytest

from labrunner import catalog, scaffold
from labrunner.catalog import Entry
from labrunner.errors import UsageError


def test_a_new_lab_loads_in_both_languages(tmp_path: Path) -> None:
    folder, line = scaffold.write("volume-basics", tmp_path)
    loaded = catalog.load_entry(Entry("volume-basics", "x", folder))
    assert loaded.lab.slug == "volume-basics"
    assert loaded.lab.names == ("lr-volume-basics",)
    assert set(loaded.texts) == {"zh", "en"}
    assert line == '("volume_basics", "volume-basics"),'


def test_an_existing_folder_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "volume_basics").mkdir()
    with pytest.raises(UsageError):
        scaffold.write("volume-basics", tmp_path)
    assert list((tmp_path / "volume_basics").iterdir()) == []


@pytest.mark.parametrize("slug", ["Volume", "../up", "a_b", "", "1st"])
def test_a_name_that_is_no_slug_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UsageError):
        scaffold.write(slug, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """A folder of labs with the statements of three sections beside it, the first of which has its lab."""
    (tmp_path / "coverage").mkdir()
    for number, (lab, heading) in enumerate((("a", "基本使用"), ("b", "什么是Docker"), ("c", "容器")), start=1):
        text = f'heading = "Docker › {heading}"\n[of-{lab}]\nzh = "甲"\nen = "it is so"\n'
        (tmp_path / "coverage" / f"{number}-{lab}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "__init__.py").write_text('SECTIONS = (("a", "Docker › 基本使用"),)\n', encoding="utf-8")
    return tmp_path


def test_the_first_free_section_of_the_notes_is_taken(noted: Path) -> None:
    assert scaffold.write("what-docker-is", noted)[1] == '("what_docker_is", "Docker › 什么是Docker"),'


def test_the_section_that_waits_for_this_lab_is_taken_first(noted: Path) -> None:
    assert scaffold.write("c", noted)[1] == '("c", "Docker › 容器"),'


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaffold, "ENGLISH", None)
    with pytest.raises(AttributeError):
        scaffold.write("volume-basics", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["__init__.py"]
