"""Keys: an artefact is named by what it is made of, by all of it and by nothing else."""

import shutil
from pathlib import Path

import pytest

from labrunner.environment import catalogue, shipped, target
from labrunner.errors import UsageError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(shipped.path("provision"), tmp_path / "provision")
    monkeypatch.setattr(shipped, "CHECKOUT", tmp_path)
    return tmp_path


def changed(checkout: Path, path: str, names: list[str]) -> set[str]:
    before = {name: target.key(name) for name in names}
    with (checkout / "provision" / path).open("a") as file:
        file.write("\n# changed\n")
    return {name for name in names if target.key(name) != before[name]}


def test_every_target_has_a_key_of_its_own() -> None:
    keys = [target.key(name) for name in target.names()]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == target.KEY_LENGTH for key in keys)


def test_a_recipe_changes_its_image_its_tree_and_what_begins_from_it(checkout: Path) -> None:
    names = target.names()
    assert changed(checkout, "images/nginx/Dockerfile", names) == {
        f"{kind}{name}" for kind in (target.IMAGE, target.STORE) for name in ("nginx", "web-1", "web-2")
    }


def test_files_that_another_image_takes_change_it_too(checkout: Path) -> None:
    assert changed(checkout, "images/tiny/shop", target.names()) == {
        f"{kind}{name}" for kind in (target.IMAGE, target.STORE) for name in ("tiny", "vm")
    }


def test_a_pinned_module_changes_what_holds_its_programs(checkout: Path) -> None:
    assert changed(checkout, "go/containerd/go.sum", target.names()) == {
        "containerd",
        "engine-29",
        "image-sandbox-29",
        "image-node",
    }


def test_the_base_changes_every_image_that_is_more_than_one_program(checkout: Path) -> None:
    images = {target.IMAGE + image.name for image in catalogue.images().values() if not image.addon}
    every = [name for name in target.names() if name.startswith(target.IMAGE)]
    assert changed(checkout, "images/debian/make", every) == images


def test_line_ends_of_a_windows_checkout_change_nothing(checkout: Path) -> None:
    before = target.key("image-redis")
    recipe = checkout / "provision/images/redis/Dockerfile"
    recipe.write_bytes(recipe.read_bytes().replace(b"\n", b"\r\n"))
    assert target.key("image-redis") == before


def test_words_for_people_are_no_part_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = target.key("image-redis")
    table = shipped.text("provision/catalogue.toml").replace("a store that answers", "something that answers")
    monkeypatch.setattr(shipped, "text", lambda _name: table)
    catalogue.images.cache_clear()
    try:
        assert catalogue.find("redis").purpose.startswith("something")
        assert target.key("image-redis") == before
    finally:
        catalogue.images.cache_clear()


def test_an_unknown_target_is_named_beside_those_that_exist() -> None:
    with pytest.raises(UsageError, match="kubernets") as refused:
        target.key("kubernets")
    assert "kubernetes" in refused.value.hint
