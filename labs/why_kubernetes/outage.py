"""A node is lost without a word: what that costs, and who runs the Pods meanwhile."""

from typing import Any

from labrunner import Answer, Cluster, Fact, HandIn, expect

from .ground import lab, manifest, status
from .healing import probes, self_heal
from .nodes import drain

PATIENT = """      tolerations:
      - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
      - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
"""
NIGHT = f"{manifest('lr-night', replicas=4, pod=PATIENT)}{status('lr-night')}"
LOST, OVER = "labrunner outage node --node worker2", "labrunner outage --over"
COUNTED = HandIn("$(kubectl exec lr-shopper -- losses lr-night)")
PATCHED = """kubectl patch deployment lr-night --patch '
spec: {template: {spec: {tolerations: [
  {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 10},
  {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}]}}}'"""

node_lost = lab.step(
    "node-lost",
    minutes=9,
    undoes=(self_heal, probes, drain),  # with the node, its Pods are lost, whoever's they are
    solve=(
        f"{NIGHT}\nsleep 3\n{LOST}\nsleep 40\n{status('lr-night')}\n{OVER}\n{status('lr-night')}",
        COUNTED,
    ),
    also={
        "patched": (
            (
                f"{manifest('lr-night', replicas=4)}{PATCHED}\n{status('lr-night')}\n"
                f"sleep 3\n{LOST}\nsleep 45\n{OVER}\n{status('lr-night')}"
            ),
            COUNTED,
        ),
    },
)
node_lost.outage("node", minutes=4)
night_losses = node_lost.probe("losses lr-night 400", pod="lr-shopper")


def elsewhere(look: Any) -> int | None:
    """Return how many Pods of lr-night were ready on nodes that were there; None before a node was seen to be gone."""
    away = [role for role, state in (look["nodes"] or {}).items() if state != "True"]
    if not away:
        return None
    return sum(1 for pod in look["pods"] or [] if _ready(pod) and not _on(pod, away))


def _ready(pod: Any) -> bool:
    there = pod["metadata"]["name"].startswith("lr-night-") and "deletionTimestamp" not in pod["metadata"]
    states = (pod["status"] or {}).get("containerStatuses") or []
    return there and bool(states) and all(one["ready"] for one in states)


def _on(pod: Any, roles: list[str]) -> bool:
    return any(str(pod["spec"]["nodeName"]).endswith(f"-{role}") for role in roles)


@node_lost.check(
    wrong={
        "as-patient-as-ever": f"{manifest('lr-night', replicas=4)}{status('lr-night')}\n{LOST}\nsleep 40\n{OVER}",
    },
)
def four_ran_elsewhere_while_the_node_was_lost(cluster: Cluster) -> None:
    seen = cluster.outage("node").each(elsewhere, "Pods that were ready elsewhere")
    expect(seen.map(lambda found: max([one or 0 for one in found], default=0), "at most")).at_least(4)


@node_lost.check(wrong={"none": HandIn("0")}, within=30)
def losses_are_counted_and_every_node_is_back(cluster: Cluster, night_losses: Answer, answer: Fact[str]) -> None:
    # More may be lost after they were counted: what was true at some time is right.
    expect(answer).is_in([one for one in (night_losses.stdout.value or "").split() if one != "0"])
    expect(cluster.outage("node").is_over).equals(True)
    away = [one["metadata"]["name"] for one in cluster.of_kind("Node") if not is_ready(one)]
    expect(Fact(away, "nodes that are not ready", "kubectl get nodes")).equals([])
    expect(cluster.deployment("lr-night").ready_replicas).equals(4)


def is_ready(node: Any) -> bool:
    """Tell whether a node is ready."""
    return any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])
