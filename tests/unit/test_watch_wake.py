"""Which events change what: of the learner's, of our own probes, of health checks."""

from typing import Any

import pytest

from labrunner.lab import Image, Probe
from labrunner.watch.wake import Change, Ears, health_of, touched_by
from labrunner.world.asked import concerns
from labrunner.world.docker_engine import EXEC_MARK
from labrunner.world.reader import ROLE

CONTAINER = "c" * 64


def event(kind: str, action: str, id_: str = CONTAINER, **attributes: str) -> dict[str, Any]:
    return {"Type": kind, "Action": action, "Actor": {"ID": id_, "Attributes": attributes}}


@pytest.fixture
def ears() -> Ears:
    return Ears(lambda id_: "/bin/sh -c true" if id_ == CONTAINER else "")


@pytest.mark.parametrize(
    ("told", "look"),
    [
        (event("container", "start"), [("containers", CONTAINER)]),
        (event("container", "kill", signal="15"), []),
        (event("container", "health_status: unhealthy"), [("containers", CONTAINER)]),
        (event("container", "rename", name="lr-b", oldName="/lr-a"), [("containers", CONTAINER)]),
        (event("network", "connect", "n1", container=CONTAINER), [("networks", "n1"), ("containers", CONTAINER)]),
        (event("volume", "destroy", "v1"), [("volumes", "v1")]),
        (event("image", "untag", "sha256:1", name="web:1"), [("images", "sha256:1")]),
    ],
    ids=lambda value: f"{value['Type']}-{value['Action']}" if isinstance(value, dict) else "",
)
def test_an_event_has_its_object_inspected_and_no_other(ears: Ears, told: Any, look: list[tuple[str, str]]) -> None:
    assert ears.heard(told) == Change(look=tuple(look))


def test_nothing_that_a_probe_does_wakes_anybody(ears: Ears) -> None:
    client = "d" * 64
    for told in (
        event("container", "create", client, **{ROLE: "probe"}),
        event("network", "connect", "n1", container=client),
        event("container", "start", client, **{ROLE: "probe"}),
        event("container", "die", client, **{ROLE: "probe"}),
        event("network", "disconnect", "n1", container=client),
        event("container", "destroy", client, **{ROLE: "probe"}),
        event("container", f"exec_create: sh -c cat x {EXEC_MARK}", execID="e1"),
        event("container", f"exec_start: sh -c cat x {EXEC_MARK}", execID="e1"),
        event("container", "exec_die", execID="e1"),
    ):
        assert ears.heard(told) is None, told


def test_a_health_check_wakes_nobody_and_the_learners_exec_does(ears: Ears) -> None:
    for action in ("exec_create: /bin/sh -c true", "exec_start: /bin/sh -c true", "exec_die"):
        assert ears.heard(event("container", action, execID="h1")) is None
    assert ears.heard(event("container", "exec_create: sh", execID="mine")) is None, "nothing has run yet"
    assert ears.heard(event("container", "exec_start: sh", execID="mine")) == Change(touched=(CONTAINER,))
    assert ears.heard(event("container", "exec_die", execID="mine")) == Change(touched=(CONTAINER,))


def test_the_line_of_a_health_check_is_the_one_that_its_events_tell() -> None:
    def test(*words: str) -> str:
        return health_of({"Config": {"Healthcheck": {"Test": list(words)}}})

    assert test("CMD-SHELL", "curl -f localhost || exit 1") == "/bin/sh -c curl -f localhost || exit 1"
    assert test("CMD", "pg_isready", "-q") == "pg_isready -q"
    assert test("NONE") == health_of({"Config": {}}) == ""


def probe(at: Any, command: str = "true", target: str = "") -> frozenset[str]:
    made = Probe(command, at, target, Image("redis", "redis:7.0"), 5, "step")
    return touched_by(made, command, target, cluster=at == "cluster")


@pytest.mark.parametrize(
    ("asked", "changed", "again"),
    [
        (probe("inside", target="lr-web"), "container/lr-web", True),
        (probe("inside", target="lr-web"), "container/lr-desk", False),
        (probe("inside", "redis-cli -h lr-store ping", "lr-desk"), "container/lr-store", True),
        (probe("network", "redis-cli -h lr-store ping", "lr-shop"), "container/lr-store", True),
        (probe("network", "redis-cli -h lr-store ping", "lr-shop"), "network/lr-shop", True),
        (probe("network", "redis-cli -h lr-store ping", "lr-shop"), "container/lr-web", False),
        (probe("network", "redis-cli -h store ping", "lr-shop"), "container/lr-web", True),
        (probe("host", "curl localhost:8080"), "container/anything", True),
        (probe("cluster", "curl http://lr-web/"), "EndpointSlice/lr-web-x", True),
        (probe("cluster", "curl http://lr-web/"), "Event/x", False),
    ],
)
def test_a_probe_is_asked_again_where_something_that_it_touches_changed(
    asked: frozenset[str], changed: str, *, again: bool
) -> None:
    assert concerns(asked, {changed}) is again


def test_the_end_of_a_process_is_told_by_its_event(ears: Ears) -> None:
    heard = ears.heard(event("container", "die", exitCode="137"))
    assert heard == Change((("containers", CONTAINER),), ended=(CONTAINER, 137))
    assert ears.heard(event("container", "attach")) == Change(touched=(CONTAINER,))
