"""What is looked at more closely, and what of it is asked; over a cluster that answers from memory."""

from typing import Any

import pytest

from labrunner.errors import ClusterDown
from labrunner.world import cluster_closer, pod_listening
from labrunner.world.cluster_closer import closer, unwell
from labrunner.world.cluster_survey import survey

Raw = dict[str, Any]
UID = "7a93f093-6cdc-4203-947b-9a06365f586b"


def raw(kind: str, name: str, spec: Raw | None = None, status: Raw | None = None, **metadata: Any) -> Raw:
    return {"kind": kind, "metadata": {"name": name, **metadata}, "spec": spec or {}, "status": status or {}}


def pod(name: str, *statuses: Raw, owner: str = "", ready: str = "False", **spec: Any) -> Raw:
    owners = [{"uid": owner}] if owner else []
    status = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": ready}],
        "containerStatuses": list(statuses),
    }
    return raw("Pod", name, {"nodeName": "n1", **spec}, status, ownerReferences=owners, uid=UID)


CRASHED = {
    "name": "main",
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 1}},
}
RESTARTED = {"name": "main", "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1}}, "ready": False}
WELL = {"name": "main", "state": {"running": {}}, "ready": True}
LAGS = {"name": "main", "state": {"running": {}}, "ready": False}
PULLS = {"name": "main", "state": {"waiting": {"reason": "ImagePullBackOff"}}}


class Memory:
    """A cluster of a few objects in several namespaces, that remembers which logs it was asked for."""

    def __init__(self, **spaces: list[Raw]) -> None:
        self.spaces = spaces
        self.asked: list[tuple[str, str, bool]] = []
        self.refused: tuple[str, ...] = ()

    def objects(self, namespace: str) -> list[Raw]:
        return self.spaces.get(namespace, [])

    def around(self) -> list[Raw]:
        return [raw("Node", "n1"), raw("Node", "n2", {}, {"conditions": [{"type": "Ready", "status": "Unknown"}]})]

    def list(self, _version: str, kind: str, _namespace: str = "") -> tuple[list[Raw], str]:
        if kind in self.refused:
            raise ClusterDown("no")
        found = [
            {**one, "metadata": {**one["metadata"], "namespace": space}}
            for space, objects in self.spaces.items()
            for one in objects
            if one["kind"] == kind
        ]
        return found, "1"

    def pod_log(self, _namespace: str, pod: str, container: str, *, previous: bool = False) -> str:
        self.asked.append((pod, container, previous))
        return f"last words of {pod}"


def looked(memory: Any, subject: str = "") -> Raw:
    return closer({"namespace": "shop", "objects": memory.objects("shop")}, memory, subject=subject)


def test_the_last_lines_are_those_of_the_run_that_ended() -> None:
    memory = Memory(shop=[pod("a", CRASHED), pod("b", RESTARTED), pod("c", LAGS), pod("d", WELL), pod("e", PULLS)])
    found = looked(memory)
    assert sorted(memory.asked) == [("a", "main", False), ("b", "main", True), ("c", "main", False)]
    assert found["logs"]["a/main"] == "last words of a"


def test_a_lost_node_is_not_asked_for_logs() -> None:
    memory = Memory(shop=[pod("a", CRASHED, nodeName="n2"), pod("b", CRASHED)])
    assert looked(memory)["logs"].keys() == {"b/main"}


def test_pods_that_fail_alike_are_asked_once_and_no_more_than_a_few_are() -> None:
    alike = Memory(shop=[pod(f"web-{n}", CRASHED, owner="rs") for n in range(5)])
    looked(alike)
    assert len(alike.asked) == 1
    many = Memory(shop=[pod(f"web-{n}", CRASHED) for n in range(50)])
    looked(many)
    assert len(many.asked) == cluster_closer.LOGS


def test_what_is_named_and_not_there_is_looked_for_in_other_namespaces() -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"backend": backend}]}}]
    needs = {"containers": [{"envFrom": [{"configMapRef": {"name": "flavours"}}]}]}
    memory = Memory(
        shop=[
            raw("Ingress", "web", {"rules": rules, "tls": [{"secretName": "keys"}]}),
            raw("HorizontalPodAutoscaler", "web", {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}),
            pod("p", WELL, **needs),
        ],
        kiosk=[raw("Service", "web"), raw("Secret", "keys"), raw("Deployment", "web"), raw("ConfigMap", "flavours")],
    )
    everything = {"Service/web", "Secret/keys", "Deployment/web", "ConfigMap/flavours"}
    assert looked(memory)["elsewhere"] == {key: ["kiosk"] for key in everything}
    memory.refused = ("Secret",)
    assert looked(memory)["elsewhere"].keys() == everything - {"Secret/keys"}


def test_the_object_asked_about_is_looked_for_only_where_it_is_not_here() -> None:
    memory = Memory(shop=[raw("Service", "here")], kiosk=[raw("Service", "here"), raw("Service", "there")])
    assert looked(memory, "Service/there")["elsewhere"] == {"Service/there": ["kiosk"]}
    assert looked(memory, "Service/here")["elsewhere"] == {}


def test_a_survey_of_a_namespace_reads_that_namespace() -> None:
    memory: Any = Memory(shop=[raw("Service", "here")], kiosk=[raw("Service", "there")])
    read = survey(memory, "shop", subject="Namespace/kiosk").cluster
    assert read is not None
    assert read["namespace"] == "kiosk"
    assert [one["metadata"]["name"] for one in read["objects"]] == ["there"]
    assert {"Service", "Node"} <= set(read["kinds"])


@pytest.mark.parametrize(
    ("given", "is_unwell"),
    [
        (pod("a", WELL, ready="True"), False),
        (pod("a", LAGS), True),
        (raw("Deployment", "a", {"replicas": 2}, {"readyReplicas": 2}), False),
        (raw("Deployment", "a", {"replicas": 2}, {"readyReplicas": 1}), True),
        (raw("DaemonSet", "a", {}, {"desiredNumberScheduled": 2, "numberReady": 1}), True),
        (raw("Service", "a", {"type": "ClusterIP"}), False),
        (raw("Service", "a", {"type": "LoadBalancer"}), True),
        (raw("PersistentVolumeClaim", "a", {}, {"phase": "Pending"}), True),
        (raw("HorizontalPodAutoscaler", "a", {}, {"conditions": [{"type": "ScalingActive", "status": "False"}]}), True),
        (raw("Job", "a", {}, {"conditions": [{"type": "Complete", "status": "True"}]}), False),
        (raw("Job", "a", {}, {"conditions": [{"type": "Failed", "status": "True"}]}), True),
        ({**raw("EndpointSlice", "a"), "endpoints": []}, True),
        (raw("ConfigMap", "a"), False),
    ],
)
def test_what_is_not_well_by_its_own_status(given: Raw, is_unwell: bool) -> None:  # noqa: FBT001
    assert unwell([given]) is is_unwell


TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
"""


class Nodes:
    """A daemon with one container, which is the node n1 or is only called so."""

    def __init__(self, address: str = "172.18.0.3", said: str = "", **labels: str) -> None:
        self.address, self.said, self.labels = address, said, labels
        self.asked: list[str] = []

    def inspect(self, _kind: str, name: str) -> Raw | None:
        networks = {"kind": {"IPAddress": self.address}}
        found = {"Id": "x", "Config": {"Labels": self.labels}, "NetworkSettings": {"Networks": networks}}
        return found if name == "n1" else None

    def ask_inside(self, _container: str, command: str, *, limit: float) -> Raw:
        assert limit <= pod_listening.LIMIT
        self.asked.append(command)
        return {"stdout": self.said, "stderr": "", "exit_code": 0}


KIND = {"io.x-k8s.kind.cluster": "labrunner"}
NODE = raw("Node", "n1", {}, {"addresses": [{"type": "InternalIP", "address": "172.18.0.3"}]})
OTHER_NODE = raw("Node", "n2", {}, {"addresses": [{"type": "InternalIP", "address": "172.18.0.4"}]})


@pytest.mark.parametrize("written", [UID, UID.replace("-", "_")], ids=["cgroupfs", "systemd"])
def test_who_listens_is_told_by_pod(written: str) -> None:
    engine: Any = Nodes(said=f"pod{written}\n{TABLE}", **KIND)
    assert pod_listening.ports(engine, [pod("a", WELL)], [NODE]) == ({"a": [80]}, {"a": [8080]})
    assert "7a93f093[-_]6cdc" in engine.asked[0]


def test_who_listens_is_not_known_where_the_node_is_no_container_of_this_daemon() -> None:
    said = f"pod{UID}\n{TABLE}"
    for engine in (Nodes(said=said), Nodes("10.0.0.1", said, **KIND)):
        asked: Any = engine
        assert pod_listening.ports(asked, [pod("a", WELL)], [NODE]) == ({}, {})
        assert not engine.asked
    there: Any = Nodes(said=said, **KIND)
    assert pod_listening.ports(there, [pod("a", WELL, nodeName="n2")], [NODE, OTHER_NODE]) == ({}, {})


def test_a_pod_in_the_nodes_own_network_is_not_asked_about() -> None:
    engine: Any = Nodes(said=f"pod{UID}\n{TABLE}", **KIND)
    assert pod_listening.ports(engine, [pod("a", WELL, hostNetwork=True)], [NODE]) == ({}, {})
    assert not engine.asked


def test_a_pod_of_which_no_table_was_seen_is_not_known() -> None:
    engine: Any = Nodes(said=f"pod{UID}\n", **KIND)
    assert pod_listening.ports(engine, [pod("a", WELL)], [NODE]) == ({}, {})
