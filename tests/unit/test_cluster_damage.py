"""When the course's cluster itself is to blame, and what is said then."""

from typing import Any

import pytest

from labrunner.environment import cluster_damage
from labrunner.environment.cluster_damage import Damaged
from labrunner.environment.cluster_record import CLIENT_NAMESPACE, CLIENT_POD, KindCluster
from labrunner.world.fake import FakeEngine

Raw = dict[str, Any]
CLUSTER = KindCluster("labrunner-abc", "kubeconfig", uid="U")
ROLES = ("control-plane", "worker", "worker2")


def raw(name: str, *, ready: bool = True, **metadata: Any) -> Raw:
    status = {"conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}]}
    return {"metadata": {"name": name, **metadata}, "status": status}


ENDED = {"status": {"phase": "Failed"}}


class Whole:
    """A cluster in which nothing is broken, to be broken."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.engine.image("node:1")
        nodes = {f"labrunner-abc-{role}": self.engine.container(f"labrunner-abc-{role}", "node:1") for role in ROLES}
        self.cluster = KindCluster("labrunner-abc", "kubeconfig", uid="U", nodes=nodes)
        self.objects: dict[tuple[str, str], list[Raw]] = {
            ("Namespace", ""): [raw("lab-x"), raw("kube-system")],
            ("Pod", CLIENT_NAMESPACE): [raw(CLIENT_POD)],
            ("Node", ""): [raw(f"labrunner-abc-{role}") for role in ROLES],
            ("Pod", "kube-system"): [raw(f"{name}-7d9c") for name in (*cluster_damage.SYSTEM, "etcd")],
        }

    def list(self, version: str, kind: str, namespace: str = "") -> tuple[list[Raw], str]:
        assert version == "v1"
        return self.objects[kind, namespace], "1"

    def said(self, *, nodes: bool = True) -> str:
        with pytest.raises(Damaged) as broken:
            self.demand(nodes=nodes)
        assert broken.value.exit_code == 3
        return f"{broken.value.message} → {broken.value.hint}"

    def demand(self, *, nodes: bool = True) -> None:
        cluster_damage.demand_whole(self.engine, self, self.cluster, lab="x", namespace="lab-x", nodes=nodes)


@pytest.fixture
def whole() -> Whole:
    return Whole()


def test_a_whole_cluster_is_not_to_blame(whole: Whole) -> None:
    whole.demand()


@pytest.mark.parametrize("status", ["exited", "paused", "dead"])
def test_a_node_that_does_not_run_is_named_with_what_brings_it_back(whole: Whole, status: str) -> None:
    whole.engine.objects["containers"][whole.cluster.node("worker2")]["State"]["Status"] = status
    assert whole.said() == f"the node worker2 of the course's cluster is {status} → labrunner start x brings it back"
    whole.demand(nodes=False)


def test_a_node_that_is_gone_comes_back_by_reset_alone(whole: Whole) -> None:
    whole.engine.remove("containers", whole.cluster.node("worker"))
    assert "worker of the course's cluster is gone" in whole.said()
    assert "labrunner reset" in whole.said()


def test_a_namespace_that_is_gone_or_going_is_said_of_every_lab(whole: Whole) -> None:
    whole.objects["Namespace", ""] = [raw("lab-x", deletionTimestamp="now")]
    assert "is being deleted" in whole.said(nodes=False)
    whole.objects["Namespace", ""] = [raw("lab-x-and-more")]
    assert "the lab's namespace lab-x is gone" in whole.said(nodes=False)


@pytest.mark.parametrize(
    "there", [[], [raw(CLIENT_POD, deletionTimestamp="now")], [raw(CLIENT_POD) | ENDED], [raw("another")]]
)
def test_without_the_client_nobody_can_ask(whole: Whole, there: list[Raw]) -> None:
    whole.objects["Pod", CLIENT_NAMESPACE] = there
    assert "labrunner start x makes it again" in whole.said()


def test_a_client_that_only_needs_a_moment_is_no_damage(whole: Whole) -> None:
    whole.objects["Pod", CLIENT_NAMESPACE] = [raw(CLIENT_POD, ready=False)]
    whole.demand()


@pytest.mark.parametrize("there", [[raw("labrunner-abc-worker", ready=False)], []])
def test_a_node_that_the_cluster_does_not_hear_is_named(whole: Whole, there: list[Raw]) -> None:
    whole.objects["Node", ""] = [whole.objects["Node", ""][0], *there, whole.objects["Node", ""][2]]
    assert "its node worker is not ready" in whole.said()


@pytest.mark.parametrize("name", cluster_damage.SYSTEM)
def test_what_of_the_system_has_no_ready_pod_is_named(whole: Whole, name: str) -> None:
    system = whole.objects["Pod", "kube-system"]
    whole.objects["Pod", "kube-system"] = [one for one in system if not one["metadata"]["name"].startswith(name)]
    assert f"no Pod of kube-system/{name} is ready" in whole.said()
    whole.objects["Pod", "kube-system"].append(raw(f"{name}-1", ready=False))
    assert f"kube-system/{name}" in whole.said()
    whole.objects["Pod", "kube-system"].append(raw(f"{name}-2"))
    whole.demand()


def test_what_a_lab_about_nodes_does_to_them_is_its_learners(whole: Whole) -> None:
    whole.objects["Node", ""] = []
    whole.objects["Pod", "kube-system"] = []
    whole.demand(nodes=False)
