"""What is ours on a machine keeps to its bounds, and says nothing to the network around it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from labrunner import wait
from labrunner.environment import cluster_safety, namespace_bounds
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker, labelled
from labrunner.environment.kubectl import kubectl, read
from labrunner.environment.registry import Registry
from labrunner.environment.settings import Settings
from labrunner.world.endpoint import Endpoint

pytestmark = [pytest.mark.kind, pytest.mark.slow, pytest.mark.timeout(600)]
SPACE = "lr-limits"
HERE = ("-n", SPACE)
HOLDS = "i=0; while [ $i -lt 700 ]; do sleep 60 & i=$((i+1)); done; echo all of them"


@pytest.fixture(scope="module")
def bounded(endpoint: Endpoint, cluster: KindCluster) -> Iterator[KindCluster]:
    """The session's cluster, with a namespace as labs have it."""
    cluster_safety.namespace(endpoint, cluster, SPACE)
    for _ in range(2):
        namespace_bounds.bound(endpoint, cluster, SPACE)
    yield cluster
    kubectl(endpoint, cluster, "delete", "namespace", SPACE, "--wait=false")


def pod(endpoint: Endpoint, cluster: KindCluster, name: str) -> dict[str, Any]:
    return read(endpoint, cluster, f"/api/v1/namespaces/{SPACE}/pods/{name}")


def ended(endpoint: Endpoint, cluster: KindCluster, name: str) -> dict[str, Any]:
    """Wait until the Pod's container has ended, and return how."""

    def how() -> dict[str, Any]:
        states = pod(endpoint, cluster, name)["status"].get("containerStatuses") or [{}]
        found: dict[str, Any] = states[0].get("state", {}).get("terminated") or {}
        return found

    wait.until(lambda: bool(how()), within=60, every=0.3)
    return how()


def test_a_static_pod_runs_in_a_namespace_that_is_bounded_for_it_and_pends_for_ever_in_another(
    endpoint: Endpoint, bounded: KindCluster, course_registry: Registry
) -> None:
    space, node = "lr-static", bounded.node("worker")
    file = f"/etc/kubernetes/manifests/{space}.yaml"
    image = f"localhost:{course_registry.port}/client:1"
    cluster_safety.namespace(endpoint, bounded, space)
    try:
        for there, static in ((SPACE, False), (space, True)):
            namespace_bounds.bound(endpoint, bounded, space)  # as an older release has left it
            namespace_bounds.bound(endpoint, bounded, space, static_pods=static)
            spec = {"containers": [{"name": "c", "image": image, "command": ["sleep", "1000"]}]}
            made = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lr-s", "namespace": there}, "spec": spec}
            docker(endpoint, "exec", node, "sh", "-c", f"echo '{json.dumps(made)}' > {file}")
            name = f"lr-s-{bounded.name}-worker"

            def phase(there: str = there, name: str = name) -> str:
                found = read(endpoint, bounded, f"/api/v1/namespaces/{there}/pods/{name}")
                return str((found.get("status") or {}).get("phase", ""))

            assert wait.until(lambda: phase() == "Running", within=40 if static else 12, every=0.5) is static, phase()
            assert phase() in {"Running", "Pending"}
    finally:
        docker(endpoint, "exec", node, "rm", "-f", file)
        cluster_safety.remove_namespace(endpoint, bounded, space)


def test_every_port_of_ours_is_on_loopback(
    endpoint: Endpoint, cluster: KindCluster, course_registry: Registry, chosen: Settings
) -> None:
    own = {found["Id"] for found in labelled(endpoint, "containers", chosen.install)} | set(cluster.nodes.values())
    assert {course_registry.container_id, *cluster.nodes.values()} <= own
    chosen_format = "{{json .NetworkSettings.Ports}}"
    ports = [json.loads(docker(endpoint, "inspect", "--format", chosen_format, one).stdout) or {} for one in own]
    published = [binding["HostIp"] for each in ports for bindings in each.values() for binding in bindings or []]
    assert len(published) >= 4, "the registry, the API server, and two for Ingress"
    assert set(published) == {"127.0.0.1"}


def test_a_container_that_says_nothing_gets_memory_and_no_processor(
    endpoint: Endpoint, bounded: KindCluster, course_registry: Registry
) -> None:
    image = f"localhost:{course_registry.port}/client:1"
    kubectl(endpoint, bounded, *HERE, "run", "lr-plain", f"--image={image}", "--", "sleep", "600")
    given = pod(endpoint, bounded, "lr-plain")["spec"]["containers"][0]["resources"]
    assert given == {"limits": {"memory": "512Mi"}, "requests": {"memory": "16Mi"}}, (
        "an autoscaler's percentages are CPU"
    )


def test_who_eats_too_much_and_who_forks_without_end_ends_alone(
    endpoint: Endpoint, bounded: KindCluster, course_registry: Registry
) -> None:
    for name, script in (("lr-eats", "tail /dev/zero"), ("lr-forks", HOLDS)):
        image = f"--image=localhost:{course_registry.port}/client:1"
        kubectl(endpoint, bounded, *HERE, "run", name, image, "--restart=Never", "--", "sh", "-c", script)
    assert ended(endpoint, bounded, "lr-eats")["exitCode"] == 137
    assert ended(endpoint, bounded, "lr-forks")["exitCode"] != 0
    said = kubectl(endpoint, bounded, *HERE, "logs", "lr-forks").stdout
    assert "fork" in said
    assert "all of them" not in said


def test_more_than_the_quota_is_refused(endpoint: Endpoint, bounded: KindCluster) -> None:
    many = ("create", "deployment", "lr-many", "--image=none", "--replicas=50")
    wanted = json.loads(kubectl(endpoint, bounded, *HERE, *many, "--dry-run=client", "-o", "json").stdout)
    wanted["spec"]["template"]["spec"]["nodeSelector"] = {"no": "such-node"}  # which costs the machine nothing
    kubectl(endpoint, bounded, *HERE, "create", "-f", "-", stdin=json.dumps(wanted))
    quota = f"/api/v1/namespaces/{SPACE}/resourcequotas/{namespace_bounds.NAME}"

    def used() -> str:
        return str(read(endpoint, bounded, quota)["status"]["used"]["pods"])

    assert wait.until(lambda: used() == namespace_bounds.HARD["pods"], within=60, every=0.3), used()

    def refused() -> bool:
        asked = ("get", "replicasets", "-o", "jsonpath={.items[*].status.conditions[*].message}")
        return "exceeded quota: labrunner" in kubectl(endpoint, bounded, *HERE, *asked).stdout

    assert wait.until(refused, within=30, every=0.3)
    kubectl(endpoint, bounded, *HERE, "delete", "deployment", "lr-many", "--wait=false")


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ({"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]}, "privileged"),
        ({"hostNetwork": True, "containers": [{"name": "a", "image": "a"}]}, "host namespaces"),
        (
            {
                "containers": [{"name": "a", "image": "a"}],
                "volumes": [{"name": "root", "hostPath": {"path": "/"}}],
            },
            "hostPath",
        ),
    ],
    ids=["privileged", "host-network", "host-path"],
)
def test_a_pod_that_reaches_for_the_node_is_refused(
    endpoint: Endpoint, bounded: KindCluster, spec: dict[str, Any], word: str
) -> None:
    wanted = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lr-reaches"}, "spec": spec}
    ask = ("create", "--dry-run=server", "-f", "-")
    refused = kubectl(endpoint, bounded, *HERE, *ask, stdin=json.dumps(wanted), may_fail=True)
    assert not refused.ok
    assert f'PodSecurity "baseline:{cluster_safety.STANDARD}"' in refused.stderr
    assert word in refused.stderr


def test_a_lab_that_says_why_may_have_a_privileged_namespace(endpoint: Endpoint, cluster: KindCluster) -> None:
    cluster_safety.namespace(endpoint, cluster, "lr-free", "privileged")
    spec = {"hostNetwork": True, "containers": [{"name": "a", "image": "a"}]}
    wanted = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lr-reaches"}, "spec": spec}
    kubectl(endpoint, cluster, "-n", "lr-free", "create", "--dry-run=server", "-f", "-", stdin=json.dumps(wanted))
    kubectl(endpoint, cluster, "delete", "namespace", "lr-free", "--wait=false")


def test_the_standard_is_that_of_the_clusters_release(endpoint: Endpoint, cluster: KindCluster) -> None:
    version = read(endpoint, cluster, "/version")
    assert f"v{version['major']}.{version['minor']}" == cluster_safety.STANDARD
