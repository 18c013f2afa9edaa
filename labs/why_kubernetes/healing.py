"""Requests on all Pods, what is lost comes back, and the two probes, which are not the same."""

import itertools
from dataclasses import replace
from typing import Any

from labrunner import Answer, Cluster, Fact, expect

from .ground import lab, pods_of, replicasets, status

MENU = "kubectl create deployment lr-menu --image={web2} --replicas=4"
SHARED = "kubectl expose deployment lr-menu --port=80"
READY = status("lr-menu")

spread = lab.step(
    "spread",
    minutes=5,
    solve=f"{MENU}\n{SHARED}\n{READY}",
    also={
        "service-first": f"kubectl create service clusterip lr-menu --tcp=80:80\n{MENU}\n{READY}",
        "scaled": "kubectl create deployment lr-menu --image={web}\nkubectl scale deployment lr-menu --replicas=4\n"
        f"{SHARED} --type=NodePort\n{READY}",
    },
)
# A new connection for each request: one that is kept open stays with its Pod.
crowd = spread.probe(
    "curl -s -m 4 --fail-early -H 'Connection: close' 'http://lr-menu/[1-80]' | cut -d' ' -f3 | sort | uniq -c",
    pod="lr-shopper",
    limit=20,
)


@spread.check(
    wrong={
        "three": f"kubectl create deployment lr-menu --image={{web2}} --replicas=3\n{SHARED}\n{READY}",
        "labels-nobody-has": f"{MENU}\n{SHARED} --selector=app=menu",
    },
    within=20,
)
def four_pods_are_behind_the_service(cluster: Cluster) -> None:
    expect(cluster.service("lr-menu").endpoints.map(len, "how many")).equals(4)


@spread.check(
    wrong={"one-for-each-client": f"{MENU}\n{SHARED} --session-affinity=ClientIP\n{READY}"},
    within=8,
)
def fresh_requests_reach_all_four(cluster: Cluster, crowd: Answer) -> None:
    expect(cluster.service("lr-menu").uid).is_there()
    answered = crowd.stdout.map(lambda text: len(text.splitlines()), "Pods that answered 80 requests")
    expect(replace(answered, subject="")).equals(4)  # the rules on the shopper's node follow a moment later


OVEN = "kubectl create deployment lr-oven --image={web} --replicas=2"
OVENS_READY = status("lr-oven")
ONE = "$(kubectl get pods -l app=lr-oven -o name | head -n 1)"
ANOTHER = "$(kubectl get pods -l app=lr-oven -o name | tail -n 1)"
KILL = f"kubectl exec {ANOTHER} -- sh -c 'kill 1'"
# What the kubelet starts again within ten seconds of its first start might be a crash loop, for all that is known.
AGED = "sleep 10"

self_heal = lab.step(
    "self-heal",
    minutes=6,
    solve=f"{OVEN}\n{OVENS_READY}\n{AGED}\n{KILL}\nkubectl delete {ONE}\n{OVENS_READY}",
    also={
        "at-once": f"{OVEN}\n{OVENS_READY}\n{AGED}\nkubectl delete {ONE} --now\n{OVENS_READY}\n"
        f"kubectl exec deploy/lr-oven -- nginx -s stop\n{OVENS_READY}",
    },
)


def lost(cluster: Cluster, name: str) -> Fact[int]:
    """Return how many Pods of a Deployment went although their ReplicaSet wanted as many as before."""
    total = 0
    for one in replicasets(cluster, name):
        past = cluster.past("ReplicaSet", one["metadata"]["name"])
        wanted = past.replicas.value or []
        fewer = sum(max(0, before - after) for before, after in itertools.pairwise(wanted))
        total += max(0, len(past.pods_gone.value or []) - fewer)
    return cluster.deployment(name).uid.map(lambda _: total, "Pods that were lost")


@self_heal.check(
    wrong={
        "fewer-and-more": f"{OVEN}\n{OVENS_READY}\nkubectl scale deployment lr-oven --replicas=1\n"
        f"kubectl scale deployment lr-oven --replicas=2\n{OVENS_READY}"
    },
    within=10,
)
def a_deleted_pod_was_replaced(cluster: Cluster) -> None:
    deployment = cluster.deployment("lr-oven")
    expect(deployment.replicas).equals(2)
    expect(lost(cluster, "lr-oven")).at_least(1)
    expect(deployment.ready_replicas).equals(2)


@self_heal.check(
    wrong={"only-deleted": f"{OVEN}\n{OVENS_READY}\nkubectl delete {ONE} --now\n{OVENS_READY}"},
    within=20,
)
def a_killed_container_was_started_again(cluster: Cluster) -> None:
    deployment = cluster.deployment("lr-oven")
    expect(deployment.uid).is_there()
    expect(deployment.uid.map(lambda _: restarts(cluster, "lr-oven"), "restarts")).at_least(1)
    expect(deployment.ready_replicas).equals(2)


def restarts(cluster: Cluster, name: str) -> int:
    """Return how often containers of the Pods that a Deployment has had were started again."""
    return cluster.past("Deployment", name).restarts.value or 0


def counter(*, ready: str, alive: str) -> str:
    """Return a script that makes Deployment lr-counter with these probes, and its Service."""
    return f"""kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: lr-counter
spec:
  replicas: 3
  selector:
    matchLabels: {{app: lr-counter}}
  template:
    metadata:
      labels: {{app: lr-counter}}
    spec:
      containers:
      - name: web
        image: {{web}}
{ready}{alive}YAML
kubectl expose deployment lr-counter --port=80
{status("lr-counter")}
"""


def asks(kind: str, file: str) -> str:
    """Return a probe that fails where a file is there, as YAML within a container."""
    return f"""        {kind}:
          exec: {{command: [test, "!", -e, {file}]}}
          periodSeconds: 1
          failureThreshold: 2
"""


BUSY, STUCK = "/tmp/busy", "/tmp/stuck"  # noqa: S108 - in a container of the learner's
BOTH = counter(ready=asks("readinessProbe", BUSY), alive=asks("livenessProbe", STUCK))
FIRST = "$(kubectl get pods -l app=lr-counter -o name | head -n 1)"
LAST = "$(kubectl get pods -l app=lr-counter -o name | tail -n 1)"
IS_BUSY, IS_STUCK = f"kubectl exec {FIRST} -- touch {BUSY}", f"kubectl exec {LAST} -- touch {STUCK}"

probes = lab.step(
    "probes",
    minutes=8,
    solve=f"{BOTH}{IS_BUSY}\n{IS_STUCK}",
    also={
        "swapped-files": counter(ready=asks("readinessProbe", STUCK), alive=asks("livenessProbe", BUSY))
        + f"{IS_BUSY}\n{IS_STUCK}",
    },
)


def ready(pod: Any) -> bool:
    """Tell whether a Pod is ready."""
    found = (pod.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in found)


def restarted(pod: Any) -> int:
    """Return how often containers of a Pod were started again."""
    return sum(one["restartCount"] for one in (pod.get("status") or {}).get("containerStatuses") or [])


def busy(cluster: Cluster) -> list[Any]:
    """Return the Pods of lr-counter that run, are not ready, and were never started again."""
    found = [pod for pod in pods_of(cluster, "lr-counter") if "deletionTimestamp" not in pod["metadata"]]
    return [pod for pod in found if pod["status"].get("phase") == "Running" and not ready(pod) and not restarted(pod)]


def said(cluster: Cluster, pod: Any, words: str) -> bool:
    """Tell whether an Event about a Pod has these words."""
    uid = pod["metadata"]["uid"]
    events = [one for one in cluster.of_kind("Event") if (one.get("involvedObject") or {}).get("uid") == uid]
    return any(words in str(one.get("message", "")).lower() for one in events)


@probes.check(
    wrong={
        "liveness-only": counter(ready="", alive=asks("livenessProbe", BUSY)) + IS_BUSY,
    },
    within=8,
)
def a_busy_pod_is_out_of_the_service_and_runs_on(cluster: Cluster) -> None:
    counter_deployment, service = cluster.deployment("lr-counter"), cluster.service("lr-counter")
    expect(counter_deployment.uid).is_there()
    out = [pod for pod in busy(cluster) if said(cluster, pod, "readiness probe failed")]
    addresses = {str(pod["status"].get("podIP")) for pod in out}
    expect(Fact(len(out), "Pods that are not ready and were not restarted", "kubectl get pods")).at_least(1)
    # No subject, here and below: that a Pod is not ready or was started again is right, and nothing to wait for.
    expect(replace(service.endpoints.map(addresses.isdisjoint, "none of them"), subject="")).equals(True)


@probes.check(
    wrong={
        "killed-by-hand": f"{BOTH}{IS_BUSY}\nkubectl exec {LAST} -- sh -c 'kill 1'",
        "readiness-only": counter(ready=asks("readinessProbe", STUCK), alive="") + f"{IS_STUCK}",
    },
    within=15,
)
def a_stuck_container_was_started_again_by_its_probe(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-counter").uid).is_there()
    found = [pod for pod in pods_of(cluster, "lr-counter") if restarted(pod) and ready(pod)]
    told = [pod for pod in found if said(cluster, pod, "failed liveness probe")]
    expect(Fact(len(told), "Pods whose liveness probe had them restarted", "kubectl get events")).at_least(1)


@probes.check(
    wrong={"two-are-busy": f"{BOTH}{IS_BUSY}\nkubectl exec {LAST} -- touch {BUSY}"},
    within=8,
)
def the_others_answer(cluster: Cluster) -> None:
    expect(replace(cluster.service("lr-counter").endpoints.map(len, "how many"), subject="")).equals(2)
