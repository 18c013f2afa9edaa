"""The course's cluster: made, asleep, awake, broken, and gone."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from labrunner import wait
from labrunner.environment import cluster_record, cluster_safety, cluster_sleep, host, kind, kind_containers
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker, inspect
from labrunner.environment.images import environment_image
from labrunner.environment.kubectl import kubectl, read
from labrunner.environment.registry import Registry
from labrunner.environment.settings import LABEL
from labrunner.errors import NotOurs
from labrunner.narrate import Quiet
from labrunner.world import kubeconfig
from labrunner.world.endpoint import Endpoint

pytestmark = [pytest.mark.kind, pytest.mark.slow, pytest.mark.timeout(600)]


def test_it_is_as_the_notes_need_it(endpoint: Endpoint, cluster: KindCluster) -> None:
    assert sorted(cluster.ports) == ["443", "80"]
    assert len(cluster.nodes) == 3
    assert Path(cluster.kubeconfig).stat().st_mode & 0o777 == 0o600
    for container in cluster.nodes.values():
        env = inspect(endpoint, "containers", container)["Config"]["Env"]
        assert not [one for one in env if "proxy" in one.lower()]
    cluster_safety.guard(endpoint, cluster)


def test_the_users_kubeconfig_is_not_touched(cluster: KindCluster) -> None:
    assert cluster
    users = Path(os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    assert not users.exists() or cluster.name not in users.read_text()


def test_twice_is_the_same(
    endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, narrator: Quiet
) -> None:
    assert kind.up(endpoint, course_registry, narrator) == cluster_record.load()
    assert cluster_record.load().uid == cluster.uid  # type: ignore[union-attr]


def test_pods_pull_what_learners_pull(endpoint: Endpoint, cluster: KindCluster, course_registry: Registry) -> None:
    uid = cluster_safety.namespace(endpoint, cluster, "lr-pull")
    assert cluster_safety.namespace(endpoint, cluster, "lr-pull") == uid
    image = f"--image=localhost:{course_registry.port}/client:1"
    kubectl(
        endpoint, cluster, "-n", "lr-pull", "create", "deployment", "d", image, "--replicas=4", "--", "sleep", "1000"
    )
    kubectl(endpoint, cluster, "-n", "lr-pull", "rollout", "status", "deploy/d", "--timeout=90s", limit=100)
    made = read(endpoint, cluster, "/api/v1/namespaces/lr-pull")["metadata"]["labels"]
    assert made[LABEL] == course_registry.install
    cluster_safety.remove_namespace(endpoint, cluster, "lr-pull")
    cluster_safety.remove_namespace(endpoint, cluster, "lr-pull")
    assert not read(endpoint, cluster, "/api/v1/namespaces/lr-pull")


def test_outside_reaches_a_node_by_its_name(endpoint: Endpoint, cluster: KindCluster, narrator: Quiet) -> None:
    client = environment_image("client", narrator, endpoint.environ())
    url = f"https://{cluster.name}-control-plane:6443/readyz"
    done = host.run_outside(endpoint, ["curl", "-sk", "-m", "5", url], client, install=cluster.install)
    assert done.stdout == "ok"


def test_a_nap_costs_nothing_and_ends(endpoint: Endpoint, cluster: KindCluster) -> None:
    cluster_sleep.sleep(endpoint, cluster, deeper_after=0)
    assert set(cluster_sleep.states(endpoint, cluster).values()) == {"paused"}
    wait.pause(25)
    cluster_sleep.wake(endpoint, cluster)
    cluster_safety.guard(endpoint, cluster)


def leaking(endpoint: Endpoint, cluster: KindCluster) -> list[str]:
    """Return the nodes that would ask somebody outside for a Pod that is not there, or for a Service that is none."""
    pod = "ip route get 10.244.255.254"
    service = "curl -sk -m 5 -o /dev/null https://10.96.255.254/; [ $? != 7 ]"
    found = []
    for name, container in cluster.nodes.items():
        done = docker(endpoint, "exec", container, "sh", "-c", f"{pod} || {service}", may_fail=True)
        found += [name] if done.ok else []
    return found


def test_a_long_nap_becomes_a_stop_and_ends_too(endpoint: Endpoint, cluster: KindCluster) -> None:
    assert leaking(endpoint, cluster) == []
    cluster_sleep.sleep(endpoint, cluster, deeper_after=1)
    assert wait.until(lambda: set(cluster_sleep.states(endpoint, cluster).values()) == {"exited"}, within=90, every=1)
    cluster_sleep.wake(endpoint, cluster, within=240)
    assert leaking(endpoint, cluster) == []
    cluster_safety.guard(endpoint, cluster)


@pytest.mark.parametrize("wrong", ["uid", "authority", "server", "node", "program", "elsewhere"])
def test_another_cluster_is_refused_and_not_changed(
    endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, tmp_path: Path, wrong: str
) -> None:
    swapped, canary = tmp_path / "kubeconfig", tmp_path / "canary"
    config = kubeconfig.read(Path(cluster.kubeconfig))
    if wrong == "program":
        runs = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(canary)]}
        config["users"][0]["user"] = {"exec": {**runs, "interactiveMode": "Never"}}
    elif wrong == "elsewhere":
        config["clusters"][0]["cluster"]["server"] = "https://192.0.2.1:6443"
    swapped.write_text(json.dumps(config), encoding="utf-8")
    nodes = {**cluster.nodes, f"{cluster.name}-worker": course_registry.container_id}
    taken = {
        "uid": replace(cluster, uid="another"),
        "authority": replace(cluster, authority="another"),
        "server": replace(cluster, server="https://127.0.0.1:1"),
        "node": replace(cluster, nodes=nodes),
    }.get(wrong, replace(cluster, kubeconfig=str(swapped)))
    before = spaces(endpoint, cluster)
    for change in (cluster_safety.namespace, cluster_safety.remove_namespace):
        with pytest.raises(NotOurs):
            change(endpoint, taken, "default" if change is cluster_safety.remove_namespace else "lr-x")
    with pytest.raises(NotOurs):
        kubectl(endpoint, taken, "label", "namespace", "default", "touched=yes", may_fail=True)
    assert spaces(endpoint, cluster) == before
    assert not canary.exists()


def spaces(endpoint: Endpoint, cluster: KindCluster) -> dict[str, str]:
    """Return the cluster's namespaces, each with what tells whether it was changed."""
    found = read(endpoint, cluster, "/api/v1/namespaces")["items"]
    return {one["metadata"]["name"]: str(one["metadata"]) for one in found}


def test_a_users_namespace_is_not_taken(endpoint: Endpoint, cluster: KindCluster) -> None:
    wanted = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "theirs"}}
    kubectl(endpoint, cluster, "create", "-f", "-", stdin=json.dumps(wanted))
    with pytest.raises(NotOurs):
        cluster_safety.namespace(endpoint, cluster, "theirs")
    with pytest.raises(NotOurs):
        cluster_safety.remove_namespace(endpoint, cluster, "theirs")
    assert read(endpoint, cluster, "/api/v1/namespaces/theirs")


def test_a_cluster_that_lost_a_node_is_made_anew_with_one_sentence(
    endpoint: Endpoint, cluster: KindCluster, course_registry: Registry
) -> None:
    docker(endpoint, "rm", "-f", "-v", cluster.nodes[f"{cluster.name}-worker2"])
    narrator = Quiet()
    found = kind.up(endpoint, course_registry, narrator)
    assert found.uid != cluster.uid
    assert len([line for line in narrator.lines if "made again" in line]) == 1
    cluster_safety.guard(endpoint, found)


def test_a_half_made_cluster_is_made_anew(endpoint: Endpoint, cluster: KindCluster, course_registry: Registry) -> None:
    known = cluster_record.load()
    assert known
    assert cluster
    cluster_record.save(replace(known, uid="", nodes={}))
    narrator = Quiet()
    found = kind.up(endpoint, course_registry, narrator)
    assert found.uid != known.uid
    assert any("half made" in line for line in narrator.lines)


def test_gone_is_gone_and_right_twice(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> None:
    for _ in range(2):
        kind.delete(endpoint, course_registry.install, narrator)
    assert cluster_record.load() is None
    assert not kind_containers.of(endpoint, course_registry.install)


MAKER = """
from labrunner.environment import kind, registry, settings
from labrunner.narrate import Quiet
from labrunner.world import endpoint
outer, chosen = endpoint.reach(endpoint.resolve()), settings.load()
kind.up(outer, registry.up(outer, chosen.port, [], Quiet(), chosen.install), Quiet())
"""


def test_an_interrupted_making_leaves_nothing(endpoint: Endpoint, course_registry: Registry, narrator: Quiet) -> None:
    environment_image("node", narrator, endpoint.environ())
    nodes = partial(kind_containers.of, endpoint, course_registry.install)
    with subprocess.Popen([sys.executable, "-c", MAKER], stderr=subprocess.DEVNULL) as maker:
        appeared = wait.until(nodes, within=60)
        wait.pause(3)
        maker.send_signal(signal.SIGINT)
        maker.wait(timeout=120)
    assert appeared
    assert wait.until(lambda: not nodes(), within=20)
    assert cluster_record.load() is None
