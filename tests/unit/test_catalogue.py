"""The catalogue: each image once, and each with a recipe that is there."""

import re

import pytest

from labrunner.environment import catalogue, shipped, target
from labrunner.errors import LabBroken


def test_every_entry_has_its_recipe_and_its_parts() -> None:
    for image in catalogue.images().values():
        folder = shipped.path(f"provision/images/{image.recipe}")
        assert (folder / "Dockerfile").exists() or (folder / "make").exists(), image.name
        assert all(shipped.path(f"provision/{path}").exists() for path in image.shared)
        assert {image.base or image.name, *image.images.values()} <= set(catalogue.images())
        assert set(image.programs) <= set(target.programs())
        assert image.purpose


def test_an_image_is_found_by_its_name_and_by_what_learners_type() -> None:
    assert catalogue.find("redis") is catalogue.find("redis:7.0")
    assert catalogue.find("web:2").name == "web-2"


def test_a_reference_is_taken_once() -> None:
    references = [image.reference for image in catalogue.course()]
    assert len(set(references)) == len(references)


def test_a_stand_in_says_what_it_stands_for_and_our_own_image_what_it_is() -> None:
    assert catalogue.find("redis").label == "labrunner.stand-in=docker.io/library/redis:7.0"
    assert catalogue.find("till").label == "labrunner.image=till"


def test_an_unknown_image_suggests_the_nearest() -> None:
    with pytest.raises(LabBroken, match="rediss") as refused:
        catalogue.find("rediss")
    assert "redis" in refused.value.hint


def test_official_images_are_named_by_digest_but_for_those_that_nobody_could_look_up() -> None:
    official = [image for image in catalogue.images().values() if image.official]
    assert {image.name for image in official if not image.digest} == {"metallb-controller", "metallb-speaker"}
    pinned = [image for image in official if image.digest]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", image.digest) for image in pinned)
    assert len({image.digest for image in pinned}) == len(pinned)
    assert catalogue.find("redis").pinned == f"docker.io/library/redis@{catalogue.find('redis').digest}"
    assert catalogue.find("metallb-speaker").pinned == catalogue.find("metallb-speaker").official
    assert not any(image.digest for image in catalogue.images().values() if not image.official)
