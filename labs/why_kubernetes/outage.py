"""A node is lost without a word: what that costs, and who runs the Pods meanwhile."""

from typing import Any

from labrunner import Answer, Cluster, Fact, HandIn, ever, expect

from .ground import lab, manifest, status
from .nodes import disrupted

LOST = "DeletionByTaintManager"
"""Why a Pod is taken away, in the words of its condition DisruptionTarget."""
PATIENT = """      tolerations:
      - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
      - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
"""
NIGHT = f"{manifest('lr-night', replicas=4, pod=PATIENT)}{status('lr-night')}"
OUTAGE = "labrunner outage node --node worker2"
OVER = "labrunner outage --over"

node_lost = lab.step(
    "node-lost",
    minutes=9,
    solve=(
        f"{NIGHT}\nsleep 3\n{OUTAGE}\nsleep 40\n{status('lr-night')}\n{OVER}\n{status('lr-night')}",
        HandIn("$(kubectl exec lr-shopper -- losses lr-night)"),
    ),
)
night_losses = node_lost.probe("losses lr-night 400", pod="lr-shopper")


@node_lost.check(
    wrong={
        "as-patient-as-ever": f"{manifest('lr-night', replicas=4)}{status('lr-night')}\n{OUTAGE}\nsleep 40\n{OVER}",
    },
    when=ever,
)
def pods_ran_elsewhere_while_the_node_was_lost(cluster: Cluster) -> None:
    night = cluster.deployment("lr-night")
    expect(night.uid).is_there()
    expect(night.uid.map(lambda _: len(disrupted(cluster, "lr-night", LOST)), "Pods given up")).at_least(1)
    expect(night.ready_replicas).equals(4)


@node_lost.check(wrong={"none": HandIn("0")}, within=60)
def losses_are_counted_and_every_node_is_back(cluster: Cluster, night_losses: Answer, answer: Fact[str]) -> None:
    # More may be lost after they were counted: what was true at some time is right.
    expect(answer).is_in([one for one in (night_losses.stdout.value or "").split() if one != "0"])
    away = [one["metadata"]["name"] for one in cluster.of_kind("Node") if not is_ready(one)]
    expect(Fact(away, "nodes that are not ready", "kubectl get nodes")).equals([])
    expect(cluster.deployment("lr-night").ready_replicas).equals(4)


def is_ready(node: Any) -> bool:
    """Tell whether a node is ready."""
    return any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])
