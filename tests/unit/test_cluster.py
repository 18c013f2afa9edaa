"""What is known of the cluster between two commands, and how it is told from others."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from labrunner import wait
from labrunner.environment import (
    cluster_record,
    cluster_safety,
    cluster_sleep,
    kind_programs,
    namespace_end,
    shipped,
)
from labrunner.environment.cluster_record import ADDON, KindCluster
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint

ENDPOINT = Endpoint("unix:///none.sock", "/opt/cli/docker")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KindCluster:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    config = tmp_path / "kubeconfig"
    return KindCluster("labrunner-abc", str(config), uid="U", nodes={"n": "c" * 64}, kubectl="/opt/k/kubectl")


def test_the_record_comes_back_as_it_was_written(cluster: KindCluster) -> None:
    cluster_record.save(cluster)
    assert cluster_record.load() == cluster
    (cluster_record.folder() / "cluster.json").write_text('{"name": "x", "kubeconfig": "y", "other": 1}')
    assert cluster_record.load() == KindCluster("x", "y")
    for damaged in ('{"name": "x"}', '{"name": 7, "kubeconfig": "y"}', '{"name": "x", "kubeconfig": "y", "uid": {}}'):
        (cluster_record.folder() / "cluster.json").write_text(damaged)
        assert cluster_record.load() is None
    cluster_record.clear()
    assert cluster_record.load() is None


def test_a_namespace_is_not_gone_because_the_api_says_nothing_of_it(
    cluster: KindCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"/api/v1/namespaces/kube-system": {"metadata": {"uid": "U"}}}
    monkeypatch.setattr(cluster_safety, "guard", lambda *_: None)
    monkeypatch.setattr(cluster_safety, "read", lambda _e, _c, path: said.get(path, {}))
    answers = Completed(("kubectl",), 1, "", "connection refused")
    monkeypatch.setattr(cluster_safety, "kubectl", lambda *_, **__: answers)
    with pytest.raises(ClusterDown, match="does not say what became of the namespace lab-x"):
        cluster_safety.remove_namespace(ENDPOINT, cluster, "lab-x")
    answers = Completed(("kubectl",), 0, "", "")
    cluster_safety.remove_namespace(ENDPOINT, cluster, "lab-x")


def test_what_is_only_going_is_waited_for_and_what_somebody_keeps_is_named(
    cluster: KindCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = [
        {"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining"},
        {"type": "NamespaceFinalizersRemaining", "status": "False", "message": "All content-preserving…"},
    ]
    monkeypatch.setattr(namespace_end, "read", lambda *_: {"status": {"conditions": conditions}})
    assert not namespace_end.kept_by(ENDPOINT, cluster, "lab-x")
    conditions[1] |= {"status": "True", "message": "lr.test/never in 1 resource instances"}
    assert namespace_end.kept_by(ENDPOINT, cluster, "lab-x") == "lr.test/never in 1 resource instances"


@pytest.mark.parametrize(("said", "done"), [({"kind": "APIResourceList"}, []), ({}, ["delete", "apply"])])
def test_an_api_of_ours_that_is_called_available_and_does_not_answer_is_put_aside_while_a_namespace_goes(
    cluster: KindCluster, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], done: list[str]
) -> None:
    raw = {
        "metadata": {"name": "v1.lr.test", "labels": {ADDON: "x"}},
        "spec": {"group": "lr.test", "version": "v1"},
        "status": {"conditions": [{"type": "Available", "status": "True"}]},
    }
    found = {"/apis/lr.test/v1": said, f"{namespace_end.APIS}?labelSelector={ADDON},{LABEL}=": {"items": [raw]}}
    asked: list[str] = []
    monkeypatch.setattr(namespace_end, "read", lambda _e, _c, path: found[path])
    monkeypatch.setattr(namespace_end, "kubectl", lambda _e, _c, *args, **_: asked.append(args[0]))
    with namespace_end.unhindered(ENDPOINT, cluster, after=0) as look:
        look()
    assert asked == done


def test_a_gone_node_cannot_be_woken(cluster: KindCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_sleep, "inspect", lambda *_: {})
    with pytest.raises(ClusterDown):
        cluster_sleep.wake(ENDPOINT, cluster)


def test_who_waits_to_stop_a_sleeping_cluster_ends_once_it_is_gone(
    cluster: KindCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def seen(*_: object) -> dict[str, str]:
        looks.append(wait.now())
        return {"n": "paused"}

    monkeypatch.setattr(cluster_sleep, "GONE", 0.02)
    monkeypatch.setattr(cluster_sleep, "states", seen)
    monkeypatch.setattr(cluster_sleep.endpoints, "reach", lambda _url: ENDPOINT)
    cluster_record.save(cluster)
    waiting = threading.Thread(target=cluster_sleep.deepen, args=(60, "unix:///none.sock"), daemon=True)
    waiting.start()
    assert wait.until(lambda: bool(looks), within=5, every=0.01)
    wait.pause(0.2)
    assert waiting.is_alive()
    assert len(looks) == 1, "the daemon is asked seldom"
    cluster_record.clear()
    waiting.join(timeout=5)
    assert not waiting.is_alive(), "`stop --all` leaves no process behind"


def test_moments_of_docker_and_of_kubernetes() -> None:
    assert cluster_sleep._moment("2026-11-23T18:21:16.123456789Z") == datetime(2026, 11, 23, 18, 21, 16, 123456, UTC)
    assert cluster_sleep._moment("2026-11-23T18:21:16.5+00:00") == datetime(2026, 11, 23, 18, 21, 16, 500000, UTC)
    assert cluster_sleep._moment("2026-11-23T18:21:16.000001Z") == datetime(2026, 11, 23, 18, 21, 16, 1, UTC)
    assert cluster_sleep._moment("") is None


def test_the_environment_keeps_kubectl_to_our_files(cluster: KindCluster) -> None:
    found = cluster.environ(ENDPOINT)
    assert found["KUBECONFIG"] == cluster.kubeconfig
    assert found["KUBECACHEDIR"].startswith(str(cluster_record.folder()))
    assert found["PATH"].split(":")[:2] == ["/opt/cli", "/opt/k"]


def test_kind_config_is_what_labs_stand_on() -> None:
    config = yaml.safe_load(shipped.text("kind-config.yaml"))
    assert [node["role"] for node in config["nodes"]] == ["control-plane", "worker", "worker"]
    mapped = config["nodes"][0]["extraPortMappings"]
    assert {(one["containerPort"], one["hostPort"], one["listenAddress"]) for one in mapped} == {
        (80, 0, "127.0.0.1"),
        (443, 0, "127.0.0.1"),
    }
    assert "name" not in config


def test_a_kubectl_too_far_from_the_cluster_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for minor, wanted in (("34", True), ("33+", True), ("35", True), ("32", False), ("x", False)):
        program = tmp_path / "kubectl"
        program.write_text(f'#!/bin/sh\necho \'{{"clientVersion": {{"minor": "{minor}"}}}}\'\n')
        program.chmod(0o755)
        kind_programs.kubectl_on_path.cache_clear()
        assert bool(kind_programs.kubectl_on_path()) is wanted
    kind_programs.kubectl_on_path.cache_clear()


def test_an_old_kind_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for line, wanted in (("kind v0.30.0 go1.26", True), ("kind v0.20.0 go1.20", False), ("what", False)):
        program = tmp_path / "kind"
        program.write_text(f"#!/bin/sh\necho '{line}'\n")
        program.chmod(0o755)
        kind_programs.kind_on_path.cache_clear()
        assert bool(kind_programs.kind_on_path()) is wanted
    kind_programs.kind_on_path.cache_clear()
