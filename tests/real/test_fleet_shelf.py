"""A class in a real registry: put there once, taken by digest, and gone when it is taken away."""

import secrets
from pathlib import Path

import pytest

from labrunner.environment.registry import Registry
from labrunner.errors import EnvironmentNotReady
from labrunner.fleet import login, place, plan
from labrunner.fleet.blobs import Shelf
from labrunner.world.endpoint import Endpoint
from tests.real.locked import locked

pytestmark = pytest.mark.docker


def test_what_is_put_there_is_taken_by_its_digest_and_an_artifact_keeps_it(
    endpoint: Endpoint, course_registry: Registry
) -> None:
    where = place.own(endpoint, course_registry)
    assert where.pods != where.here, "Pods reach it by an address of its own"
    shelf = where.shelf()
    files = [secrets.token_bytes(200_000), b"small"]
    named = [(shelf.put(one), len(one)) for one in files]
    assert [shelf.get(one) for one, _ in named] == files
    assert shelf.put(files[0]) == named[0][0], "a second time nothing is sent"
    artifact = shelf.bind("tag-1", b'{"version": 1}', named)
    assert shelf.bound("tag-1")
    assert place.named(where.pods).shelf().get(named[1][0]) == b"small"
    assert shelf.drop(artifact)
    assert not shelf.bound("tag-1")


def test_what_is_not_there_and_who_does_not_answer_is_said(endpoint: Endpoint, course_registry: Registry) -> None:
    shelf = place.own(endpoint, course_registry).shelf()
    nothing = plan.digest(secrets.token_bytes(8))
    assert not shelf.has(nothing)
    with pytest.raises(EnvironmentNotReady, match="404"):
        shelf.get(nothing)
    with pytest.raises(EnvironmentNotReady, match="does not answer"):
        place.named("http://127.0.0.1:1").shelf().get(nothing)


def test_a_registry_that_asks_for_a_password_takes_from_who_has_logged_in_and_gives_to_who_has_the_file(
    endpoint: Endpoint, course_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = secrets.token_bytes(2_000_000)
    with locked(endpoint, course_registry, tmp_path) as there:
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "nobody"))
        with pytest.raises(EnvironmentNotReady, match="said 401"):
            place.named(there.address).shelf().put(data)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        shelf = place.named(there.address).shelf()
        named = shelf.put(data)
        artifact = shelf.bind("tag-1", b"{}", [(named, len(data))])
        monkeypatch.delenv("DOCKER_CONFIG")
        text = login.for_pods(there.address, str(there.config))
        pods = Shelf(there.address, place.REPOSITORY, lambda: login.known(there.address, text=text))
        assert pods.get(named) == data
        assert pods.bound("tag-1")
        shelf.drop(artifact)
