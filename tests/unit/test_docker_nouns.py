from typing import Any

import pytest

from labrunner.expectation import expect
from labrunner.facts import NotRecorded
from labrunner.world import Docker, Snapshot
from labrunner.world.fake import FakeEngine
from labrunner.world.reader import Scope, World
from labrunner.world.reference import tagged

WEB = "localhost:5777/web:1"


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    engine.image(WEB, f"localhost:5777/web@sha256:{'a' * 64}")
    return engine


def docker(engine: FakeEngine) -> Docker:
    scope = Scope("mine", "localhost:5777/")
    return Docker(Snapshot(docker=World(engine, None).docker_objects(scope)))


def test_an_object_that_is_not_there_has_absent_facts_and_no_exception() -> None:
    found = docker(FakeEngine())
    nouns: list[Any] = [found.container("lr-x"), found.network("lr-x"), found.volume("lr-x"), found.image(WEB)]
    for noun in nouns:
        for name, value in vars(type(noun)).items():
            if isinstance(value, property):
                fact = getattr(noun, name)
                assert fact.absent, name
                assert fact.subject == f"{noun.kind}/{noun.name}"


def test_a_container_is_told_by_its_facts(engine: FakeEngine) -> None:
    id_ = engine.container("lr-web", WEB, networks=["b", "a"], volumes=["data"])
    raw = engine.objects["containers"][id_]
    raw["Config"] |= {"Env": ["A=1=2", "B=", "C"], "Entrypoint": ["sh"], "Cmd": ["-c", "x"]}
    raw["NetworkSettings"]["Ports"] = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "81/tcp": None}
    web = docker(engine).container("lr-web")
    assert (web.id.value, web.status.value, web.is_running.value) == (id_, "running", True)
    assert web.env.value == {"A": "1=2", "B": "", "C": ""}
    assert web.command.value == ["sh", "-c", "x"]
    assert web.networks.value == ["a", "b"]
    assert web.ports.value == {"80/tcp": ["127.0.0.1:8080"], "81/tcp": []}
    assert web.restart_policy.value == "no"
    assert web.labels.value == {}
    assert web.image_id.value in engine.objects["images"]
    assert web.status.see == "docker inspect lr-web --format '{{json .State.Status}}'"


def test_a_container_tells_its_limits_and_its_walls(engine: FakeEngine) -> None:
    raw = engine.objects["containers"][engine.container("lr-web", WEB)]
    raw["HostConfig"] |= {
        "Memory": 1 << 26,
        "PidsLimit": None,
        "CapDrop": ["ALL"],
        "CapAdd": ["CAP_NET_RAW", "chown"],
        "SecurityOpt": ["no-new-privileges:true", "seccomp=unconfined"],
        "ReadonlyRootfs": True,
        "Privileged": False,
        "PidMode": "host",
    }
    raw["NetworkSettings"]["Networks"] = {"lr-a": {"IPAddress": "172.18.0.2"}, "lr-b": {}}
    web = docker(engine).container("lr-web")
    assert (web.memory_limit.value, web.pids_limit.value) == (1 << 26, 0)
    assert web.cap_drop.value == ["ALL"]
    assert web.cap_add.value == ["CHOWN", "NET_RAW"]
    assert web.security_opt.value == ["no-new-privileges", "seccomp=unconfined"]
    assert (web.read_only.value, web.privileged.value, web.pid_mode.value) == (True, False, "host")
    assert web.addresses.value == {"lr-a": "172.18.0.2", "lr-b": ""}


def test_an_image_tells_its_layers_and_what_its_program_is_given(engine: FakeEngine) -> None:
    raw = engine.objects["images"][str(engine.inspect("images", WEB)["Id"])]  # type: ignore[index]
    raw |= {
        "RootFS": {"Layers": ["sha256:a", "sha256:b"]},
        "Config": {"Entrypoint": ["run"], "Cmd": None, "Env": ["A=1"], "ExposedPorts": {"80/tcp": {}}},
    }
    web = docker(engine).image(WEB)
    assert web.layers.value == ["sha256:a", "sha256:b"]
    assert (web.command.value, web.env.value, web.exposed_ports.value) == (["run"], {"A": "1"}, ["80/tcp"])
    assert (web.working_dir.value, web.labels.value) == ("", {})


def test_an_image_that_was_pulled_by_its_digest_is_known_by_it(engine: FakeEngine) -> None:
    by_digest = f"localhost:5777/other@sha256:{'b' * 64}"
    id_ = engine.image(by_digest)
    found = docker(engine)
    assert found.image(by_digest).id.value == id_
    assert found.image("localhost:5777/other:1").id.absent


@pytest.mark.parametrize("status", ["created", "paused", "restarting", "exited", "dead", "removing"])
def test_only_what_runs_is_running(engine: FakeEngine, status: str) -> None:
    engine.container("lr-web", WEB, status=status)
    assert docker(engine).container("lr-web").is_running.value is False


def test_a_name_is_the_whole_name(engine: FakeEngine) -> None:
    engine.container("lr-web-2", WEB)
    engine.network("lr-shop-2")
    assert docker(engine).container("lr-web").id.absent
    assert docker(engine).network("lr-shop").id.absent


def test_a_container_of_nearly_the_name_is_suggested(engine: FakeEngine) -> None:
    engine.container("web", WEB)
    assert docker(engine).container("lr-web").status.absent == "no container lr-web (but there is web)"


def test_an_internal_network_is_known_from_one_that_is_not(engine: FakeEngine) -> None:
    engine.network("lr-a", Internal=True)
    engine.network("lr-b")
    expect(docker(engine).network("lr-a").internal).equals(wanted=True)
    expect(docker(engine).network("lr-b").internal).equals(wanted=False)


def test_an_image_is_found_by_any_of_its_references(engine: FakeEngine) -> None:
    engine.image("lr-web:2", id_=str(engine.inspect("images", WEB)["Id"]))  # type: ignore[index]
    found = docker(engine)
    assert found.image(WEB).id.value == found.image("lr-web:2").id.value
    assert found.image(WEB).tags.value == [WEB, "lr-web:2"]
    assert found.image("localhost:5777/web:2").id.absent


def test_containers_of_an_image_are_those_and_no_others(engine: FakeEngine) -> None:
    engine.image("localhost:5777/web:2")
    engine.container("lr-1", WEB)
    engine.container("lr-2", "localhost:5777/web:2")
    assert docker(engine).containers_of(WEB).value == ["lr-1"]
    assert docker(engine).containers_of("localhost:5777/redis").value == []


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("redis", "redis:latest"),
        ("localhost:5777/redis", "localhost:5777/redis:latest"),
        (WEB, WEB),
        ("redis@sha256:ab", "redis@sha256:ab"),
    ],
)
def test_a_reference_without_a_tag_means_latest(said: str, whole: str) -> None:
    assert tagged(said) == whole


def test_a_daemon_that_was_not_looked_at_is_unknown_and_not_empty() -> None:
    with pytest.raises(NotRecorded):
        Docker(Snapshot()).container("lr-web")


def test_the_users_own_objects_are_not_in_the_snapshot() -> None:
    engine = FakeEngine()
    engine.container("mine", engine.image("redis:7.0"), volumes=[engine.volume("secret")])
    engine.network("mine")
    before = engine.inventory()
    seen = World(engine, None).docker_objects(Scope("mine", "localhost:5777/", before))
    assert not any(seen.values())
