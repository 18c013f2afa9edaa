"""Secrets leave a snapshot, wherever Docker and Kubernetes keep them; what the lab prescribes stays."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.values import prescribed
from labrunner.withheld import SECRET, Withheld
from labrunner.world import Snapshot
from labrunner.world.redact import redacted, redacted_object
from labrunner.world.secret_words import is_secret_name, without_secrets
from tests.tiny import tiny

HIDDEN = "hunter2-very-private"


def container(**config: Any) -> dict[str, Any]:
    plain = {"Image": "web:1", "Env": [], "Cmd": None, "Entrypoint": None, "Labels": {}}
    return {"Id": "1", "Name": "/lr-web", "Config": {**plain, **config}, "State": {"Status": "running"}}


def of_docker(raw: dict[str, Any]) -> Snapshot:
    return Snapshot(docker={"containers": {"1": raw}, "networks": {}, "volumes": {}, "images": {}, "logs": {}})


def of_cluster(*objects: dict[str, Any], **more: Any) -> Snapshot:
    return Snapshot(cluster={"namespace": "lab", "kinds": [], "objects": list(objects), **more})


def named(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "a"}, **more}


def pod(**of_container: Any) -> dict[str, Any]:
    return named("Pod", spec={"containers": [{"name": "web", **of_container}]})


APPLIED = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(pod(env=[{"name": "PASS", "value": HIDDEN}]))}
PLACES = [
    of_docker(container(Env=["MODE=x", f"REDIS_PASSWORD={HIDDEN}"])),
    of_docker(container(Env=[f"DATABASE_URL=postgres://shop:{HIDDEN}@db/shop"])),
    of_docker(container(Cmd=["redis-server", "--requirepass-token", HIDDEN])),
    of_docker(container(Cmd=["mysqld", f"--password={HIDDEN}"])),
    of_docker(container(Entrypoint=["sh", "-c", f"API_KEY={HIDDEN} exec run"])),
    of_docker(container(Labels={"registry.auth": HIDDEN})),
    of_docker(container(Healthcheck={"Test": ["CMD", "curl", "-H", f"Authorization: Bearer {HIDDEN}"]})),
    of_docker({**container(), "HostConfig": {"LogConfig": {"Config": {"splunk-token": HIDDEN}}}}),
    of_docker({**container(), "State": {"Health": {"Log": [{"Output": f"password={HIDDEN} refused"}]}}}),
    Snapshot(docker={"volumes": {"v": {"Name": "v", "Options": {"password": HIDDEN}}}}),
    Snapshot(docker={"networks": {"n": {"Name": "n", "Labels": {"api-key": HIDDEN}}}}),
    Snapshot(docker={"images": {"i": {"Config": {"Env": [f"TOKEN={HIDDEN}"]}}}}),
    Snapshot(docker={"logs": {"1": f"connected to redis://:{HIDDEN}@cache\nsecret: {HIDDEN}"}}),
    Snapshot(log=({"type": "container", "inspect": container(Env=[f"PGPASSWORD={HIDDEN}"])},)),
    Snapshot(log=({"type": "container", "attributes": {"my.secret": HIDDEN}},)),
    Snapshot(log=({"type": "container", "action": f"exec_create: mysql --password={HIDDEN}", "attributes": {}},)),
    of_cluster(named("Secret", data={"username": HIDDEN})),
    of_cluster(named("Secret", stringData={"tls.key": HIDDEN})),
    of_cluster(named("ConfigMap", data={"db-password": HIDDEN})),
    of_cluster(pod(env=[{"name": "REDIS_PASSWORD", "value": HIDDEN}])),
    of_cluster(pod(args=["--token", HIDDEN])),
    of_cluster(pod(command=["sh", "-c", f"run --api-key={HIDDEN}"])),
    of_cluster(pod(livenessProbe={"httpGet": {"httpHeaders": [{"name": "Authorization", "value": HIDDEN}]}})),
    of_cluster({"kind": "Pod", "metadata": {"name": "a", "annotations": APPLIED}}),
    of_cluster({"kind": "Pod", "metadata": {"name": "a", "annotations": {"vault.token": HIDDEN}}}),
    of_cluster(logs={"a/web": f"GET /?password={HIDDEN}"}),
]


@pytest.mark.parametrize("snapshot", PLACES)
def test_a_secret_is_in_none_of_its_places(snapshot: Snapshot) -> None:
    assert HIDDEN in str(snapshot)
    found = redacted(snapshot)
    assert HIDDEN not in str(found)
    assert SECRET in str(found)
    assert str(redacted(found)) == str(found)


@pytest.mark.parametrize(
    "raw",
    [
        container(Env=["AUTHOR=me", "MODE=debug", "KEYBOARD=qwerty", "PASSWORD="], Cmd=["sleep", "60"]),
        container(Env=["PASSWORD_FILE=/run/secrets/password", "PUBLIC_KEY_PATH=/key.pub"]),
        container(Cmd=["sh", "-c", "echo no password was given: see the manual"]),
        pod(env=[{"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "redis", "key": "password"}}}]),
        {"kind": "Service", "metadata": {"labels": {"token": "a"}}, "spec": {"selector": {"token": "a"}}},
        named("Event", message='MountVolume.SetUp failed: secret "lr-key" not found'),
        named("ConfigMap", data={"index.html": "http://localhost/"}),
    ],
)
def test_what_is_no_secret_stays_the_very_same(raw: dict[str, Any]) -> None:
    assert redacted_object(raw) is raw


def test_a_certificate_is_public_and_a_key_that_was_dropped_is_still_there() -> None:
    found = redacted_object(named("Secret", data={"tls.crt": "PEM", "tls.key": None}))
    assert found["data"]["tls.crt"] == "PEM"
    assert isinstance(found["data"]["tls.key"], Withheld)


def test_what_the_lab_prescribes_stays(tmp_path: Any) -> None:
    lab = tiny(tmp_path)
    lab.value("order")
    lab.step("a", solve="docker run -e REDIS_PASSWORD=tea-time x").check(wrong={"x": "true"})(lambda: None)
    keeps = prescribed(lab, {"order": "12ab34cd"})
    for said in ("tea-time", "pass-12ab34cd"):
        assert redacted_object(container(Env=[f"REDIS_PASSWORD={said}"]), keeps)["Config"]["Env"] == [
            f"REDIS_PASSWORD={said}"
        ]
    assert HIDDEN not in str(redacted_object(container(Env=[f"REDIS_PASSWORD={HIDDEN}"]), keeps))


@pytest.mark.parametrize("name", ["PASSWORD", "dbPassword", "apiKey", "--token", "X-Auth", "MYSQLPASSWORD", "ssh_key"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["AUTHOR", "MONKEY", "KEYBOARD", "tokenPath", "secretName", "PATH", "", "--port"])
def test_names_of_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "said",
    [
        "Access denied for user 'root'@'localhost' (using password: YES)",
        "basic functionality is there, and a bearer authentication is not",
        "Authorization failed unexpectedly",
        "error: secret lr-key not found",
        "token: expired",
    ],
)
def test_words_that_tell_no_secret_stay(said: str) -> None:
    assert without_secrets(said, lambda _: False) == said


@given(st.text(), st.sampled_from(["password=", "TOKEN: ", '"api_key": "', "redis://me:"]))
def test_a_text_with_nothing_in_it_is_the_same_and_one_with_a_secret_loses_only_that(before: str, name: str) -> None:
    told = without_secrets(f"{before} {name}{HIDDEN}@host", lambda _: False)
    assert HIDDEN not in told
    assert without_secrets("nothing here", lambda _: False) == "nothing here"
