"""What is ours, and what stays though a removal passes by; each case once seen to go wrong, or feared to."""

import pytest

from labrunner.state import removal
from labrunner.state.ours import Owned, owned
from labrunner.state.removal import Removal
from labrunner.world.docker_engine import EngineRefused, Inventory, name_of
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import LABEL, ROLE, Scope

WEB = "localhost:5777/web:1"
NAMES = ("lr-app", "lr-shop", "lr-web")


class Asked:
    """Says yes or no, and remembers what about."""

    def __init__(self, *, yes: bool = True) -> None:
        self.yes, self.about = yes, list[str]()

    def __call__(self, found: list[Owned]) -> bool:
        self.about += [one.name for one in found]
        return self.yes


def swept(engine: FakeEngine, before: Inventory, *, yes: bool = True) -> tuple[Removal, Asked]:
    asked = Asked(yes=yes)
    scope = Scope("mine", "localhost:5777/", before)
    done = removal.remove(engine, scope, NAMES, asked, frozenset([WEB]))
    assert not removal.left(engine, scope, NAMES, done, frozenset([WEB]))
    return done, asked


def names(engine: FakeEngine, kind: str) -> list[str]:
    return sorted(raw["Name"].lstrip("/") for raw in engine.objects[kind].values())


def test_a_fresh_lab_goes_whole_and_nobody_is_asked() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    engine.image(WEB)
    engine.network("lr-shop")
    engine.container("lr-web", WEB, networks=["lr-shop"], volumes=[engine.volume()])
    _, asked = swept(engine, before)
    assert not asked.about
    assert not any(engine.objects.values())


@pytest.mark.parametrize("name", ["web", "lr-web-2", "my-lr-web", "lr-we"])
def test_a_container_of_a_similar_name_from_before_stays(name: str) -> None:
    engine = FakeEngine()
    engine.container(name, engine.image("redis:7.0"))
    before = engine.inventory()
    swept(engine, before)
    assert names(engine, "containers") == [name]


def test_a_container_of_the_labs_own_name_from_before_stays() -> None:
    engine = FakeEngine()
    engine.container("lr-web", engine.image("redis:7.0"))
    swept(engine, engine.inventory())
    assert names(engine, "containers") == ["lr-web"]


def test_another_installs_containers_stay_and_our_registry_too() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    image = engine.image(WEB)
    engine.container("theirs", image, labels={LABEL: "other", ROLE: "probe"})
    engine.container("registry", image, labels={LABEL: "mine", ROLE: "registry"})
    engine.container("probe", image, labels={LABEL: "mine", ROLE: "probe"})
    swept(engine, before)
    assert names(engine, "containers") == ["registry", "theirs"]


def test_the_users_container_on_our_network_keeps_the_network_and_is_named() -> None:
    engine = FakeEngine()
    mine = engine.container("mine", engine.image("redis:7.0"), status="exited")
    before = engine.inventory()
    engine.network("lr-shop")
    engine.objects["containers"][mine]["NetworkSettings"]["Networks"]["lr-shop"] = {}
    done, _ = swept(engine, before)
    assert names(engine, "networks") == ["lr-shop"], "a stopped container could not start again without it"
    assert [(one.name, why) for one, why in done.kept] == [("lr-shop", "in use by mine")]


def test_the_users_volume_in_a_container_of_the_lab_is_never_touched_even_an_anonymous_one() -> None:
    engine = FakeEngine()
    data, unnamed = engine.volume("data"), engine.volume()
    before = engine.inventory()
    engine.container("lr-web", engine.image(WEB), volumes=[data, unnamed])
    _, asked = swept(engine, before)
    assert names(engine, "volumes") == sorted([data, unnamed])
    assert not asked.about


def test_a_volume_made_meanwhile_and_mounted_is_asked_about() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    engine.container("lr-web", engine.image(WEB), volumes=[engine.volume("data")])
    _, asked = swept(engine, before, yes=False)
    assert asked.about == ["data"]
    assert names(engine, "volumes") == ["data"]


def test_a_volume_is_pursued_when_the_container_that_told_of_it_is_gone() -> None:
    engine = Grudging(busy={"volumes": 1})
    before = engine.inventory()
    engine.container("lr-web", engine.image(WEB), volumes=[engine.volume("data")])
    swept(engine, before)
    assert not engine.objects["volumes"]


def test_references_that_the_user_had_stay_though_they_are_the_courses() -> None:
    engine = FakeEngine()
    id_ = engine.image(WEB)
    before = engine.inventory()
    engine.image("lr-app:1", "localhost:5777/redis:7.0", id_=id_)
    swept(engine, before)
    assert engine.inventory().images == {id_: [WEB]}


def test_an_image_from_before_that_lost_its_name_is_not_deleted_with_ours() -> None:
    engine = FakeEngine()
    id_ = engine.image()
    before = engine.inventory()
    engine.image(WEB, id_=id_)
    done, _ = swept(engine, before)
    assert id_ in engine.objects["images"]
    assert [one.name for one, _ in done.kept] == [WEB]


def test_an_untagged_parent_from_before_is_not_pruned_with_its_child() -> None:
    engine = FakeEngine()
    parent = engine.image()
    before = engine.inventory()
    engine.image("lr-app:1", parent=parent)
    swept(engine, before)
    assert list(engine.objects["images"]) == [parent]


def test_an_image_known_by_its_digest_alone_goes_too() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    engine.image(f"localhost:5777/web@sha256:{'a' * 64}")
    swept(engine, before)
    assert not engine.objects["images"]


def test_an_image_that_something_of_the_users_uses_stays_and_is_named() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    engine.container("extra", engine.image(WEB))
    done, _ = swept(engine, before, yes=False)
    assert [(one.name, why) for one, why in done.kept] == [(WEB, "in use by extra")]
    assert [one.name for one in done.declined] == ["extra"]


def test_a_container_run_by_the_id_of_a_course_image_derives_from_the_lab() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    engine.container("by-id", engine.image(WEB))
    scope = Scope("mine", "localhost:5777/", before)
    assert ("containers", "derived") in [(one.kind, one.reason) for one in owned(engine, scope, NAMES)]


def test_only_the_very_reference_that_the_lab_prescribes_is_not_asked_about() -> None:
    engine = FakeEngine()
    scope = Scope("mine", "localhost:5777/", engine.inventory())
    engine.image("lr-app:1999")
    engine.image("lr-app:mine")
    found = owned(engine, scope, NAMES, frozenset({"lr-app:1999"}))
    assert {one.name: one.reason for one in found} == {"lr-app:1999": "name", "lr-app:mine": "derived"}


def test_a_name_that_a_link_gave_is_not_a_containers_own() -> None:
    assert name_of({"Names": ["/lr-web/db", "/mine"]}) == "mine"


class Grudging(FakeEngine):
    """Refuses the first removals of a kind, as a daemon that is still busy with them."""

    def __init__(self, busy: dict[str, int], status: int = 409) -> None:
        super().__init__()
        self.busy, self.status = busy, status

    def remove(self, kind: str, name: str, *, alone: bool = False) -> bool:
        if self.busy.get(kind, 0) > 0:
            self.busy[kind] -= 1
            raise EngineRefused("removal is already in progress", self.status)
        return super().remove(kind, name, alone=alone)


@pytest.mark.parametrize("kind", ["containers", "networks", "volumes", "images"])
@pytest.mark.parametrize("status", [409, 500])
def test_what_is_refused_once_is_tried_again(kind: str, status: int) -> None:
    engine = Grudging(busy={kind: 1}, status=status)
    before = engine.inventory()
    engine.image(WEB)
    engine.network("lr-shop")
    engine.container("lr-web", WEB, volumes=[engine.volume("lr-app")], status="exited")
    done, _ = swept(engine, before)
    assert not any(engine.objects.values())
    assert not done.kept


def test_a_container_that_will_not_go_is_a_leak_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PATIENCE", 0.1)
    engine = Grudging(busy={"containers": 99})
    before = engine.inventory()
    engine.container("lr-web", engine.image("redis:7.0"))
    scope = Scope("mine", "localhost:5777/", before)
    done = removal.remove(engine, scope, NAMES, Asked())
    assert [one.name for one in removal.left(engine, scope, NAMES, done)] == ["lr-web"]


def test_a_person_may_think_longer_than_the_removal_is_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PATIENCE", 0.0)
    engine = FakeEngine()
    before = engine.inventory()
    engine.network("lr-extra")
    _, asked = swept(engine, before)
    assert asked.about == ["lr-extra"]
    assert not engine.objects["networks"]


def test_what_a_second_build_of_one_tag_left_without_a_name_goes_where_that_is_agreed_to() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    first, second, mine = engine.image(id_="sha256:1"), engine.image("lr-app:1", id_="sha256:2"), engine.image()
    scope = Scope("mine", "localhost:5777/", before, recorded=frozenset([first, second]))
    asked = Asked()
    removal.remove(engine, scope, NAMES, asked)
    assert list(engine.objects["images"]) == [mine]
    assert first.removeprefix("sha256:") in asked.about


def test_an_image_without_a_name_from_before_stays_whatever_the_log_says() -> None:
    engine = FakeEngine()
    old = engine.image()
    before = engine.inventory()
    removal.remove(engine, Scope("mine", "localhost:5777/", before, recorded=frozenset([old])), NAMES, Asked())
    assert list(engine.objects["images"]) == [old]


def test_what_the_other_installations_learner_made_meanwhile_stays() -> None:
    engine = FakeEngine()
    before = engine.inventory()
    theirs = engine.image("localhost:6000/web:1")
    engine.container("labrunner-registry-theirs", theirs, labels={LABEL: "theirs", ROLE: "registry"})
    for name in ("lr-other", "lr-web"):  # one that this lab prescribes too, and is quicker there
        engine.container(name, "localhost:6000/web:1")
    engine.network("lr-others")
    engine.image("lr-their-build:1")
    mine = engine.image(WEB)
    engine.container("lr-app", mine)
    engine.network("lr-shop")
    engine.container("lr-free", WEB, networks=["lr-shop"])
    _, asked = swept(engine, before)
    assert names(engine, "containers") == ["labrunner-registry-theirs", "lr-other", "lr-web"]
    assert names(engine, "networks") == ["lr-others"]
    assert asked.about == ["lr-free"]
    assert {ref for raw in engine.objects["images"].values() for ref in raw["RepoTags"]} == {
        "localhost:6000/web:1", "lr-their-build:1"
    }  # fmt: skip
