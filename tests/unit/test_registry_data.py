"""Storage trees of single images become the one that the registry serves."""

from pathlib import Path

import pytest

from labrunner.environment import registry_data

INSTALL = "0123456789ab"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))


def tree(folder: Path, name: str, tag: str, *blobs: str) -> Path:
    inside = folder / "docker" / "registry" / "v2"
    for blob in blobs:
        data = inside / "blobs" / "sha256" / blob[:2] / blob / "data"
        data.parent.mkdir(parents=True)
        data.write_text(blob)
    link = inside / "repositories" / name / "_manifests" / "tags" / tag / "current" / "link"
    link.parent.mkdir(parents=True)
    link.write_text(f"sha256:{blobs[-1]}")
    return folder


def test_blobs_are_linked_and_names_are_copied(tmp_path: Path) -> None:
    one = tree(tmp_path / "1", "redis", "7.0", "aa11", "bb22")
    two = tree(tmp_path / "2", "web", "1", "aa11", "cc33")
    assert registry_data.join(INSTALL, [one, two]) == [one, two]
    served = registry_data.folder(INSTALL) / "docker" / "registry" / "v2"
    blob = served / "blobs" / "sha256" / "bb" / "bb22" / "data"
    assert blob.stat().st_nlink == 2
    link = served / "repositories" / "redis" / "_manifests" / "tags" / "7.0" / "current" / "link"
    assert link.stat().st_nlink == 1
    assert (served / "repositories" / "web").is_dir()
    assert not [path for path in served.rglob("*") if path.name.startswith(".")]


def test_what_is_there_is_not_joined_again(tmp_path: Path) -> None:
    one = tree(tmp_path / "1", "redis", "7.0", "aa11")
    registry_data.join(INSTALL, [one])
    assert registry_data.join(INSTALL, [one]) == []


def test_a_registry_that_rewrites_a_name_does_not_reach_the_cache(tmp_path: Path) -> None:
    one = tree(tmp_path / "1", "redis", "7.0", "aa11")
    registry_data.join(INSTALL, [one])
    name = "docker/registry/v2/repositories/redis/_manifests/tags/7.0/current/link"
    (registry_data.folder(INSTALL) / name).write_text("sha256:ffff")
    assert (one / name).read_text() == "sha256:aa11"


def test_clearing_leaves_the_cache_and_is_right_twice(tmp_path: Path) -> None:
    one = tree(tmp_path / "1", "redis", "7.0", "aa11")
    registry_data.join(INSTALL, [one])
    for _ in range(2):
        registry_data.clear(INSTALL)
    assert not registry_data.folder(INSTALL).exists()
    assert len([path for path in one.rglob("data") if path.is_file()]) == 1
    assert registry_data.join(INSTALL, [one]) == [one]


def test_a_new_image_under_an_old_name_wins(tmp_path: Path) -> None:
    registry_data.join(INSTALL, [tree(tmp_path / "1", "web", "1", "aa11")])
    registry_data.join(INSTALL, [tree(tmp_path / "2", "web", "1", "cc33")])
    name = "docker/registry/v2/repositories/web/_manifests/tags/1/current/link"
    assert (registry_data.folder(INSTALL) / name).read_text() == "sha256:cc33"


def links(data: Path) -> dict[str, str]:
    return {path.parts[-5]: path.read_text() for path in data.rglob("current/link")}


def test_what_learners_pushed_is_forgotten_and_the_courses_images_are_not(tmp_path: Path) -> None:
    registry_data.join(INSTALL, [tree(tmp_path / "1", "redis", "7.0", "aa11")])
    data = registry_data.folder(INSTALL)
    tree(data, "lr-sign", "1", "dd44")
    assert len(registry_data.pushed(data)) == 1
    registry_data.forget_pushed(INSTALL)
    assert [path.name for path in (data / "docker/registry/v2/repositories").iterdir()] == ["redis"]
    registry_data.forget_pushed(INSTALL)


def test_a_moved_tag_is_put_back_with_what_else_was_there(tmp_path: Path) -> None:
    data = tmp_path / "data"
    tree(data, "lr-sign", "1", "aa11")
    before = registry_data.pushed(data)
    tag = data / "docker/registry/v2/repositories/lr-sign/_manifests/tags/1/current/link"
    tag.write_text("sha256:bb22")
    tree(data, "lr-other", "1", "cc33")
    registry_data.put_back(data, before)
    assert tag.read_text() == "sha256:aa11"
    assert registry_data.pushed(data) == before
    assert not (data / "docker/registry/v2/repositories/lr-other").exists()


def test_a_copy_serves_the_courses_images_and_nothing_that_was_pushed(tmp_path: Path) -> None:
    registry_data.join(INSTALL, [tree(tmp_path / "1", "redis", "7.0", "aa11")])
    tree(registry_data.folder(INSTALL), "lr-sign", "1", "dd44")
    registry_data.copy(INSTALL, tmp_path / "copy")
    found = tmp_path / "copy" / "docker/registry/v2"
    assert [path.name for path in (found / "repositories").iterdir()] == ["redis"]
    assert (found / "blobs/sha256/aa/aa11/data").read_text() == "aa11"
