"""A node is emptied on purpose: a budget sees to it that nobody who asks notices."""

from dataclasses import replace

from labrunner import Answer, Cluster, Fact, expect

from .ground import Run, lab, made, manifest, pods_of, runs, status

BUDGET = "kubectl create poddisruptionbudget lr-desk --selector=app=lr-desk --min-available=3"
NODE = "$(kubectl get pods -l app=lr-desk -o jsonpath='{.items[0].spec.nodeName}')"
ITS_NODE = "$(kubectl get nodes -o name | grep worker2)"
DRAIN = f"kubectl drain {ITS_NODE} --ignore-daemonsets --pod-selector=app=lr-desk --timeout=90s"
BACK = f"kubectl uncordon {ITS_NODE}"
DESK = f"{manifest('lr-desk', replicas=4)}{status('lr-desk')}"
ALONE = f"""kubectl create deployment lr-desk --image={{web}}
kubectl expose deployment lr-desk --port=80
kubectl create poddisruptionbudget lr-desk --selector=app=lr-desk --max-unavailable=1
{status("lr-desk")}
kubectl exec lr-shopper -- sh -c 'until bill lr-desk | grep -q web; do sleep 0.2; done'
node={NODE} && kubectl drain $node --ignore-daemonsets --pod-selector=app=lr-desk --timeout=30s; kubectl uncordon $node
{status("lr-desk")}"""
TOGETHER = 90.0
"""Seconds within which Pods that were made one after another belong to one move."""

drain = lab.step(
    "drain",
    minutes=8,
    solve=f"{DESK}\n{BUDGET}\n{DRAIN}\n{status('lr-desk')}\n{BACK}",
    also={
        "at-most-one-less": f"{DESK}\n"
        "kubectl create poddisruptionbudget lr-desk --selector=app=lr-desk --max-unavailable=1\n"
        f"kubectl cordon {ITS_NODE}\n{DRAIN}\n{BACK}",
    },
)
move_bill = drain.probe("bill lr-desk 60", pod="lr-shopper")


def places(cluster: Cluster, name: str) -> list[str]:
    """Return the names of the nodes that a Deployment's Pods are on, those that are leaving left out."""
    staying = [pod for pod in pods_of(cluster, name) if "deletionTimestamp" not in pod["metadata"]]
    return sorted({str(pod["spec"].get("nodeName")) for pod in staying})


def cordoned(cluster: Cluster) -> Fact[list[str]]:
    """Return the names of the nodes that take no Pods."""
    names = [one["metadata"]["name"] for one in cluster.of_kind("Node") if one["spec"].get("unschedulable")]
    return Fact(sorted(names), "nodes that take no Pods", "kubectl get nodes")


def moved(cluster: Cluster, name: str) -> list[float]:
    """Return when the Pods were made that came later than the Deployment's first ones and belong to its last move."""
    found = sorted((made(pod) for pod in pods_of(cluster, name)), reverse=True)
    born = made({"metadata": {"creationTimestamp": cluster.deployment(name).at("metadata.creationTimestamp").value}})
    late = [one for one in found if one > born + 2]
    return [one for one in late if late[0] - one <= TOGETHER]


def in_the_move(cluster: Cluster, name: str, bill: Answer) -> Fact[list[Run]]:
    """Return the requests from a little before Pods of a Deployment moved until now.

    What failed before the Deployment answered for the first time is not counted.
    """
    seen, born = runs(bill), cluster.deployment(name).at("metadata.creationTimestamp")
    if born.absent:
        return replace(seen, value=None, absent=born.absent, subject=born.subject)
    times = moved(cluster, name)
    since = made({"metadata": {"creationTimestamp": born.value}})

    def read(found: list[Run]) -> list[Run]:
        first = next((n for n, one in enumerate(found) if not one.failed and one.since >= since), len(found))
        return [one for one in found[first:] if one.until >= min(times) - 5]

    return replace(seen, source="requests while Pods moved").map(read) if times else replace(seen, value=[])


@drain.check(
    wrong={
        "for-nobody": f"{DESK}\nkubectl create poddisruptionbudget lr-desk --selector=app=desk --min-available=3",
        "for-good": f"{DESK}\nkubectl create poddisruptionbudget lr-desk --selector=app=lr-desk --min-available=4",
    },
    within=20,
)
def budget_leaves_three_of_four(cluster: Cluster) -> None:
    budget = cluster.object("PodDisruptionBudget", "lr-desk")
    expect(cluster.deployment("lr-desk").replicas).equals(4)
    expect(budget.at("status.expectedPods")).equals(4)
    expect(budget.at("status.desiredHealthy")).equals(3)
    expect(budget.at("status.currentHealthy")).equals(4)


@drain.check(
    wrong={"deleted": f"{DESK}\n{BUDGET}\nkubectl delete $(kubectl get pods -l app=lr-desk -o name | head -n 1)"},
)
def pods_left_one_node_for_the_other(cluster: Cluster) -> None:
    desk = cluster.deployment("lr-desk")
    expect(desk.uid).is_there()
    expect(desk.uid.map(lambda _: len(moved(cluster, "lr-desk")), "Pods that were made later")).at_least(1)
    expect(desk.uid.map(lambda _: len(places(cluster, "lr-desk")), "nodes that its Pods are on")).equals(1)


@drain.check(wrong={"one-for-all": ALONE}, within=15)
def no_request_failed_in_the_move(cluster: Cluster, move_bill: Answer) -> None:
    desk = cluster.deployment("lr-desk")
    expect(desk.uid).is_there()
    expect(desk.uid.map(lambda _: len(moved(cluster, "lr-desk")), "Pods that were made elsewhere")).at_least(1)
    failed = in_the_move(cluster, "lr-desk", move_bill).map(lambda found: sum(r.requests for r in found if r.failed))
    expect(failed).equals(0)


@drain.check(wrong={"left-closed": f"{DESK}\n{BUDGET}\nkubectl cordon {ITS_NODE}"})
def every_node_takes_pods_again(cluster: Cluster) -> None:
    expect(cluster.object("PodDisruptionBudget", "lr-desk").uid).is_there()
    expect(cordoned(cluster)).equals([])
