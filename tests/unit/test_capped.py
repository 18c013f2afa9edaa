"""A snapshot has a size: what goes says so, and is asked for in vain rather than missed."""

from dataclasses import replace
from typing import Any

import pytest

from labrunner.facts import NotRecorded
from labrunner.withheld import CUT, Withheld
from labrunner.world import Cluster, Docker, Snapshot, capped
from labrunner.world.capped import TEXT, size

EMPTY: dict[str, dict[str, Any]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}


def event(number: int, name: str = "lr-web") -> dict[str, Any]:
    attributes = {"exitCode": "0", "padding": "x" * 200}
    one = {"type": "container", "action": "die", "id": f"id{number}", "name": name}
    return {**one, "attributes": attributes, "nano": number}


def whole(snapshot: Snapshot) -> int:
    return size({"docker": snapshot.docker, "cluster": snapshot.cluster, "log": snapshot.log})


def test_what_fits_stays_the_very_same() -> None:
    docker = {**EMPTY, "volumes": {"v": {"Name": "v", "text": "x" * 1000}}}
    found = capped.capped(Snapshot(docker=docker, log=(event(1),)))
    assert found.docker == docker
    assert found.log[0] is not None
    assert found.complete


def test_a_long_text_loses_its_end_and_says_so() -> None:
    objects = [{"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"page": "web 1 " + "x" * TEXT}}]
    found = capped.capped(Snapshot(cluster={"namespace": "lab", "kinds": ["ConfigMap"], "objects": objects}))
    page = Cluster(found).object("ConfigMap", "a").at("data.page")
    assert isinstance(page.value, Withheld)
    assert str(page.value).endswith(CUT)
    assert str(capped.capped(found)) == str(found), "cut once, it stays so"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capped, "WHOLE", 20_000)


@pytest.mark.usefixtures("small")
def test_a_long_log_loses_its_beginning_and_has_a_gap_there() -> None:
    events = tuple(event(number, "lr-old" if number < 10 else "lr-web") for number in range(1, 200))
    found = capped.capped(Snapshot(docker=EMPTY, log=events, since=1))
    assert whole(found) <= 20_000
    assert found.log[-1] == events[-1]
    assert not found.complete
    last = found.log[0]["nano"] - 1
    assert found.gaps == tuple({"of": of, "since": 1, "until": last} for of in ("docker", "cluster"))
    docker = Docker(found)
    assert docker.past("lr-web").exit_code.value == 0
    with pytest.raises(NotRecorded):
        docker.past("lr-old").exit_code  # noqa: B018 - a property that raises


@pytest.mark.usefixtures("small")
def test_a_world_too_large_loses_its_largest_kinds_and_knows_which() -> None:
    many = [{"kind": "ConfigMap", "metadata": {"name": f"c{n}"}, "data": {"x": "y" * 900}} for n in range(30)]
    pod = {"kind": "Pod", "metadata": {"name": "a"}}
    images = {f"i{n}": {"Id": f"i{n}", "RepoTags": ["x"] * 200} for n in range(40)}
    snapshot = Snapshot(
        docker={**EMPTY, "images": images, "networks": {"1": {"Name": "lr-shop"}}},
        cluster={"namespace": "lab", "kinds": ["ConfigMap", "Pod"], "objects": [*many, pod]},
    )
    found = capped.capped(snapshot)
    assert whole(found) <= 20_000
    assert Cluster(found).of_kind("Pod") == [pod]
    assert Docker(found).network("lr-shop").id.source
    with pytest.raises(NotRecorded):
        Cluster(found).of_kind("ConfigMap")
    with pytest.raises(NotRecorded):
        Docker(found).image("lr-x:1")
    assert capped.capped(replace(found)) == found
