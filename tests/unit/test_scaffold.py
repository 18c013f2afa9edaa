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


def test_the_first_free_section_of_the_notes_is_taken(tmp_path: Path) -> None:
    (tmp_path / "notes.zh.md").write_text("# Docker\n### 基本使用\n### 什么是Docker\n", encoding="utf-8")
    (tmp_path / "__init__.py").write_text('SECTIONS = (("a", "Docker › 基本使用"),)\n', encoding="utf-8")
    assert scaffold.write("what-docker-is", tmp_path)[1] == '("what_docker_is", "Docker › 什么是Docker"),'


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaffold, "ENGLISH", None)
    with pytest.raises(AttributeError):
        scaffold.write("volume-basics", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["__init__.py"]
