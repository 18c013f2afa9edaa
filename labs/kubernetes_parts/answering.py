"""Who answers for a name: the controller where nobody has it, an application that says no itself, every Pod in turn."""

from labrunner import Answer, Cluster, Fact, HandIn, expect

from .ground import applied, lab, pods_with
from .outside import CURL, ingress, service

nginx = lab.image("nginx:1.22")
kitchen_word = lab.secret("kitchen_word")

# Two refusals to tell from the controller's own: an application that says 404 itself, and a Service without Pods. What
# the application says is in a Secret, which no look at the lab reads. It has no Pod at first: other steps count Pods.
lab.prepare("""
cat > default.conf <<'CONF'
server {
  listen 80;
  default_type text/plain;
  location / { return 404 "no such dish; the word of the kitchen is {kitchen_word}\\n"; }
}
CONF
kubectl create secret generic lr-lost --from-file=default.conf
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: lr-lost}
spec:
  replicas: 0
  selector: {matchLabels: {app: lr-lost}}
  template:
    metadata: {labels: {app: lr-lost}}
    spec:
      containers:
      - name: nginx
        image: {nginx}
        volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
      volumes: [{name: conf, secret: {secretName: lr-lost}}]
---
apiVersion: v1
kind: Service
metadata: {name: lr-lost}
spec: {selector: {app: lr-lost}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: lr-closed}
spec: {selector: {app: lr-closed}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: lr-lost}
spec:
  rules:
  - host: lost-{shop}.lr.test
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: lr-lost, port: {number: 80}}}}]}
  - host: closed-{shop}.lr.test
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: lr-closed, port: {number: 80}}}}]}
YAML
""")

OPENED = "kubectl scale deployment lr-lost --replicas=1\nkubectl rollout status deployment/lr-lost --timeout=60s"
LOST = "curl -s -m 3 -H 'Host: lost-{shop}.lr.test' http://127.0.0.1:{ingress_http}/soup"
WORD = f"$(for i in $(seq 20); do {LOST} | sed -n 's/^no such dish.* //p' | grep . && break; sleep 1; done)"

unknown_host = lab.step(
    "unknown-host",
    minutes=6,
    solve=(f"{OPENED}\n{LOST}", HandIn(WORD)),
    also={"whole-sentence": HandIn("No such dish; the word of the kitchen is {kitchen_word}.")},
)
nobody = unknown_host.probe(f"{CURL} -i http://nobody-{{shop}}.lr.test/soup", at="outside", limit=8)


@unknown_host.check(
    wrong={
        "the-controller-s": HandIn("404 page not found"),
        "the-closed-one-s": HandIn("no available server"),
    },
)
def word_is_the_application_s(answer: Fact[str], kitchen_word: str) -> None:
    expect(answer.map(lambda text: text.lower().split()[-1].strip(".,;'"))).equals(kitchen_word)


@unknown_host.check(
    wrong={
        "name-given-away": (
            "kubectl create ingress lr-nobody --rule='nobody-{shop}.lr.test/*=lr-shop:80'",
            HandIn("{kitchen_word}"),
        ),
    },
)
def name_that_nobody_has_is_refused_by_the_controller(answer: Fact[str], nobody: Answer) -> None:
    expect(answer).is_there()
    expect(nobody.stdout).matches(r"(?s)^HTTP/\S+ 404 .*\n404 page not found$")


QUEUE = "kubectl create deployment lr-queue --image={web2}"
QUEUE_READY = "kubectl rollout status deployment/lr-queue --timeout=90s"
HOST = "queue-{shop}.lr.test"
OPEN = f"kubectl expose deployment lr-queue --port=80\nkubectl create ingress lr-queue --rule='{HOST}/*=lr-queue:80'"
FIRST = "$(kubectl get pods -l app=lr-queue -o name | head -n 1)"

ingress_spread = lab.step(
    "ingress-spread",
    minutes=6,
    solve=f"{QUEUE} --replicas=3\n{OPEN}\n{QUEUE_READY}",
    also={
        "applied": f"{applied(ingress('lr-queue', HOST, {'/': 'lr-queue'}), service('lr-queue'))}"
        f"{QUEUE} --replicas=4\n{QUEUE_READY}",
    },
)
heard = ingress_spread.probe(
    f"{CURL} -H 'Connection: close' 'http://{HOST}/?[1-24]'",
    at="outside",
    limit=12,
)


def waiting(cluster: Cluster) -> Fact[list[str]]:
    """Return the names of the Pods of Deployment lr-queue that run, sorted."""
    pods = pods_with(cluster, "lr-queue", keeper="lr-queue")
    return pods.map(lambda found: sorted(str(pod["metadata"]["name"]) for pod in found), "their names")


@ingress_spread.check(
    wrong={"one-pod": f"{QUEUE}\n{OPEN}\n{QUEUE_READY}"},
    within=20,
)
def three_pods_or_more_are_ready(cluster: Cluster) -> None:
    expect(cluster.deployment("lr-queue").ready_replicas).at_least(3)


@ingress_spread.check(
    wrong={
        "service-finds-one": f"{QUEUE} --replicas=3\n{OPEN}\n{QUEUE_READY}\nkubectl label {FIRST} turn=first\n"
        "kubectl set selector service lr-queue turn=first",
        "another-service": f"{QUEUE} --replicas=3\n{OPEN.replace('=lr-queue:80', '=lr-shop:80')}\n{QUEUE_READY}",
    },
    within=8,
)
def requests_land_on_every_one_of_them(cluster: Cluster, heard: Answer) -> None:
    wanted = waiting(cluster)
    expect(wanted.map(len, "how many")).at_least(3)
    expect(heard.stdout.map(pods_heard, "who answered")).equals(wanted.value)


def pods_heard(said: str) -> list[str]:
    """Return the Pods that gave the page of release 2, sorted, each once."""
    lines = [line.split() for line in said.splitlines() if line.startswith("web 2 ")]
    return sorted({words[2] for words in lines})
