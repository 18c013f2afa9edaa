"""Why no node takes a Pod: by the nodes as they are, and by the scheduler's words."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.why import clock, node_fit, quantity
from labrunner.words import speak
from tests.cluster_objects import Raw, codes, container, first, node, pod, thing, unscheduled, why

SELECTOR = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes"
CPU = "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes"
CORDON = "node.kubernetes.io/unschedulable:NoSchedule"


def asks(**requests: str) -> Raw:
    return {"containers": [container(resources={"requests": requests})]}


def affinity(*expressions: Raw) -> Raw:
    terms = {"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def refused(message: str, *nodes: Raw, spec: Raw | None = None, others: tuple[Raw, ...] = ()) -> Any:
    return why("Pod/web-1", unscheduled("web-1", message, spec=spec), *others, around=list(nodes))


def test_more_than_the_largest_node_has_names_both() -> None:
    found = refused(CPU, node("n1"), node("n2", cpu="4"), spec=asks(cpu="6"))
    assert codes(found) == ["unschedulable-cpu"]
    assert "6 CPU" in first(found).sentence
    assert "4 CPU" in first(found).sentence
    assert first(found).words == ("0/2 nodes are available: 2 Insufficient cpu.",)


def test_what_others_have_taken_is_told_apart_from_what_nobody_has() -> None:
    taken = refused(CPU, node("n1"), spec=asks(cpu="1500m"))
    assert "left" in first(taken).sentence
    assert "1.5 CPU" in first(taken).sentence


def test_memory_and_other_resources_have_their_codes() -> None:
    memory = refused("0/1 nodes are available: 1 Insufficient memory.", node("n1"), spec=asks(memory="8Gi"))
    assert codes(memory) == ["unschedulable-memory"]
    assert "8 GiB" in first(memory).sentence
    card = refused("0/1 nodes are available: 1 Insufficient nvidia.com/gpu.", node("n1"), spec=asks(cpu="1"))
    assert codes(card) == ["unschedulable-resource"]


def test_a_selector_that_no_node_has_is_spelled_out() -> None:
    found = refused(SELECTOR, node("n1", disk="slow"), spec={"nodeSelector": {"disk": "fast"}})
    assert codes(found) == ["unschedulable-selector"]
    assert "disk=fast" in first(found).sentence
    assert first(found).see == "kubectl get nodes --show-labels"


def test_two_things_in_the_way_are_both_told() -> None:
    spec = {"nodeSelector": {"disk": "fast"}, **asks(cpu="600")}
    assert codes(refused(SELECTOR, node("n1"), spec=spec)) == ["unschedulable-selector", "unschedulable-cpu"]


def test_an_affinity_is_read_like_a_selector() -> None:
    spec = affinity({"key": "zone", "operator": "In", "values": ["a", "b"]})
    found = refused(SELECTOR, node("n1", zone="c"), spec=spec)
    assert codes(found) == ["unschedulable-selector"]
    assert "zone In (a, b)" in first(found).sentence


def test_the_taint_of_the_nodes_that_fit_is_the_cause_and_not_that_of_the_others() -> None:
    message = "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) didn't match Pod's node affinity"
    nodes = (node("n1", disk="fast", taints=["team:NoSchedule"]), node("n2"))
    found = refused(message, *nodes, spec={"nodeSelector": {"disk": "fast"}})
    assert codes(found) == ["unschedulable-taint"]
    assert "n1" in first(found).sentence
    assert first(found).words[0] == "team:NoSchedule"
    spared = "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 Insufficient cpu."
    assert codes(refused(spared, node("n1", taints=["team:NoSchedule"]), node("n2"), spec=asks(cpu="1"))) == [
        "unschedulable-cpu"
    ]


@pytest.mark.parametrize(
    ("taint", "code"),
    [
        (CORDON, "node-cordoned"),
        ("node.kubernetes.io/not-ready:NoSchedule", "node-not-ready"),
        ("node.kubernetes.io/disk-pressure:NoSchedule", "node-pressure"),
    ],
)
def test_taints_that_say_how_a_node_is_lead_to_the_node(taint: str, code: str) -> None:
    cause = first(refused("0/1 nodes are available: 1 node(s) had untolerated taint(s).", node("n1", taints=[taint])))
    assert (cause.code, cause.subject, cause.path) == (code, "Node/n1", ("Pod/web-1", "Node/n1"))
    assert "-n lab" not in cause.see


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("1 Too many pods", "unschedulable-pods"),
        ("1 node(s) didn't have free ports for the requested pod ports", "unschedulable-port"),
        ("1 node(s) didn't find available persistent volumes to bind", "unschedulable-volume"),
        ("1 node(s) had volume node affinity conflict", "unschedulable-volume"),
        ("1 node(s) didn't match pod anti-affinity rules", "unschedulable-affinity"),
        ("1 node(s) didn't match pod topology spread constraints", "unschedulable-spread"),
        ("1 node(s) were in a bad mood", "unschedulable"),
    ],
)
def test_what_only_the_scheduler_knows_is_told_in_its_words(words: str, code: str) -> None:
    found = refused(f"0/1 nodes are available: {words}. preemption: none.", node("n1"))
    assert codes(found) == [code]
    assert words in first(found).words[0]
    assert "preemption" not in first(found).words[0]


def test_a_claim_that_was_named_is_not_named_again_as_a_refusal() -> None:
    spec = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
    message = '0/1 nodes are available: persistentvolumeclaim "data" not found. not found'
    assert codes(refused(message, node("n1"), spec=spec)) == ["claim-absent"]


def test_a_gate_is_named() -> None:
    gated = {"containers": [container()], "schedulingGates": [{"name": "example.com/wait"}]}
    found = refused("Scheduling is blocked due to non-empty scheduling gates", node("n1"), spec=gated)
    assert codes(found) == ["scheduling-gated"]
    assert "example.com/wait" in first(found).sentence


def test_without_nodes_the_schedulers_words_have_to_do() -> None:
    assert codes(refused(SELECTOR, spec={"nodeSelector": {"disk": "fast"}})) == ["unschedulable-selector"]
    assert codes(refused(CPU, spec=asks(cpu="1"))) == ["unschedulable-cpu"]


def test_a_pod_that_has_not_been_tried_is_on_its_way() -> None:
    raw = pod("web-1", scheduled="")
    raw["metadata"]["creationTimestamp"] = "2026-11-23T11:59:58Z"
    assert why("Pod/web-1", raw).moving


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [
        ("In", ["3", "4"], ["3"]),
        ("NotIn", ["3"], ["7", None]),
        ("Exists", [], ["3", "7"]),
        ("DoesNotExist", [], [None]),
        ("Gt", ["5"], ["7"]),
        ("Lt", ["5"], ["3"]),
    ],
)
def test_every_operator_of_an_affinity_is_understood(operator: str, values: list[str], fits: list[str | None]) -> None:
    spec = affinity({"key": "size", "operator": operator, "values": values})
    nodes = {"3": node("a", size="3"), "7": node("b", size="7"), None: node("c")}
    assert [size for size, one in nodes.items() if node_fit.matches(spec, one)] == fits


def test_a_node_is_matched_by_its_name_too() -> None:
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]}
    wanted = {"nodeSelectorTerms": [term]}
    spec = {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": wanted}}}
    assert [node_fit.matches(spec, node(name)) for name in ("n1", "n2")] == [False, True]


@pytest.mark.parametrize(
    ("toleration", "left"),
    [
        ({"operator": "Exists"}, 0),
        ({"key": "team", "operator": "Exists"}, 0),
        ({"key": "team", "value": "a"}, 0),
        ({"key": "team", "value": "b"}, 1),
        ({"key": "team", "value": "a", "effect": "NoExecute"}, 1),
        ({"key": "other", "operator": "Exists"}, 1),
    ],
)
def test_a_taint_is_tolerated_as_kubernetes_has_it(toleration: Raw, left: int) -> None:
    raw = thing("Node", "n", spec={"taints": [{"key": "team", "value": "a", "effect": "NoSchedule"}]})
    assert len(node_fit.taints({"tolerations": [toleration]}, raw)) == left


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("500m", Fraction(1, 2)),
        ("2", Fraction(2)),
        ("1Ki", Fraction(1024)),
        ("1e3", Fraction(1000)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("x", 0),
        (None, 0),
        ("3Qi", 0),
        ("1.2.3", 0),
    ],
)
def test_quantities_are_read(text: object, worth: Fraction) -> None:
    assert quantity.amount(text) == worth


@given(st.integers(0, 10**6), st.sampled_from(["m", "", "k", "Ki", "Mi", "Gi"]))
def test_a_larger_number_is_a_larger_quantity(number: int, unit: str) -> None:
    assert quantity.amount(f"{number + 1}{unit}") > quantity.amount(f"{number}{unit}") >= 0


def test_limits_stand_for_requests_that_are_not_said_and_the_greediest_init_counts() -> None:
    spec = {
        "containers": [
            container("a", resources={"limits": {"cpu": "1"}}),
            container("b", resources={"requests": {"cpu": "500m"}, "limits": {"cpu": "4"}}),
        ],
        "initContainers": [container("i", resources={"requests": {"cpu": "3"}})],
    }
    assert quantity.requested(spec, "cpu") == Fraction(3)
    assert quantity.requested({"containers": spec["containers"]}, "cpu") == Fraction(3, 2)


@pytest.mark.parametrize(
    ("amount", "resource", "text"),
    [
        (2**30 * 3 // 2, "memory", "1.5 GiB of memory"),
        (2**20, "memory", "1 MiB of memory"),
        (2, "cpu", "2 CPU"),
        (2, "example.com/dongle", "2 example.com/dongle"),
    ],
)
def test_amounts_are_written_as_people_read_them(amount: int, resource: str, text: str) -> None:
    assert quantity.written(Fraction(amount), resource) == text


def test_a_time_that_is_missing_was_long_ago() -> None:
    assert clock.seconds("2026-11-23T12:00:00Z", "2026-11-23T12:00:07+00:00") == 7
    assert clock.seconds(None, "2026-11-23T12:00:07+00:00") == float("inf")
    assert clock.seconds("2026-11-23T12:00:00", "2026-11-23T12:00:07Z") == 7


def test_in_chinese_too() -> None:
    speak("zh")
    found = refused(CPU, node("n1"), spec=asks(cpu="6"))
    assert "超过了任何节点" in first(found).sentence
    assert first(found).words[0].startswith("0/2 nodes")
