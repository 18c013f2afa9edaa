"""Whose a cluster is, asked before each change of it: one signal that is wrong, and nothing is changed."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from labrunner.environment import client_pod, cluster_identity, cluster_safety, kubectl, namespace_bounds, node_traces
from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import ClusterDown, NotOurs
from labrunner.world.endpoint import Endpoint

ENDPOINT = Endpoint("unix:///none.sock", "/opt/cli/docker")
SERVER = "https://127.0.0.1:1234"
PROGRAM = """#!/bin/sh
echo "$*" >> {said}
case "$*" in *kube-system*) echo '{{"metadata": {{"uid": "'$(cat {uid})'"}}}}' ;; esac
"""
"""A kubectl that writes down what it was asked for, and says which cluster it is."""
NODE = "c" * 64


@dataclass
class Ours:
    """A cluster as it was recorded, a kubectl that tells what it did, and what the world says of them."""

    folder: Path
    record: KindCluster
    labels: dict[str, str]

    def configured(self, *, server: str = SERVER, authority: str = "ca", user: dict[str, Any] | None = None) -> None:
        said = {"server": server, "certificate-authority-data": base64.b64encode(authority.encode()).decode()}
        config = {
            "current-context": "another",  # whatever it is, ours is named
            "contexts": [{"name": self.record.context, "context": {"cluster": "k", "user": "u"}}],
            "clusters": [{"name": "k", "cluster": said}],
            "users": [{"name": "u", "user": user or {}}],
        }
        Path(self.record.kubeconfig).write_text(json.dumps(config), encoding="utf-8")

    def answers(self, uid: str) -> None:
        (self.folder / "uid").write_text(uid, encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        file = self.folder / "said"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    @property
    def changed(self) -> list[str]:
        return [line for line in self.asked if " get " not in line]


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ours:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path))
    program = tmp_path / "kubectl"
    program.write_text(PROGRAM.format(said=tmp_path / "said", uid=tmp_path / "uid"), encoding="utf-8")
    program.chmod(0o755)
    record = KindCluster(
        "labrunner-abc", str(tmp_path / "kubeconfig"), uid="U", nodes={"n": NODE}, kubectl=str(program), install="mine",
        server=SERVER, authority=hashlib.sha256(b"ca").hexdigest(),
    )  # fmt: skip
    found = Ours(tmp_path, record, {cluster_identity.KIND_LABEL: record.name})
    found.configured()
    found.answers("U")
    monkeypatch.setattr(
        cluster_identity,
        "inspect",
        lambda _e, _k, name: {"Id": name, "Config": {"Labels": found.labels}} if name[0] == "c" else {},
    )
    return found


def test_our_own_cluster_passes_and_is_changed(ours: Ours) -> None:
    cluster_identity.guard(ENDPOINT, ours.record)
    kubectl.kubectl(ENDPOINT, ours.record, "-n", "x", "delete", "pod", "p")
    assert len(ours.changed) == 1


def another_uid(ours: Ours) -> KindCluster:
    ours.answers("V")
    return ours.record


def another_authority(ours: Ours) -> KindCluster:
    ours.configured(authority="somebody else's")
    return ours.record


def a_server_elsewhere(ours: Ours) -> KindCluster:
    ours.configured(server="https://prod.example:6443")
    return replace(ours.record, server="https://prod.example:6443")


def another_server(ours: Ours) -> KindCluster:
    ours.configured(server="https://127.0.0.1:4321")
    return ours.record


def a_user_who_is_a_program(ours: Ours) -> KindCluster:
    ours.configured(user={"exec": {"command": "touch", "args": [str(ours.folder / "canary")]}})
    return ours.record


def no_kubeconfig_of_kinds(ours: Ours) -> KindCluster:
    Path(ours.record.kubeconfig).write_text("clusters: [", encoding="utf-8")
    return ours.record


def another_container(ours: Ours) -> KindCluster:
    return replace(ours.record, nodes={"n": "d" * 64})


def a_shortened_id(ours: Ours) -> KindCluster:
    return replace(ours.record, nodes={"n": NODE, "m": "d"})


def a_container_of_another_cluster(ours: Ours) -> KindCluster:
    ours.labels[cluster_identity.KIND_LABEL] = "kind"
    return ours.record


WRONG = (
    another_uid, another_authority, a_server_elsewhere, another_server, a_user_who_is_a_program,
    no_kubeconfig_of_kinds, another_container, a_shortened_id, a_container_of_another_cluster,
)  # fmt: skip
CHANGES: tuple[Callable[[KindCluster], object], ...] = (
    lambda cluster: kubectl.kubectl(ENDPOINT, cluster, "-n", "x", "delete", "pod", "p", may_fail=True),
    lambda cluster: kubectl.kubectl(ENDPOINT, cluster, "apply", "-f", "-", stdin="{}"),
    lambda cluster: cluster_safety.namespace(ENDPOINT, cluster, "lr-x"),
    lambda cluster: cluster_safety.remove_namespace(ENDPOINT, cluster, "lr-x"),
    lambda cluster: client_pod.up(ENDPOINT, cluster, "localhost:5777/client:1"),
    lambda cluster: namespace_bounds.bound(ENDPOINT, cluster, "lr-x"),
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: one.__name__)
def test_one_wrong_signal_and_nothing_is_changed(ours: Ours, wrong: Callable[[Ours], KindCluster]) -> None:
    cluster = wrong(ours)
    for change in CHANGES:
        with pytest.raises(NotOurs) as refused:
            change(cluster)
        assert refused.value.exit_code == 5
    assert ours.changed == []


@pytest.mark.parametrize("wrong", [another_container, a_shortened_id, a_container_of_another_cluster])
def test_nothing_is_done_in_a_node_that_is_another_container(
    ours: Ours, wrong: Callable[[Ours], KindCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, ...]] = []
    monkeypatch.setattr(node_traces, "docker", lambda _e, *words, **_: done.append(words))
    with pytest.raises(NotOurs):
        node_traces.clear(ENDPOINT, wrong(ours))
    assert done == []


def test_whose_it_is_is_asked_once_a_change(ours: Ours) -> None:
    with pytest.raises(NotOurs, match="lr-x is not labrunner's"):  # this kubectl makes nothing
        cluster_safety.namespace(ENDPOINT, ours.record, "lr-x")
    assert len(ours.changed) == 1
    assert len([line for line in ours.asked if "kube-system" in line]) == 1


@pytest.mark.parametrize("wrong", [another_authority, a_server_elsewhere, another_server, a_user_who_is_a_program])
def test_no_kubectl_loads_a_kubeconfig_that_leads_elsewhere(ours: Ours, wrong: Callable[[Ours], KindCluster]) -> None:
    cluster = wrong(ours)
    for look in (kubectl.ready, lambda *of: kubectl.read(*of, "/version")):
        with pytest.raises(NotOurs):
            look(ENDPOINT, cluster)
    assert ours.asked == []
    assert not (ours.folder / "canary").exists()


def test_an_api_that_is_silent_is_down_and_not_another(ours: Ours) -> None:
    ours.answers("")
    with pytest.raises(ClusterDown) as down:
        kubectl.kubectl(ENDPOINT, ours.record, "apply", "-f", "-")
    assert down.value.exit_code == 3
    cluster_identity.guard(ENDPOINT, ours.record, api=False)
    assert not kubectl.kubectl(ENDPOINT, ours.record, "delete", "pod", "p", may_fail=True).ok
    assert ours.changed == []


def test_a_change_is_told_from_a_look() -> None:
    looks = ("get pods", "-n x get pods", "wait --for=x pod/p", "-n x rollout status deploy/d", "logs p")
    changes = ("delete pod p", "-n x delete pod p", "rollout restart deploy/d", "annotate d a=b", "exec p -- sh")
    assert all(kubectl.reads(words.split()) for words in looks)
    assert not any(kubectl.reads(words.split()) for words in changes)
    assert not kubectl.reads(())
