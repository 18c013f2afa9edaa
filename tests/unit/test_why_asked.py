"""From what a probe asked, in or outside the cluster, to what should have answered."""

import pytest

from labrunner.why import cluster_probe
from labrunner.world.mentioned import mentioned
from labrunner.world.snapshot import Snapshot
from tests.traffic_objects import WELL, ingress, pod, service, slice_of, world

ADDRESSED = service(clusterIP="10.96.0.7", clusterIPs=["10.96.0.7"])
NODE_PORT = service("till", "wbe", port={"port": 80, "nodePort": 30080})
HEADLESS = service("db", clusterIP="None")
EVERY = world(
    pod("web-1"), ADDRESSED, WELL[2], NODE_PORT, HEADLESS, slice_of("db", "web-1"), ingress(path="/cart"),
)  # fmt: skip


def codes(command: str, look: Snapshot = EVERY) -> list[str]:
    return [cause.code for cause in cluster_probe.walk(look, mentioned(command)).causes]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl -s http://web/", []),
        ("curl -s http://web:8080/", ["service-port-absent"]),
        ("curl -s http://web.shop.svc.cluster.local:8080/", ["service-port-absent"]),
        ("curl -s http://10.96.0.7:8080/", ["service-port-absent"]),
        ("nc -z db 8080", []),
        ("curl -s http://172.18.0.3:30080/", ["selector-matches-nothing"]),
        ("curl -s http://wbe/", ["object-absent"]),
        ("curl -s http://shop.example/cart", []),
        ("curl -s http://shop.example/card", ["ingress-path-mismatch"]),
        ("curl -s http://elsewhere.example/", []),
        ("echo nothing", []),
    ],
)
def test_what_a_command_asks_is_walked_into(command: str, expected: list[str]) -> None:
    assert codes(command) == expected


def test_the_port_that_was_asked_comes_before_what_is_behind_the_service() -> None:
    look = world(pod("web-1", app="other"), service())
    assert codes("curl http://web:8080/", look) == ["service-port-absent", "selector-matches-nothing"]
