"""Components of the cluster that are stopped, and come back: by whoever ends it, by the keeper, by the node itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner import atomic, wait
from labrunner.environment import (
    cluster_record,
    cluster_safety,
    cluster_sleep,
    component,
    node_traces,
    outage,
    outage_record,
)
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.kubectl import kubectl, read, ready
from labrunner.errors import Refused
from labrunner.narrate import Quiet
from labrunner.state import lock, outages
from labrunner.world import Cluster, Snapshot
from labrunner.world.endpoint import Endpoint

pytestmark = [pytest.mark.kind, pytest.mark.slow, pytest.mark.timeout(400)]

NAMESPACE = "lr-outages"


@pytest.fixture(scope="module", name="lab")
def _lab(endpoint: Endpoint, cluster: KindCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is written of a lab, as far as an outage needs it."""
    directory = tmp_path_factory.mktemp("lab")
    cluster_sleep.wake(endpoint, cluster)
    cluster_safety.namespace(endpoint, cluster, NAMESPACE)
    told = {"lab": "my-lab", "kubeconfig": cluster.kubeconfig, "namespace": NAMESPACE, "outages": []}
    atomic.write_json(directory / "lab.json", told)
    yield directory
    outage.over()
    cluster_safety.remove_namespace(endpoint, cluster, NAMESPACE)


@pytest.fixture(autouse=True)
def nothing_stays_stopped(endpoint: Endpoint, cluster: KindCluster) -> Iterator[None]:
    yield
    outage.over()
    assert outage_record.load() is None
    assert wait.until(lambda: cluster_sleep.is_awake(endpoint, cluster, None), within=60)
    parked = docker(
        endpoint, "exec", cluster.node("control-plane"), "sh", "-c", f"ls {component.PARKED} 2>/dev/null || true"
    )
    assert not parked.stdout.split()


def window(directory: Path) -> Snapshot:
    return Snapshot(cluster={"namespace": NAMESPACE, "kinds": [], "objects": []}, outages=outages.read(directory))


def kill_keeper() -> None:
    """Kill the process that looks meanwhile, as a machine that runs out of memory would."""
    asked = ["pgrep", "-f", "labrunner.environment.outage_keeper"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False)
    home = os.environ["LABRUNNER_HOME"].encode()
    for pid in listed.stdout.split():
        environ = Path(f"/proc/{pid}/environ")
        if environ.exists() and home in environ.read_bytes():
            os.kill(int(pid), signal.SIGKILL)
    assert wait.until(lambda: not lock.is_held(outage_record.keeper_lock()), within=10)


def test_what_is_seen_while_the_api_server_is_stopped_is_judged_afterwards(
    endpoint: Endpoint, cluster: KindCluster, lab: Path
) -> None:
    outage.begin(endpoint, "kube-apiserver", "", 5, lab)
    assert not ready(endpoint, cluster)
    assert wait.until(lambda: bool(outages.read(lab)[-1]["looks"]), within=20)
    with pytest.raises(Refused, match="kube-apiserver is stopped already"):
        outage.begin(endpoint, "kube-scheduler", "", 5, lab)
    with pytest.raises(Refused, match="my-lab has stopped kube-apiserver"):
        outage.demand_none(Quiet())
    assert outage.over() == "kube-apiserver"
    assert ready(endpoint, cluster)
    assert Cluster(window(lab)).outage("kube-apiserver").api.value == ["silent"]


def test_a_pod_waits_for_a_node_while_the_scheduler_is_stopped(
    endpoint: Endpoint, cluster: KindCluster, lab: Path
) -> None:
    outage.begin(endpoint, "kube-scheduler", "", 5, lab)
    image = "registry.k8s.io/pause:3.10"  # a part of every node
    kubectl(endpoint, cluster, "-n", NAMESPACE, "run", "lr-lonely", f"--image={image}", "--restart=Never")
    wait.pause(3)
    outage.over()
    seen = (
        Cluster(window(lab))
        .outage("kube-scheduler")
        .each(lambda look: [pod["spec"]["nodeName"] for pod in look["pods"] or []] or None, "nodes of Pods")
    )
    assert seen.value == [[None]]
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/lr-lonely"
    assert wait.until(lambda: bool(read(endpoint, cluster, path)["spec"].get("nodeName")), within=30)


def test_the_node_itself_brings_back_what_everybody_who_could_was_killed_for(
    endpoint: Endpoint, cluster: KindCluster, lab: Path
) -> None:
    outage.begin(endpoint, "kube-controller-manager", "", 0.4, lab)
    kill_keeper()
    node, gone = cluster.node("control-plane"), component.COMPONENTS["kube-controller-manager"].gone
    assert docker(endpoint, "exec", node, "sh", "-c", gone, may_fail=True).ok
    back = lambda: not docker(endpoint, "exec", node, "sh", "-c", gone, may_fail=True).ok  # noqa: E731
    assert wait.until(back, within=60, every=1)
    assert outage.mend() == "kube-controller-manager"  # and the next command tidies up


def test_a_keeper_brings_a_kubelet_back_in_time(endpoint: Endpoint, cluster: KindCluster, lab: Path) -> None:
    outage.begin(endpoint, "kubelet", "worker2", 0.1, lab)
    asked = ("exec", cluster.node("worker2"), "systemctl", "is-active", "kubelet")
    assert docker(endpoint, *asked, may_fail=True).stdout.strip() == "inactive"
    assert wait.until(lambda: outage_record.load() is None, within=120, every=0.5)
    assert docker(endpoint, *asked).stdout.strip() == "active"


def test_a_node_that_was_stopped_comes_back_by_the_next_command(
    endpoint: Endpoint, cluster: KindCluster, lab: Path
) -> None:
    outage.begin(endpoint, "node", "worker2", 5, lab)
    assert cluster_sleep.states(endpoint, cluster)[f"{cluster.name}-worker2"] == "exited"
    kill_keeper()
    assert outage.mend() == "node"
    assert cluster_sleep.states(endpoint, cluster)[f"{cluster.name}-worker2"] == "running"


def test_ctrl_c_while_a_component_is_being_stopped_puts_it_back(
    endpoint: Endpoint, cluster: KindCluster, lab: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from labrunner.environment import outage; "
        "from labrunner.world import endpoint as e; "
        "outage.begin(e.reach(sys.argv[1]), 'kube-scheduler', '', 5, Path(sys.argv[2]))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, endpoint.url, str(lab)], stderr=subprocess.DEVNULL)
    assert wait.until(lambda: outage_record.load() is not None, within=30, every=0.05)
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=200) != 0
    assert outage_record.load() is None
    assert ready(endpoint, cluster)


def test_ctrl_c_as_an_outage_is_written_down_leaves_none(
    endpoint: Endpoint, cluster: KindCluster, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(record: outage_record.Open, save: Callable[[outage_record.Open], None] = outage_record.save) -> None:
        save(record)
        raise KeyboardInterrupt

    monkeypatch.setattr(outage_record, "save", written)
    with pytest.raises(KeyboardInterrupt):
        outage.begin(endpoint, "kube-scheduler", "", 5, lab)
    assert outage_record.load() is None
    assert ready(endpoint, cluster)


def test_what_a_lesson_leaves_on_the_nodes_is_taken_away(endpoint: Endpoint, cluster: KindCluster) -> None:
    node = f"{cluster.name}-worker"
    kubectl(endpoint, cluster, "cordon", node)
    docker(endpoint, "exec", cluster.node("worker"), "touch", f"{component.MANIFESTS}/lr-x.txt")
    assert node_traces.left(endpoint, cluster) == ["worker: lr-x.txt", "worker: cordoned"]
    node_traces.clear(endpoint, cluster)
    node_traces.clear(endpoint, cluster)
    assert node_traces.left(endpoint, cluster) == []
    assert cluster_record.load() is not None
