"""A node: its kubelet keeps containers running, kube-proxy writes rules, and a runtime runs what is run."""

from collections.abc import Mapping
from typing import Any

from labrunner import Answer, Cluster, Fact, HandIn, expect

from .ground import ANSWERS, DESK_ANSWERS, OVER, SLACK, lab, moment

PATIENT = """kubectl run lr-patient --image={web}
kubectl wait --for=condition=Ready pod/lr-patient --timeout=90s
kubectl get pod lr-patient -o jsonpath='{.spec.nodeName}' > node
kubectl get pod lr-patient -o jsonpath='{.status.containerStatuses[0].containerID}' | cut -d / -f 3 > id
"""
KILL = "labrunner node $(cat node) ctr -n k8s.io tasks kill -s SIGKILL $(cat id)"

kubelet_heals = lab.step(
    "kubelet-heals",
    minutes=8,
    solve=f"{PATIENT}labrunner outage control-plane\n{KILL}\nsleep 7\n"
    f"labrunner node $(cat node) ctr -n k8s.io tasks ls\n{OVER}\nkubectl get pod lr-patient",
    also={
        "its-process": f"{PATIENT}labrunner outage control-plane\n"
        "labrunner node $(cat node) sh -c \"kill -9 \\$(ctr -n k8s.io tasks ls | awk '/^$(cat id)/ {print \\$2}')\"\n"
        f"sleep 7\n{OVER}"
    },
)
kubelet_heals.outage("control-plane", samples={"app": ANSWERS})


@kubelet_heals.check(
    wrong={"killed-before": f"{PATIENT}{KILL}\nsleep 4\nlabrunner outage control-plane\nsleep 2\n{OVER}"}, within=30
)
def it_came_back_without_a_control_plane(cluster: Cluster) -> None:
    window = cluster.outage("control-plane")
    expect(window.ended.map(bool, "over")).equals(True)
    began, ended = (window.began.value or 0) - SLACK, (window.ended.value or 0) + SLACK
    patient = cluster.object("Pod", "lr-patient")
    expect(patient.at("status.containerStatuses.0.restartCount")).at_least(1)
    again = moment(patient.at("status.containerStatuses.0.state.running.startedAt"))
    expect(again.map(lambda at: began <= at <= ended, "while the control plane was stopped")).equals(True)


FOLDER = "/etc/kubernetes/manifests"
STATIC = """apiVersion: v1
kind: Pod
metadata:
  name: lr-static
  namespace: {namespace}
  labels: {tea: "{shop}"}
spec:
  containers:
  - name: web
    image: {web}
"""

static_pod = lab.step(
    "static-pod",
    minutes=7,
    solve=f"labrunner node worker tee {FOLDER}/lr-static.yaml <<'YAML'\n{STATIC}YAML\n"
    "timeout 90 sh -c 'until kubectl get pods -l tea={shop} | grep Running; do sleep 1; done'\n"
    "kubectl delete pod -l tea={shop} --wait=false\nsleep 3\nkubectl get pods -l tea={shop}",
    also={
        "on-worker2": f"labrunner node worker2 sh -c 'cat > {FOLDER}/lr-static.yaml' <<'YAML'\n{STATIC}YAML\n"
        "timeout 90 sh -c 'until kubectl get pods -l tea={shop} | grep Running; do sleep 1; done'"
    },
)


def source(cluster: Cluster, shop: str) -> Fact[str]:
    """Return where the kubelet has the running Pod lr-static from: "file", or "api" where it does not say."""

    def read(pods: list[Mapping[str, Any]]) -> str | None:
        found = [pod for pod in pods if pod["metadata"]["name"].startswith("lr-static")]
        notes = [pod["metadata"].get("annotations") or {} for pod in found if pod["status"].get("phase") == "Running"]
        every = [one.get("kubernetes.io/config.source", "api") for one in notes]
        return "file" if "file" in every else next(iter(every), None)

    return cluster.pods({"tea": shop}).map(read, "where lr-static is from")  # type: ignore[arg-type] # None: absent


BY_KUBECTL = """kubectl run lr-static --image={web} --labels=tea={shop}
kubectl wait --for=condition=Ready pod/lr-static --timeout=60s"""


@static_pod.check(wrong={"by-kubectl": BY_KUBECTL}, within=20)
def it_runs_from_a_file(cluster: Cluster, shop: str) -> None:
    expect(source(cluster, shop)).equals("file")


DESK = "ctr -n k8s.io tasks kill -s SIGKILL"
DESK_ID = "kubectl get pod lr-desk -o jsonpath='{.status.containerStatuses[0].containerID}' | cut -d / -f 3 > id"
KILLED = (
    f"{DESK_ID}\nlabrunner outage kubelet --node worker\nsleep 2\n"
    f"labrunner node worker {DESK} $(cat id)\nsleep 3\n{OVER}\n"
    "timeout 60 sh -c 'until kubectl get pod lr-desk | grep 1/1; do sleep 1; done'"
)

kubelet_off = lab.step(
    "kubelet-off",
    minutes=8,
    solve="labrunner outage kubelet --node worker\n"
    "kubectl wait --for=condition=Ready=Unknown $(kubectl get nodes -o name | grep 'worker$') --timeout=90s\n"
    f"sleep 4\nkubectl get nodes\nkubectl get pods -o wide\n{OVER}",
    also={
        "watched-by-eye": "labrunner outage kubelet\n"
        f"timeout 90 sh -c 'until kubectl get nodes | grep NotReady; do sleep 1; done'\nsleep 4\n{OVER}"
    },
)
kubelet_off.outage("kubelet", samples={"desk": DESK_ANSWERS}, asked_on="worker2")


def node(look: Mapping[str, Any]) -> str | None:
    """Return whether the worker was ready: "True", "False" or "Unknown"; None where the API was silent."""
    found = (look["nodes"] or {}).get("worker")
    return None if found is None else str(found)


@kubelet_off.check(wrong={"too-short": KILLED})
def node_was_given_up(cluster: Cluster) -> None:
    expect(cluster.outage("kubelet", "worker").each(node, "worker is Ready")).contains("Unknown")


@kubelet_off.check(wrong={"killed": KILLED})
def its_container_answered_all_the_while(cluster: Cluster) -> None:
    expect(cluster.outage("kubelet", "worker").said("desk")).equals(["200"])


LATE = "kubectl expose deployment lr-web --name=lr-late --port=80"
LATE_BY_YAML = """kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: lr-late}
spec:
  selector: {app: lr-web}
  ports:
  - {name: http, port: 80, targetPort: 80}
YAML
"""
FLUSHED = (
    f"{LATE}\nsleep 3\nlabrunner outage kube-proxy\nsleep 2\n"
    f"labrunner node worker iptables -t nat -F KUBE-SERVICES\nsleep 3\n{OVER}"
)
RULES = "iptables-save -t nat | grep -cE 'lr-late(:[^ ]+)? cluster IP' || true"

proxy_off = lab.step(
    "proxy-off",
    minutes=8,
    solve=f"labrunner outage kube-proxy\n{LATE}\nsleep 5\n"
    f'labrunner node worker sh -c "{RULES}"\n{OVER}\nsleep 2\nlabrunner node worker sh -c "{RULES}"',
    also={"applied": f"labrunner outage kube-proxy\n{LATE_BY_YAML}sleep 5\n{OVER}"},
)
proxy_off.outage("kube-proxy", samples={"app": ANSWERS, "rules": RULES})
late = proxy_off.probe("curl -sS -m 3 http://lr-late.{namespace}/", at="cluster", limit=6)


@proxy_off.check(wrong={"flushed": FLUSHED})
def old_service_went_on(cluster: Cluster) -> None:
    expect(cluster.outage("kube-proxy").said("app")).equals(["200"])


@proxy_off.check(wrong={"made-before": FLUSHED}, within=20)
def new_service_waited_for_its_rules(cluster: Cluster, late: Answer) -> None:
    window = cluster.outage("kube-proxy")
    expect(window.ended.map(bool, "over")).equals(True)
    began, ended = (window.began.value or 0) - SLACK, (window.ended.value or 0) + SLACK
    made = moment(cluster.service("lr-late").at("metadata.creationTimestamp"))
    expect(made.map(lambda at: began <= at <= ended, "while kube-proxy was stopped")).equals(True)
    expect(window.said("rules")).equals(["0"])
    expect(late.stdout).contains("web 1")


runtime = lab.step(
    "runtime",
    minutes=6,
    solve=(
        f"{DESK_ID}\nlabrunner node worker ctr -n k8s.io tasks ls | grep $(cat id) | tee task",
        HandIn("$(awk '{print $2}' task)"),
    ),
    also={
        "asked-for-its-status": (
            DESK_ID,
            HandIn("$(labrunner node worker ctr -n k8s.io tasks ps $(cat id) | sed -n 2p | cut -d ' ' -f 1)"),
        )
    },
)
NAMED = (
    'labels."io.kubernetes.pod.namespace"=={namespace},labels."io.kubernetes.pod.name"==lr-desk,'
    'labels."io.cri-containerd.kind"=='
)
desk = runtime.probe(
    f"ctr -n k8s.io tasks ls | grep -F \"$(ctr -n k8s.io containers ls -q '{NAMED}container')\""
    " | awk '/RUNNING/ {print $2}'",
    node="worker",
    limit=8,
)


@runtime.check(
    wrong={
        "from-inside": HandIn("1"),
        "its-sandbox": HandIn(
            '$(labrunner node worker ctr -n k8s.io tasks ls | grep -F "$(labrunner node worker'
            f" ctr -n k8s.io containers ls -q '{NAMED}sandbox')\" | awk '{{print $2}}')"
        ),
    }
)
def pid_is_what_containerd_says(desk: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    expect(desk.stdout).matches(r"^\d+$")
    expect(answer.map(str.strip)).equals(desk.stdout.value)
