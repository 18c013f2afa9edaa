"""Services: an address that finds Pods by their labels, inside the cluster and at a port of every node."""

from labrunner import Answer, Cluster, Fact, expect

from .ground import NEWEST, READY, Raw, applied, is_ready, lab, owner, pods_with

SERVICE = """
apiVersion: v1
kind: Service
metadata:
  name: lr-web
spec:
  selector: {app: lr-web}
  ports:
  - {name: http, port: 80, targetPort: 80}
"""
KUSTOMIZED = f"""mkdir lr-inside
cat > lr-inside/service.yaml <<'YAML'
{SERVICE.replace("name: lr-web", "name: web").strip()}
YAML
cat > lr-inside/kustomization.yaml <<'YAML'
namePrefix: lr-
resources: [service.yaml]
YAML
kubectl apply -k lr-inside
"""

clusterip = lab.step(
    "clusterip",
    minutes=7,
    solve="kubectl expose deployment lr-web --port=80",
    also={
        "created": "kubectl create service clusterip lr-web --tcp=80:80",
        "said-type": "kubectl expose deployment/lr-web --type=ClusterIP --port=80 --target-port=80 --protocol=TCP",
        "applied": applied(SERVICE),
        "kustomized": KUSTOMIZED,
    },
)
page = clusterip.probe("curl -sS -m 3 http://lr-web.{namespace}/", at="cluster", limit=6)


@clusterip.check(
    wrong={
        "node-port": "kubectl expose deployment lr-web --port=80 --type=NodePort",
        "headless": "kubectl expose deployment lr-web --port=80 --cluster-ip=None",
        "external-address": "kubectl expose deployment lr-web --port=80 --external-ip=203.0.113.7",
    },
)
def service_has_an_address_inside_only(cluster: Cluster) -> None:
    service = cluster.service("lr-web")
    expect(service.type).equals("ClusterIP")
    expect(service.cluster_ip).matches(r"^[0-9a-f]+[.:]")
    expect(service.at("spec").map(lambda spec: spec.get("externalIPs") or [], "externalIPs")).equals([])


@clusterip.check(
    wrong={"labels-nobody-has": "kubectl expose deployment lr-web --port=80 --selector=app=web"},
    within=6,
)
def service_finds_the_three_pods(cluster: Cluster) -> None:
    expect(cluster.service("lr-web").endpoints.map(len, "how many")).at_least(3)


@clusterip.check(
    wrong={
        "port-where-nobody-listens": "kubectl expose deployment lr-web --port=80 --target-port=8080",
        "another-port": "kubectl expose deployment lr-web --port=8080 --target-port=80",
    },
    within=20,
)
def service_answers_by_name(cluster: Cluster, page: Answer) -> None:
    expect(cluster.service("lr-web").cluster_ip).is_there()
    expect(page.stdout).contains("web 1")


ASIDE = f"kubectl label {NEWEST} app=aside-{{ticket}} --overwrite"
PATCH = '{"metadata": {"labels": {"app": "aside-{ticket}"}}}'

selector = lab.step(
    "selector",
    minutes=7,
    solve=f"{ASIDE}\n{READY}\nkubectl get pods --show-labels",
    also={"patched": f"kubectl patch {NEWEST} --type=merge -p '{PATCH}'"},
)


def aside(cluster: Cluster, ticket: str) -> Fact[list[Raw]]:
    """Return the Pods with the label that a Pod is given by hand, but for those that never were lr-web's.

    A Pod's name says for good who it was made for: a ReplicaSet has the API server complete it.
    """
    pods = pods_with(cluster, f"aside-{ticket}")
    return pods.map(lambda all_: [one for one in all_ if one["metadata"].get("generateName", "").startswith("lr-web-")])


def states(pods: list[Raw]) -> list[list[object]]:
    """Return who keeps Pods and whether they are ready, each pair once."""
    return [list(pair) for pair in sorted({(owner(one), is_ready(one)) for one in pods})]


@selector.check(
    wrong={"a-new-pod": "kubectl run lr-aside --image={web} --labels=app=aside-{ticket}"},
    within=20,
)
def pod_lives_on_and_another_took_its_place(cluster: Cluster, ticket: str) -> None:
    expect(pods_with(cluster, f"aside-{ticket}").map(len, "how many")).at_least(1)
    expect(aside(cluster, ticket).map(states, "owner, ready")).equals([["nobody", True]])
    kept = pods_with(cluster, "lr-web").map(lambda pods: [owner(one) for one in pods if is_ready(one)], "owners")
    expect(kept).equals(["ReplicaSet"] * 3)


def addresses(pods: list[Raw]) -> list[str]:
    """Return the addresses of Pods, sorted."""
    return sorted(one["status"]["podIP"] for one in pods)


@selector.check(
    wrong={
        "by-another-label": "kubectl set selector service lr-web pod-template-hash="
        "$(kubectl get pods -l app=lr-web -o jsonpath='{.items[0].metadata.labels.pod-template-hash}')\n"
        f"{ASIDE}\n{READY}",
    },
    within=20,
)
def service_sends_it_nothing_any_more(cluster: Cluster, ticket: str) -> None:
    expect(aside(cluster, ticket).map(len, "how many")).at_least(1)
    others = pods_with(cluster, "lr-web").map(addresses).value
    expect(cluster.service("lr-web").endpoints).equals(others)


DOOR = "kubectl expose deployment lr-web --name=lr-door --type=NodePort --port=80"
DOOR_SERVICE = """
apiVersion: v1
kind: Service
metadata:
  name: lr-door
  labels: {part: door}
spec:
  type: NodePort
  selector: {app: lr-web}
  ports:
  - {name: http, port: 8080, targetPort: 80}
"""

nodeport = lab.step(
    "nodeport",
    minutes=7,
    solve=f"{DOOR}\nkubectl get service lr-door\nkubectl get nodes -o wide",
    also={
        "applied": applied(DOOR_SERVICE),
        "created": "kubectl create service nodeport lr-door --tcp=80:80\n"
        "kubectl set selector service lr-door app=lr-web",
        "opened-later": "kubectl expose service lr-web --name=lr-door --port=80\n"
        'kubectl patch service lr-door -p \'{"spec": {"type": "NodePort"}}\'',
    },
)
# Which ports are open is asked of one node; at each of these, every node is asked for the page.
doors = nodeport.probe(
    "for port in $(nc -nzv -w 1 $(getent hosts ${NODES%% *} | cut -d' ' -f1) 30000-32767 2>&1 |"
    " sed -n 's/^Connection to [^ ]* \\([0-9]*\\) port .*succeeded.*/\\1/p'); do for node in $NODES;"
    ' do echo "$port $node $(curl -s -m 1 http://$node:$port/ | head -n 1)"; done; done',
    at="outside",
    limit=15,
)


def answering(said: str, port: int) -> list[str]:
    """Return the nodes that gave the page of release 1 at a port, by the ends of their names, sorted."""
    lines = [line.split(" ", 2) for line in said.splitlines() if line.count(" ") > 1]
    return sorted(node.split("-", 2)[-1] for at, node, page in lines if at == str(port) and page.startswith("web 1 "))


@nodeport.check(
    wrong={
        "no-type": "kubectl expose deployment lr-web --name=lr-door --port=80",
        "local-only": f'{DOOR} --overrides=\'{{"spec": {{"externalTrafficPolicy": "Local"}}}}\'',
    },
    within=20,
)
def every_node_answers_at_its_port(cluster: Cluster, doors: Answer) -> None:
    port = cluster.service("lr-door").at("spec.ports.0.nodePort")
    expect(port).is_there()
    nodes = doors.stdout.map(lambda said: answering(said, int(port.value or 0)), f"answers at {port.value}")
    expect(nodes).equals(["control-plane", "worker", "worker2"])


@nodeport.check(
    wrong={"labels-nobody-has": "kubectl create service nodeport lr-door --tcp=80:80"},
    within=6,
)
def door_finds_the_three_pods(cluster: Cluster) -> None:
    door = cluster.service("lr-door")
    expect(door.type).equals("NodePort")
    expect(door.endpoints.map(len, "how many")).equals(3)
