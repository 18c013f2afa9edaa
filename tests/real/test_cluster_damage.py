"""The course's cluster broken under an open lab: said what it is and what mends it, and never the learner's fault."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from labrunner import catalog, ending, wait
from labrunner.environment import cluster_record, cluster_safety, cluster_sleep
from labrunner.environment.cluster_record import ADDON, CLIENT_NAMESPACE, CLIENT_POD, KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.kubectl import kubectl, read
from labrunner.environment.settings import LABEL, Settings
from labrunner.errors import ClusterDown, NotOurs
from labrunner.narrate import Quiet
from labrunner.process import Completed
from labrunner.state import lock
from labrunner.world.endpoint import Endpoint
from tests.faults.relay import Relay
from tests.installation import Installation, sentence
from tests.real.test_kubernetes import SLUG, pack

pytestmark = [pytest.mark.kind, pytest.mark.slow, pytest.mark.timeout(400, func_only=True)]
SPACE = f"lab-{SLUG}"
BOUND = 60.0
"""Seconds in which an API server that is silent must be given up, on a machine that does other things as well."""
BROKEN = "v1.broken.lr.test"
NEVER = "lr.test/never"


@dataclass
class Learner:
    """Who has done a small section of the cluster rightly, in the session's cluster."""

    installation: Installation
    endpoint: Endpoint
    cluster: KindCluster

    def run(self, *words: str, limit: float = 300) -> Completed:
        return self.installation.run(*words, limit=limit)

    def kubectl(self, *words: str, stdin: str | None = None) -> Completed:
        return kubectl(self.endpoint, self.cluster, *words, stdin=stdin, limit=100)

    def is_told(self, *said: str) -> None:
        """Check; what is broken is said in one sentence, and nothing is judged."""
        done = self.run("check")
        assert done.code == 3, done.stdout + done.stderr
        assert not done.stdout
        for words in said:
            assert words in " ".join(sentence(done).split())

    def watches_blindly(self, said: str) -> None:
        """Watch; the cluster cannot be seen, because of what is said, and no claim fails meanwhile."""
        watch = self.installation.begin("check", "--watch", "--json")
        try:
            assert watch.stdout is not None
            for line in watch.stdout:
                found = json.loads(line)
                assert not [one for one in found["verdicts"] if one["outcome"] == "fail"]
                if any(said in one["why"] for one in found["unseen"]):
                    return
            raise AssertionError("the watch ended")
        finally:
            watch.kill()
            watch.wait(10)

    def passes(self) -> None:
        done = self.run("check")
        assert done.code == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def learner(
    endpoint: Endpoint, cluster: KindCluster, home: Path, chosen: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Learner]:
    labs = pack(tmp_path_factory.mktemp("labs"))
    found = Learner(Installation(home, {"LABRUNNER_LABS": str(labs)}, port=chosen.port), endpoint, cluster)
    for words in (("start", SLUG), ("solve", "--all"), ("check",)):
        done = found.run(*words)
        assert done.code == 0, done.stdout + done.stderr
    yield found
    with lock.held():  # and not `stop`, which would let go of the session's registry
        ending.clear(catalog.load(SLUG, labs), Quiet(yes=True))


def test_an_api_server_that_is_cut_garbled_or_silent_is_not_there_and_nothing_fails(learner: Learner) -> None:
    file = learner.installation.home / "state/labs" / SLUG / "kubeconfig"
    recorded = cluster_record.load()
    assert recorded is not None
    kept = {one: one.read_text(encoding="utf-8") for one in (file, Path(recorded.kubeconfig))}
    server = json.loads(kept[file])["clusters"][0]["cluster"]["server"]
    with Relay(0, urlsplit(server).port or 443) as relay:
        there = f"https://127.0.0.1:{relay.front}"
        # Whoever stands between is on record as the server; else our own kubeconfigs would be refused, and rightly.
        cluster_record.save(replace(recorded, server=there))
        for one, text in kept.items():
            one.write_text(text.replace(server, there), encoding="utf-8")
        try:
            learner.passes()
            for way, at in (("cuts", 9000), ("garbles", 3000), ("hangs", 0)):
                relay.fails(0, way, at)  # type: ignore[arg-type]
                began = wait.now()
                learner.is_told("cluster")
                assert wait.now() - began < BOUND, way
                relay.works()
            relay.fails(0, "lags")
            learner.passes()
        finally:
            cluster_record.save(recorded)
            for one, text in kept.items():
                one.write_text(text, encoding="utf-8")
    learner.passes()


def test_nodes_that_were_stopped_or_frozen_are_named_at_once_and_start_brings_them_back(learner: Learner) -> None:
    docker(learner.endpoint, "stop", "-t", "2", learner.cluster.node("worker2"))
    learner.is_told("worker2", "exited", f"labrunner start {SLUG}")
    pause = ("pause", learner.cluster.node("control-plane"))  # a busy machine cannot freeze it at every moment
    assert wait.until(lambda: docker(learner.endpoint, *pause, may_fail=True).ok, within=30)
    began = wait.now()
    learner.is_told("control-plane", "paused", f"labrunner start {SLUG}")
    assert wait.now() - began < BOUND / 2
    assert learner.run("start", SLUG).code == 0
    learner.passes()


def test_the_clusters_own_dns_that_was_deleted_is_not_the_learners_mistake(learner: Learner) -> None:
    where = ("-n", "kube-system")
    kept = json.loads(learner.kubectl(*where, "get", "deployment", "coredns", "-o", "json").stdout)
    del kept["status"], kept["metadata"]["uid"], kept["metadata"]["resourceVersion"]
    learner.kubectl(*where, "delete", "deployment", "coredns", "--cascade=foreground", "--wait=false")
    learner.kubectl(*where, "delete", "pods", "-l", "k8s-app=kube-dns", "--grace-period=1")
    try:
        learner.is_told("kube-system/coredns", "labrunner reset")
        learner.watches_blindly("kube-system/coredns")
        began = wait.now()
        with pytest.raises(ClusterDown, match="has lost kube-system/coredns"):
            cluster_sleep.wake(learner.endpoint, learner.cluster)
        assert wait.now() - began < cluster_sleep.PATIENCE / 2, "that comes back by no waiting"
    finally:
        learner.kubectl(*where, "apply", "-f", "-", stdin=json.dumps(kept))
        learner.kubectl(*where, "rollout", "status", "deployment/coredns", "--timeout=90s")
    learner.passes()


def test_the_pod_that_checks_ask_from_is_made_again_by_start(learner: Learner) -> None:
    learner.kubectl("-n", CLIENT_NAMESPACE, "delete", "pod", CLIENT_POD, "--now")
    learner.is_told(CLIENT_POD, f"labrunner start {SLUG}")
    assert learner.run("start", SLUG).code == 0
    learner.passes()


def test_a_namespace_that_was_deleted_is_said_so_and_reset_begins_anew(learner: Learner) -> None:
    learner.kubectl("delete", "namespace", SPACE, "--wait=false")
    assert wait.until(lambda: not read(learner.endpoint, learner.cluster, f"/api/v1/namespaces/{SPACE}"), within=60)
    learner.is_told(SPACE, "gone", "labrunner reset")
    done = learner.run("--yes", "reset")
    assert done.code == 0, done.stderr
    assert learner.run("check").code == 1


def test_what_keeps_a_namespace_is_named_and_it_only_counts_as_gone_when_it_is(
    endpoint: Endpoint, cluster: KindCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "lr-kept"
    cluster_safety.namespace(endpoint, cluster, name)
    held = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "finalizers": [NEVER]}}
    kubectl(endpoint, cluster, "-n", name, "create", "-f", "-", stdin=json.dumps(held))
    kubectl(endpoint, cluster, "label", "namespace", name, f"{LABEL}-")
    with pytest.raises(NotOurs) as refused:
        cluster_safety.remove_namespace(endpoint, cluster, name)
    assert f"kubectl label namespace {name} {LABEL}={cluster.install}" in refused.value.hint
    kubectl(endpoint, cluster, "label", "namespace", name, f"{LABEL}={cluster.install}")
    for _ in range(2):
        with monkeypatch.context() as hasty:
            hasty.setattr(cluster_safety, "STUCK", 2.0)
            with pytest.raises(ClusterDown, match=NEVER) as kept:
                cluster_safety.remove_namespace(endpoint, cluster, name)
        assert "labrunner stop --all" in kept.value.hint
    let_go = json.dumps({"metadata": {"finalizers": None}})
    kubectl(endpoint, cluster, "-n", name, "patch", "configmap", "held", "--type=merge", "-p", let_go)
    cluster_safety.remove_namespace(endpoint, cluster, name)
    assert not read(endpoint, cluster, f"/api/v1/namespaces/{name}")


def test_an_add_on_whose_api_is_broken_keeps_no_namespace_and_stays(
    endpoint: Endpoint, cluster: KindCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_safety, "HINDERED", 1.0)
    cluster_safety.namespace(endpoint, cluster, "lr-hindered")
    spec = {
        "group": "broken.lr.test",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "insecureSkipTLSVerify": True,
        "service": {"name": "nobody", "namespace": "default"},
    }
    labels = {LABEL: cluster.install, ADDON: "broken"}
    made = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "spec": spec}
    made |= {"metadata": {"name": BROKEN, "labels": labels}}
    kubectl(
        endpoint,
        cluster,
        "create",
        "-f",
        "-",
        stdin=json.dumps(made),
    )
    try:
        began = wait.now()
        cluster_safety.remove_namespace(endpoint, cluster, "lr-hindered")
        assert wait.now() - began < BOUND
        found = read(endpoint, cluster, f"/apis/apiregistration.k8s.io/v1/apiservices/{BROKEN}")
        assert found["spec"]["service"]["name"] == "nobody"
        assert found["metadata"]["labels"] == labels
    finally:
        kubectl(endpoint, cluster, "delete", "apiservice", BROKEN)
