"""The parts of Kubernetes: a Deployment that keeps its Pods, a Service that finds them."""

from typing import Any

from labrunner import Answer, Cluster, Lab, expect

lab = Lab(__file__)

web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")

CREATE = "kubectl create deployment lr-web --image={web}"
READY = "kubectl rollout status deployment/lr-web --timeout=90s"
DEPLOYMENT = """kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: lr-web
spec:
  replicas: 3
  selector:
    matchLabels: {part: web}
  template:
    metadata:
      labels: {part: web}
    spec:
      containers:
      - name: web
        image: {web}
YAML
"""
BARE_PODS = "\n".join(f"kubectl run lr-web-{number} --image={{web}} --labels=app=lr-web" for number in (1, 2, 3))

deployment = lab.step(
    "deployment",
    minutes=6,
    solve=f"{CREATE} --replicas=3\n{READY}",
    also={
        "applied": f"{DEPLOYMENT}{READY}",
        "scaled": f"{CREATE}\nkubectl scale deployment lr-web --replicas=3\n{READY}",
        "corrected": f"kubectl create deployment lr-web --image={{web2}} --replicas=3\n"
        f"kubectl set image deployment/lr-web '*={{web}}'\n{READY}",
    },
)


@deployment.check(
    wrong={
        "two-replicas": f"{CREATE} --replicas=2",
        "no-such-tag": "kubectl create deployment lr-web --image={registry}/web:9 --replicas=3",
    },
    within=30,
)
def three_replicas_are_ready(cluster: Cluster) -> None:
    web_deployment = cluster.deployment("lr-web")
    expect(web_deployment.replicas).equals(3)
    expect(web_deployment.ready_replicas).equals(3)


@deployment.check(
    wrong={"release-2": "kubectl create deployment lr-web --image={web2} --replicas=3"},
)
def template_says_release_1(cluster: Cluster, web: str) -> None:
    expect(cluster.deployment("lr-web").image).equals(web)


def owner(pod: Any) -> str:
    """Return the kind of what keeps a Pod, "nobody" where nothing does."""
    return next((one["kind"] for one in pod["metadata"].get("ownerReferences", []) if one.get("controller")), "nobody")


@deployment.check(
    wrong={"bare-pods": BARE_PODS, "a-job": "kubectl create job lr-web --image={web}"},
    within=4,
)
def pods_are_kept_by_a_replicaset(cluster: Cluster) -> None:
    owners = cluster.pods().map(lambda pods: sorted({owner(pod) for pod in pods}), "kinds of their owners")
    expect(owners).contains("ReplicaSet")


clusterip = lab.step(
    "clusterip",
    minutes=7,
    solve="kubectl expose deployment lr-web --port=80",
    also={
        "created": "kubectl create service clusterip lr-web --tcp=80:80",
        "said-type": "kubectl expose deployment/lr-web --type=ClusterIP --port=80 --target-port=80 --protocol=TCP",
        "applied": """kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: lr-web
spec:
  selector: {app: lr-web}
  ports:
  - {name: http, port: 80, targetPort: 80}
YAML
""",
    },
)
page = clusterip.probe("curl -sS -m 3 http://lr-web.{namespace}/", at="cluster", limit=6)


@clusterip.check(
    wrong={
        "node-port": "kubectl expose deployment lr-web --port=80 --type=NodePort",
        "headless": "kubectl expose deployment lr-web --port=80 --cluster-ip=None",
    },
)
def service_has_an_address_inside_only(cluster: Cluster) -> None:
    service = cluster.service("lr-web")
    expect(service.type).equals("ClusterIP")
    expect(service.cluster_ip).matches(r"^[0-9a-f]+[.:]")


@clusterip.check(
    wrong={"labels-nobody-has": "kubectl expose deployment lr-web --port=80 --selector=app=web"},
    within=6,
)
def service_finds_the_three_pods(cluster: Cluster) -> None:
    expect(cluster.service("lr-web").endpoints.map(len, "how many")).equals(3)


@clusterip.check(
    wrong={
        "port-where-nobody-listens": "kubectl expose deployment lr-web --port=80 --target-port=8080",
        "another-port": "kubectl expose deployment lr-web --port=8080 --target-port=80",
    },
    within=8,
)
def service_answers_by_name(cluster: Cluster, page: Answer) -> None:
    expect(cluster.service("lr-web").cluster_ip).is_there()
    expect(page.stdout).contains("web 1")


from . import answering, certificates, outside  # noqa: E402, F401 - they stand on what is above

lab.order(
    "deployment",
    "clusterip",
    "loadbalancer",
    "ingress-host",
    "ingress-path",
    "tls",
    "unknown-host",
    "ingress-spread",
)
lab.pauses_after("clusterip", "ingress-path")
