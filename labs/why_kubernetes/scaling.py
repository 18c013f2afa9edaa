"""What Pods use is measured, and their number follows the load: up, and down again."""

from typing import Any

from labrunner import Cluster, Fact, HandIn, expect

from .ground import lab, status

# Four cooks with the same request; one of them eats far more than it said. Their names come from the cluster.
lab.prepare("""
cat > cook <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  generateName: lr-cook-
  labels: {app: lr-cook}
spec:
  nodeSelector: {node-role.kubernetes.io/control-plane: ""}
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 0
  automountServiceAccountToken: false
  containers:
  - name: cook
    image: {client}
    resources: {requests: {cpu: 1m, memory: 8Mi}}
    env: [{name: EATS, value: "MEGABYTES"}]
    command: [sh, -c, 'eaten=$(head -c "${EATS}000000" /dev/zero | tr "\\\\0" x); while :; do sleep 3600; done']
YAML
for eats in 2 1 36 3; do sed "s/MEGABYTES/$eats/" cook | kubectl create -f - || exit 1; done
kubectl wait --for=condition=Ready pod -l app=lr-cook --timeout=120s
""")

MODEST = '{.items[?(@.spec.containers[0].env[0].value=="1")].metadata.name}'
HUNGRIEST = "$(kubectl top pods -l app=lr-cook --sort-by=memory --no-headers | head -n 1 | cut -d' ' -f1)"
SEEN = "kubectl top pods -l app=lr-cook --no-headers | grep -q -E '[0-9]{2}Mi'"
MEASURED = f"for n in $(seq 40); do {SEEN} && break; sleep 3; done"

top = lab.step(
    "top",
    minutes=4,
    solve=(f"{MEASURED}\nkubectl top pods -l app=lr-cook --sort-by=memory", HandIn(HUNGRIEST)),
    also={
        "by-column": (
            MEASURED,
            HandIn("$(kubectl top pods -l app=lr-cook --no-headers | sort -k 3 -h | tail -n 1 | cut -d' ' -f1)"),
        ),
    },
)


def eats(pod: Any) -> int:
    """Return how many megabytes a cook was told to hold."""
    return int(next(one["value"] for one in pod["spec"]["containers"][0]["env"] if one["name"] == "EATS"))


@top.check(
    wrong={
        "a-modest-one": HandIn(f"$(kubectl get pods -l app=lr-cook -o jsonpath='{MODEST}')"),
        "all-of-them": HandIn("lr-cook"),
    }
)
def the_hungriest_cook_is_named(cluster: Cluster, answer: Fact[str]) -> None:
    cooks = cluster.pods({"app": "lr-cook"}).value or []
    expect(answer).is_in([pod["metadata"]["name"] for pod in sorted(cooks, key=eats)[-1:]])


BUSY = """kubectl create deployment lr-busy --image={web}
kubectl expose deployment lr-busy --port=80
"""
REQUESTS = "kubectl set resources deployment lr-busy --requests=cpu=5m\n"
SCALER = """kubectl apply -f - <<'YAML'
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: lr-busy
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: lr-busy}
  minReplicas: 1
  maxReplicas: 4
  metrics:
  - type: Resource
    resource:
      name: cpu
      target: {type: Utilization, averageUtilization: 50}
  behavior:
    scaleDown: {stabilizationWindowSeconds: 15}
YAML
"""
COMES = (
    "--image={client} --restart=Never -- "
    "curl -s -o /dev/null --rate 150/s -H 'Connection: close' 'http://lr-busy/[1-9999999]'"
)
CROWD = f"kubectl run lr-crowd {COMES}"
GROWN = "kubectl wait --for=jsonpath='{.status.readyReplicas}'=4 deployment/lr-busy --timeout=150s"
SHRUNK = "kubectl wait --for=jsonpath='{.status.readyReplicas}'=1 deployment/lr-busy --timeout=150s"

hpa_up = lab.step(
    "hpa-up",
    minutes=8,
    solve=f"{BUSY}{REQUESTS}{status('lr-busy')}\n{SCALER}{CROWD}\n{GROWN}",
    also={
        "autoscale": f"{BUSY}{REQUESTS}{status('lr-busy')}\n"
        "kubectl autoscale deployment lr-busy --min=1 --max=4 --cpu=50%\n"
        f"{CROWD.replace('run lr-crowd', 'create job lr-crowd').replace(' --restart=Never', '')}\n{GROWN}",
    },
)


@hpa_up.check(
    wrong={"no-requests": f"{BUSY}{status('lr-busy')}\n{SCALER}sleep 20"},
    within=5,
)
def autoscaler_reads_the_load(cluster: Cluster) -> None:
    scaler = cluster.object("HorizontalPodAutoscaler", "lr-busy")
    expect(cluster.deployment("lr-busy").uid).is_there()
    expect(scaler.at("status.currentMetrics.0.resource.current.averageUtilization")).at_least(0)


@hpa_up.check(
    wrong={"by-hand": f"{BUSY}{REQUESTS}kubectl scale deployment lr-busy --replicas=4\n{status('lr-busy')}"},
    within=5,
)
def load_brought_four_pods(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-busy").replicas).equals(4)
    expect(cluster.object("HorizontalPodAutoscaler", "lr-busy").at("status.desiredReplicas")).equals(4)
    expect(cluster.deployment("lr-busy").ready_replicas).equals(4)


hpa_down = lab.step(
    "hpa-down",
    minutes=4,
    undoes=[hpa_up],
    solve=f"kubectl delete pod lr-crowd --grace-period=1\n{SHRUNK}",
    also={"at-once": f"kubectl delete pod/lr-crowd --now\n{SHRUNK}"},
)


def crowd(cluster: Cluster) -> Fact[list[str]]:
    """Return the names of the crowd's Pods that have not ended."""
    going = [pod for pod in cluster.of_kind("Pod") if pod["status"].get("phase") in ("Pending", "Running")]
    names = [str(pod["metadata"]["name"]) for pod in going if "deletionTimestamp" not in pod["metadata"]]
    return Fact(sorted(n for n in names if n.startswith("lr-crowd")), "Pods of the crowd", "kubectl get pods")


@hpa_down.check(wrong={"another-one-came": CROWD.replace("lr-crowd", "lr-crowd-2")})
def the_crowd_is_gone(cluster: Cluster) -> None:
    expect(cluster.past("Deployment", "lr-busy").replicas).contains(4)
    expect(crowd(cluster)).equals([])


@hpa_down.check(wrong={"another-one-came": CROWD.replace("lr-crowd", "lr-crowd-2")}, within=5)
def one_pod_is_left(cluster: Cluster) -> None:
    expect(cluster.past("Deployment", "lr-busy").replicas).contains(4)
    expect(crowd(cluster)).equals([])
    expect(cluster.object("HorizontalPodAutoscaler", "lr-busy").at("status.desiredReplicas")).equals(1)
    expect(cluster.deployment("lr-busy").replicas).equals(1)
    expect(cluster.deployment("lr-busy").ready_replicas).equals(1)
