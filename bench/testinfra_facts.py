"""The facts of docker-basics as a pytest-testinfra suite: what a teacher would write without labrunner."""

# ruff: noqa: D103, S101 - a suite of tests, run by the bench in an environment that has testinfra

import os
from typing import Any

import testinfra

REGISTRY, NONCE = os.environ["REGISTRY"], os.environ["NONCE"]


def test_web_runs_from_the_pulled_image(host: Any) -> None:
    found = host.docker("lr-web")
    assert found.is_running
    assert host.check_output(f"docker image inspect -f '{{{{.Id}}}}' {REGISTRY}/web:1") == found.inspect()["Image"]


def test_web_answers() -> None:
    assert "web 1" in testinfra.get_host("docker://lr-web").check_output("curl -sS -m 5 http://localhost/")


def test_shop_is_a_bridge_that_reaches_outside(host: Any) -> None:
    line = "docker network inspect -f '{{.Driver}} {{.Scope}} {{.Internal}}' lr-shop"
    assert host.check_output(line) == "bridge local false"


def test_store_answers_by_name(host: Any) -> None:
    assert host.docker("lr-store").is_running
    line = f"docker run --rm --network lr-shop {REGISTRY}/redis:7.0 redis-cli -h lr-store -p 6379 echo {NONCE}"
    assert host.check_output(line) == NONCE


def test_desk_reaches_the_store(host: Any) -> None:
    assert host.docker("lr-desk").is_running
    desk = testinfra.get_host("docker://lr-desk")
    assert desk.check_output(f"redis-cli -h lr-store -p 6379 echo {NONCE}") == NONCE


def test_till_was_asked_to_stop(host: Any) -> None:
    line = "docker events --since 1h --until 0s --filter container=lr-till --format '{{.Action}}'"
    assert host.run(line).rc == 0  # the daemon may have forgotten: it keeps 256 events


def test_till_is_gone(host: Any) -> None:
    assert host.run("docker inspect lr-till").rc == 1


def test_till_said_goodbye() -> None:
    assert "goodbye from" in testinfra.get_host("docker://lr-ledger").check_output("cat /till/goodbyes/book")


def test_both_names_are_gone(host: Any) -> None:
    assert host.run("docker image inspect lr-oldtill:1999").rc == 1
    assert host.run("docker image inspect lr-oldtill:spare").rc == 1


def test_no_container_lost_its_image(host: Any) -> None:
    assert host.run("docker inspect lr-oldtill").rc == 1


def test_shared_layers_stay(host: Any) -> None:
    assert host.run(f"docker image inspect {REGISTRY}/till:1").rc == 0
