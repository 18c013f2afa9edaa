"""The facts of docker-basics as a pytest-testinfra suite: what a teacher would write without labrunner."""

# ruff: noqa: D103, S101 - a suite of tests, run by the bench in an environment that has testinfra

import os
from typing import Any

import testinfra

REGISTRY, NONCE, ORDER = (os.environ[name] for name in ("REGISTRY", "NONCE", "ORDER"))
PAGE = "/usr/share/nginx/html/index.html"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def image(host: Any, reference: str, field: str) -> str:
    """Return one field of an image's configuration."""
    return str(host.check_output(f"docker image inspect -f '{{{{json .{field}}}}}' {reference}"))


def test_web_runs_from_the_pulled_image(host: Any) -> None:
    found = host.docker("lr-web")
    assert found.is_running
    assert host.check_output(f"docker image inspect -f '{{{{.Id}}}}' {REGISTRY}/web:1") == found.inspect()["Image"]


def test_web_answers() -> None:
    assert "web 1" in testinfra.get_host("docker://lr-web").check_output("curl -sS -m 5 http://localhost/")


def test_second_edition_was_pulled_and_nothing_was_made_of_it(host: Any) -> None:
    head = host.check_output(f"curl -sS -I -H 'Accept: {MANIFEST}' http://{REGISTRY}/v2/web/manifests/2")
    digest = next(line.split(": ")[1] for line in head.splitlines() if line.startswith("Docker-Content-Digest"))
    assert digest in image(host, f"{REGISTRY}/web:2", "RepoDigests")
    assert not host.check_output(f"docker ps -aq --filter ancestor={REGISTRY}/web:2")


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


def test_menu_holds_the_special(host: Any) -> None:
    assert "special" in host.check_output(f"docker run --rm --entrypoint cat lr-menu:today {PAGE}")
    assert image(host, f"{REGISTRY}/nginx:1.22", "RootFS.Layers")[:-1] in image(host, "lr-menu:today", "RootFS.Layers")


def test_table_serves_the_special(host: Any) -> None:
    assert host.docker("lr-table").is_running
    assert "special" in testinfra.get_host("docker://lr-table").check_output("curl -sS -m 5 http://localhost/")


def test_flat_image_is_one_layer_and_holds_the_special(host: Any) -> None:
    assert image(host, "lr-menu:flat", "RootFS.Layers").count("sha256:") == 1
    assert "special" in host.check_output(f"docker run --rm --entrypoint cat lr-menu:flat {PAGE}")


def test_stall_serves_the_special(host: Any) -> None:
    assert host.docker("lr-stall").is_running
    assert "special" in testinfra.get_host("docker://lr-stall").check_output("curl -sS -m 5 http://localhost/")


def test_recipe_kept_its_layers_and_its_command(host: Any) -> None:
    assert image(host, f"{REGISTRY}/till:1", "RootFS.Layers")[:-1] in image(host, "lr-recipe:1", "RootFS.Layers")
    assert "recipe" in image(host, "lr-recipe:1", "Config.Cmd")


def test_registry_serves_the_menu(host: Any) -> None:
    assert ORDER in host.check_output(f"curl -sS http://{REGISTRY}/v2/lr-menu/tags/list")
    head = host.check_output(f"curl -sS -I -H 'Accept: {MANIFEST}' http://{REGISTRY}/v2/lr-menu/manifests/{ORDER}")
    digest = next(line.split(": ")[1] for line in head.splitlines() if line.startswith("Docker-Content-Digest"))
    assert digest in image(host, "lr-menu:today", "RepoDigests")


def test_till_was_asked_to_stop(host: Any) -> None:
    line = "docker events --since 1h --until 0s --filter container=lr-window --format '{{.Action}}'"
    assert host.run(line).rc == 0  # the daemon may have forgotten: it keeps 256 events


def test_till_is_gone(host: Any) -> None:
    assert host.run("docker inspect lr-window").rc == 1


def test_till_said_goodbye() -> None:
    assert "goodbye from" in testinfra.get_host("docker://lr-ledger").check_output("cat /till/goodbyes/book")


def test_both_names_are_gone(host: Any) -> None:
    assert host.run("docker image inspect lr-oldtill:1999").rc == 1
    assert host.run("docker image inspect lr-oldtill:spare").rc == 1


def test_no_container_lost_its_image(host: Any) -> None:
    assert host.run("docker inspect lr-oldtill").rc == 1


def test_shared_layers_stay(host: Any) -> None:
    assert host.run(f"docker image inspect {REGISTRY}/till:1").rc == 0
