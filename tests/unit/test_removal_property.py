"""Over random worlds: removal never touches what was there before, and leaves nothing of the lab's."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.state import removal
from labrunner.state.ours import Owned
from labrunner.world.docker_engine import Inventory
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import LABEL, ROLE, Scope

PREFIX = "localhost:5777/"
NAMES = ("lr-net", "lr-vol", "lr-web")
COURSE = ("localhost:5777/web:1", "localhost:5777/redis:7.0", f"localhost:5777/web@sha256:{'a' * 64}")
REFERENCES = frozenset(COURSE[:2])
IMAGES = (*COURSE, "redis:7.0", "lr-app:1", "lr-web:2", "web:1", "")
BEFORE_NAMES = ("web", "lr-mine", "lr-web-old", "store")
AFTER_NAMES = ("lr-web", "lr-other", "helper", "shop", "extra")
LABELS = st.sampled_from(({}, {LABEL: "other", ROLE: "probe"}, {LABEL: "mine", ROLE: "registry"}))
STATUS = st.sampled_from(("running", "exited", "created"))
Draw = Any
"""hypothesis' own data object, which mypy cannot follow."""


@pytest.fixture(scope="module", autouse=True)
def _soon() -> Iterator[None]:
    """An engine in memory needs no patience: what has not gone at once never goes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(removal, "PATIENCE", 0.3)
        yield


def _some(data: Draw, known: list[str], least: int = 0) -> list[str]:
    return data.draw(st.lists(st.sampled_from(known), min_size=least, max_size=2, unique=True)) if known else []


def _make(engine: FakeEngine, data: Draw, names: tuple[str, ...], networks: tuple[str, ...], *, least: int = 0) -> None:
    for _ in range(data.draw(st.integers(least, 3))):
        known = list(engine.objects["images"])
        one = data.draw(st.sampled_from((*IMAGES, *known)))
        if one in known:  # another name for an image that is there
            taken = {ref for raw in engine.objects["images"].values() for ref in raw["RepoTags"] + raw["RepoDigests"]}
            engine.image(
                *[ref for ref in data.draw(st.lists(st.sampled_from(IMAGES))) if ref not in taken and ref], id_=one
            )
        elif engine.inspect("images", one) is None or not one:
            engine.image(*[one][: bool(one)], parent=data.draw(st.sampled_from(["", *known])))
    for name in _some(data, list(networks)):
        if engine.inspect("networks", name) is None:
            engine.network(name, labels=data.draw(LABELS))
    for name in _some(data, ["data", "lr-vol" if "lr-web" in names else "lr-keep", ""]):
        engine.volume(name)
    for name in _some(data, list(names), least):
        images = [ref for raw in engine.objects["images"].values() for ref in [*raw["RepoTags"], raw["Id"]]]
        if images and engine.inspect("containers", name) is None:
            engine.container(
                name,
                data.draw(st.sampled_from(images)),
                networks=_some(data, [raw["Name"] for raw in engine.objects["networks"].values()]),
                volumes=_some(data, list(engine.objects["volumes"])),
                labels=data.draw(LABELS),
                status=data.draw(STATUS),
            )


def _world(data: Draw) -> tuple[FakeEngine, Inventory]:
    engine = FakeEngine()
    _make(engine, data, BEFORE_NAMES, ("mine", "lr-mine"), least=1)  # else most of the worlds would hold nothing
    before = engine.inventory()
    _make(engine, data, AFTER_NAMES, ("lr-net", "lr-extra", "theirs"))
    if engine.objects["containers"] and engine.objects["networks"] and data.draw(st.booleans()):
        raw = data.draw(st.sampled_from(list(engine.objects["containers"].values())))
        name = data.draw(st.sampled_from([one["Name"] for one in engine.objects["networks"].values()]))
        raw["NetworkSettings"]["Networks"][name] = {}
    if before.containers and data.draw(st.booleans()):  # the user removes something meanwhile
        engine.remove("containers", data.draw(st.sampled_from(list(before.containers))), alone=True)
    return engine, before


@given(st.data())
def test_nothing_that_was_there_before_is_ever_touched(data: Draw) -> None:
    engine, before = _world(data)
    now = engine.inventory()
    held = {raw["Id"]: set(raw["NetworkSettings"]["Networks"]) for raw in engine.objects["containers"].values()}
    removal.remove(engine, Scope("mine", PREFIX, before), NAMES, lambda _: True, REFERENCES)
    after = engine.inventory()
    assert {i for i in before.containers if i in now.containers} <= after.containers.keys()
    assert before.networks.keys() <= after.networks.keys()
    assert before.volumes.keys() <= after.volumes.keys()
    for id_, references in before.images.items():
        assert id_ in after.images
        assert set(references) <= set(after.images[id_])
    there = set(after.networks.values())
    assert all(held[id_] <= there for id_ in after.containers), "a container that stays lost a network of its own"


@given(st.data())
def test_what_is_not_of_the_lab_stays_and_what_is_goes(data: Draw) -> None:
    engine, before = _world(data)
    scope = Scope("mine", PREFIX, before)
    foreign = {id_ for id_, raw in engine.objects["containers"].items() if LABEL in raw["Config"]["Labels"]}
    done = removal.remove(engine, scope, NAMES, lambda _: True, REFERENCES)
    after = engine.inventory()
    assert foreign <= after.containers.keys()
    assert not removal.left(engine, scope, NAMES, done, REFERENCES)
    assert not done.declined
    others = any(raw["Config"]["Labels"].get(LABEL, "mine") != "mine" for raw in engine.objects["containers"].values())
    of_labs = NAMES if others else ("lr-",)  # another installation's may have a lab's kind of name
    mine = {id_ for id_, name in after.containers.items() if name.startswith(of_labs)}
    assert mine <= foreign | before.containers.keys()
    assert all(reason for _, reason in done.kept)


@given(st.data())
def test_what_derives_from_the_lab_stays_where_the_owner_says_no(data: Draw) -> None:
    engine, before = _world(data)
    scope = Scope("mine", PREFIX, before)
    asked: list[str] = []
    present = engine.inventory()

    def refuse(found: list[Owned]) -> bool:
        asked.extend(one.id for one in found)
        return False

    done = removal.remove(engine, scope, NAMES, refuse, REFERENCES)
    after = engine.inventory()
    references = {ref for refs in after.images.values() for ref in refs}
    assert set(asked) <= after.containers.keys() | after.networks.keys() | after.volumes.keys() | references
    assert not removal.left(engine, scope, NAMES, done, REFERENCES)
    gone = {present.containers[id_] for id_ in present.containers if id_ not in after.containers}
    assert gone <= set(NAMES)


@given(st.data())
def test_a_second_removal_finds_nothing_more_to_do(data: Draw) -> None:
    engine, before = _world(data)
    scope = Scope("mine", PREFIX, before)
    removal.remove(engine, scope, NAMES, lambda _: True, REFERENCES)
    once = engine.inventory()
    again = removal.remove(engine, scope, NAMES, lambda _: True, REFERENCES)
    assert engine.inventory() == once
    assert not again.removed
