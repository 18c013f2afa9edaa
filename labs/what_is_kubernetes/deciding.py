"""Who chooses nodes, who keeps promises, and who speaks to a cloud."""

from collections.abc import Mapping
from typing import Any

from labrunner import Answer, Cluster, Fact, expect
from labrunner.world.outage import Outage

from .ground import OVER, SLACK, lab, moment

RUN_LONELY = "kubectl run lr-lonely --image={web} --labels=shop={shop}"
ON_WORKER2 = "$(kubectl get nodes -o name | grep worker2 | cut -d / -f 2)"
BIND = f"""kubectl create -f - <<YAML
apiVersion: v1
kind: Binding
metadata: {{name: lr-lonely}}
target: {{apiVersion: v1, kind: Node, name: {ON_WORKER2}}}
YAML
"""
LONELY_RUNS = "kubectl wait --for=condition=Ready pod/lr-lonely --timeout=90s\nsleep 3"

LONELY_BY_YAML = """kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: lr-lonely
  labels: {app: lonely, shop: "{shop}"}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: {web}
YAML
"""
RAW = f"""kubectl create --raw /api/v1/namespaces/{{namespace}}/pods/lr-lonely/binding -f - <<JSON
{{"apiVersion": "v1", "kind": "Binding", "metadata": {{"name": "lr-lonely"}},
 "target": {{"apiVersion": "v1", "kind": "Node", "name": "{ON_WORKER2}"}}}}
JSON
"""

scheduler_off = lab.step(
    "scheduler-off",
    minutes=8,
    solve=f"labrunner outage kube-scheduler\n{RUN_LONELY}\nsleep 4\nkubectl get pods -o wide\n"
    f"{BIND}{LONELY_RUNS}\n{OVER}",
    also={
        "by-its-subresource": f"labrunner outage kube-scheduler\n{LONELY_BY_YAML}sleep 4\n{RAW}{LONELY_RUNS}\n{OVER}"
    },
)
scheduler_off.outage("kube-scheduler")


def lonely(window: Outage, shop: str) -> Fact[list[str]]:
    """Return where the Pod was and in which phase, in order: "Pending, no node", "Running, on a node"."""

    def state(look: Mapping[str, Any]) -> str | None:
        for pod in look["pods"] or []:
            if pod["metadata"]["name"] == "lr-lonely" and (pod["metadata"].get("labels") or {}).get("shop") == shop:
                return f"{pod['status']['phase']}, {'on a node' if pod['spec']['nodeName'] else 'no node'}"
        return None

    return window.each(state, "Pod lr-lonely")


@scheduler_off.check(
    wrong={
        "node-in-its-spec": f"labrunner outage kube-scheduler\n{RUN_LONELY} "
        f'--overrides=\'{{"spec":{{"nodeName":"\'{ON_WORKER2}\'"}}}}\'\nsleep 3\n{OVER}'
    }
)
def it_waited_without_a_node(cluster: Cluster, shop: str) -> None:
    expect(lonely(cluster.outage("kube-scheduler"), shop)).contains("Pending, no node")


@scheduler_off.check(wrong={"only-waited": f"labrunner outage kube-scheduler\n{RUN_LONELY}\nsleep 4\n{OVER}"})
def bound_by_hand_it_ran(cluster: Cluster, shop: str) -> None:
    expect(lonely(cluster.outage("kube-scheduler"), shop)).contains("Running, on a node")


CREW_READY = "kubectl rollout status deployment/lr-crew --timeout=90s"
CREW = f"kubectl create deployment lr-crew --image={{web}} --replicas=2\n{CREW_READY}"
DISMISSED = "kubectl scale deployment lr-crew --replicas=1"

controllers_off = lab.step(
    "controllers-off",
    minutes=7,
    solve=f"{CREW}\nlabrunner outage kube-controller-manager\n"
    "kubectl delete $(kubectl get pods -l app=lr-crew -o name | head -n 1)\n"
    f"sleep 4\nkubectl get pods -l app=lr-crew\n{OVER}\n"
    f"{CREW_READY}",
    also={
        "both-deleted": f"{CREW.replace('=2', '=1')}\nkubectl scale deployment lr-crew --replicas=2\n{CREW_READY}\n"
        "labrunner outage kube-controller-manager\nkubectl delete pod -l app=lr-crew --wait=false\n"
        f"sleep 4\n{OVER}\n{CREW_READY}"
    },
)
controllers_off.outage("kube-controller-manager")


def crew(look: Mapping[str, Any]) -> int | None:
    """Return how many Pods of the crew were there, those that were going left out; None where the API was silent."""
    if look["pods"] is None:
        return None
    meta = [pod["metadata"] for pod in look["pods"] if "deletionTimestamp" not in pod["metadata"]]
    return len([one for one in meta if (one.get("labels") or {}).get("app") == "lr-crew"])


SCALED_INSTEAD = f"{CREW}\nlabrunner outage kube-controller-manager\n{DISMISSED}\nsleep 3\n{OVER}"


@controllers_off.check(wrong={"scaled-instead": SCALED_INSTEAD})
def deleted_pod_stayed_away(cluster: Cluster) -> None:
    window = cluster.outage("kube-controller-manager")
    expect(window.each(crew, "Pods of lr-crew").map(lambda counts: counts[-1], "the last number")).is_in([0, 1])
    made_at = moment(cluster.deployment("lr-crew").at("metadata.creationTimestamp"))
    expect(made_at.map(lambda at: at < (window.began.value or 0), "before the outage")).equals(True)


@controllers_off.check(wrong={"one-wanted": SCALED_INSTEAD}, within=25)
def two_are_back_since_then(cluster: Cluster) -> None:
    ended = cluster.outage("kube-controller-manager").ended
    expect(ended.map(bool, "over")).equals(True)
    expect(cluster.deployment("lr-crew").ready_replicas).equals(2)
    newest = moment(cluster.pods({"app": "lr-crew"}).map(lambda pods: max(made(pod) for pod in pods), "the newest"))
    expect(newest).at_least((ended.value or 0) - SLACK)


def made(pod: Mapping[str, Any]) -> str:
    """Return when a Pod was made."""
    return str(pod["metadata"]["creationTimestamp"])


FRONT = "kubectl expose deployment lr-web --name=lr-front --port=80"
CLASS = """--overrides='{"spec":{"loadBalancerClass":"lr.example/{shop}"}}'"""
BY_YAML = """kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: lr-front}
spec:
  type: LoadBalancer
  loadBalancerClass: lr.example/{shop}
  selector: {app: lr-web}
  ports:
  - {name: http, port: 80, targetPort: 80}
YAML
"""

no_cloud = lab.step(
    "no-cloud",
    minutes=5,
    solve=f"{FRONT} --type=LoadBalancer {CLASS}\nkubectl get service lr-front",
    also={"applied": BY_YAML},
)
front = no_cloud.probe("curl -sS -m 3 http://lr-front.{namespace}/", at="cluster", limit=6)


@no_cloud.check(wrong={"node-port": f"{FRONT} --type=NodePort", "classless": f"{FRONT} --type=LoadBalancer"})
def it_waits_for_an_address(cluster: Cluster, shop: str) -> None:
    service = cluster.service("lr-front")
    expect(service.type).equals("LoadBalancer")
    expect(service.at("spec.loadBalancerClass")).equals(f"lr.example/{shop}")
    expect(service.at("status.loadBalancer.ingress")).is_absent()


@no_cloud.check(wrong={"finds-nobody": f"{FRONT} --type=LoadBalancer --selector=app=front {CLASS}"}, within=8)
def inside_it_answers_all_the_same(cluster: Cluster, front: Answer) -> None:
    expect(cluster.service("lr-front").cluster_ip).is_there()
    expect(front.stdout).contains("web 1")
