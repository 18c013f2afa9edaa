"""The control plane: the way in, and where the state is kept."""

from labrunner import Answer, Cluster, Fact, HandIn, expect

from .ground import ANSWERS, OVER, lab

ADDRESS = "kubectl get service lr-web -o jsonpath='{.spec.clusterIP}' > address"
CONTAINERS = (
    'ctr -n k8s.io containers ls -q "labels.\\"io.kubernetes.pod.namespace\\"=={namespace},'
    'labels.\\"io.cri-containerd.kind\\"==container"'
)


def every_container(verb: str) -> str:
    """Return what has containerd do something with all containers of the lab, on both workers."""
    line = f"for one in $({CONTAINERS}); do ctr -n k8s.io tasks {verb} $one; done"
    return "\n".join(f"labrunner node {node} sh -c '{line}'" for node in ("worker", "worker2"))


MEDDLED = (
    f"labrunner outage kube-apiserver\n{every_container('pause')}\n"
    "labrunner node control-plane sh -c "
    "'mv /etc/kubernetes/labrunner-parked/kube-apiserver.yaml /etc/kubernetes/manifests/'\n"
    "timeout 90 sh -c 'until kubectl get --raw /readyz; do sleep 1; done'\n"
    f"sleep 4\n{every_container('resume')}\n{OVER}"
)
"""The app frozen, and the API server put back behind the window's back."""

api_down = lab.step(
    "api-down",
    minutes=7,
    solve=f"{ADDRESS}\nlabrunner outage kube-apiserver\n! kubectl get pods --request-timeout=3s\n"
    f"labrunner node worker curl -s -m 3 http://$(cat address)/\nsleep 3\n{OVER}\nkubectl get pods",
    also={
        "looked-on-its-node": "labrunner outage kube-apiserver --node control-plane\n"
        f"! labrunner node control-plane curl -sk -m 3 https://localhost:6443/readyz\nsleep 3\n{OVER}"
    },
)
api_down.outage("kube-apiserver", samples={"app": ANSWERS})


@api_down.check(wrong={"put-back-by-hand": MEDDLED})
def api_was_silent(cluster: Cluster) -> None:
    expect(cluster.outage("kube-apiserver").api).equals(["silent"])


@api_down.check(wrong={"frozen": MEDDLED})
def app_answered_all_the_while(cluster: Cluster) -> None:
    expect(cluster.outage("kube-apiserver").said("app")).equals(["200"])


NOTE = "kubectl create configmap lr-note --from-literal=shop=tea-{shop}"
FLOORS = "kubectl label configmap lr-note floor=1\nkubectl label configmap lr-note floor=2 --overwrite"
LAST_WRITE = "kubectl get configmap lr-note -o jsonpath='{.metadata.resourceVersion}'"
GET = "labrunner node control-plane etcdctl get /registry/configmaps/{namespace}/lr-note"

APPLIED = """kubectl apply -f - <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: lr-note, labels: {floor: "1"}}
data: {shop: tea-{shop}, open: "9"}
YAML
kubectl patch configmap lr-note --type merge --patch '{"data":{"open":"10"}}'
kubectl annotate configmap lr-note by=me
"""

etcd = lab.step(
    "etcd",
    minutes=8,
    solve=(
        f"{NOTE}\n{GET}\n{FLOORS}\n{GET} -w fields | tee record",
        HandIn("$(sed -n 's/^\"CreateRevision\" : //p' record)"),
    ),
    also={
        "applied-and-patched": (
            f"{APPLIED}{GET} -w json | grep -o '\"create_revision\":[0-9]*' | tee record",
            HandIn("$(cut -d : -f 2 record)"),
        )
    },
)
record = etcd.probe("etcdctl get /registry/configmaps/{namespace}/lr-note -w fields", node="control-plane", limit=8)


def field(record: Answer, name: str) -> Fact[str]:
    """Return a field of what etcd keeps of the note."""
    lines = record.stdout.map(lambda text: dict(line.split(" : ", 1) for line in text.splitlines() if " : " in line))
    return lines.map(lambda fields: fields[f'"{name}"'], name)


@etcd.check(wrong={"another-shop": "kubectl create configmap lr-note --from-literal=shop=coffee"})
def etcd_holds_the_note(record: Answer, shop: str) -> None:
    expect(field(record, "Value")).contains(f"tea-{shop}")


@etcd.check(
    wrong={"never-changed": NOTE, "made-anew": f"{NOTE}\n{FLOORS}\nkubectl delete configmap lr-note\n{NOTE}"},
)
def etcd_counted_three_writes(record: Answer) -> None:
    expect(field(record, "Version").map(int)).at_least(3)


@etcd.check(
    wrong={
        "last-write": (
            f"{NOTE}\n{FLOORS}",
            HandIn(f"$({LAST_WRITE})"),
        ),
        "version": (f"{NOTE}\n{FLOORS}", HandIn("3")),
    }
)
def answer_is_the_first_write(record: Answer, answer: Fact[str]) -> None:
    expect(answer).is_there()
    expect(answer.map(str.strip)).equals(field(record, "CreateRevision").value)
