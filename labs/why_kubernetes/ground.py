"""What the lab stands on: its images, its values, a shopper who asks without a pause, and how its bill is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labrunner import Answer, Cluster, Fact, Lab

lab = Lab(__file__)
lab.graded(
    "local-only",
    why="it drains and stops nodes that everybody's Pods run on, and what counts is seen by a Pod that a submission "
    "could exchange",
)

web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")
client = lab.image("client:1")

shop = lab.value("shop")

lab.addon("metrics-server")

# Who asks all the time, from a node that no lesson takes away. A line a request: when it began, curl's exit code, the
# answer. The log is kept short; `bill` says it in few lines, one for each time that the answer changes.
lab.prepare("""
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: lr-shopper
spec:
  nodeSelector: {node-role.kubernetes.io/control-plane: ""}
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 0
  automountServiceAccountToken: false
  containers:
  - name: shopper
    image: {client}
    resources: {requests: {cpu: 10m, memory: 16Mi}}
    volumeMounts: [{name: log, mountPath: /log}]
    command:
    - bash
    - -c
    - |
      cat > /usr/local/bin/bill <<'SH'
      #!/bin/sh
      # since (seconds), until (seconds), requests, curl's exit code, answer
      [ -e "/log/$1" ] || exit 0
      tail -n 32000 "/log/$1" | awk '
        NF < 2 { next }
        {
          now = $2 == 0 ? $2 " " $3 " " $4 : $2
          if (now != key) {
            if (key != "") print since, until, number, key
            key = now; since = $1; number = 0
          }
          until = $1; number++
        }
        END { if (key != "") print since, until, number, key }' | tail -n "${2:-40}"
      SH
      cat > /usr/local/bin/losses <<'SH'
      #!/bin/sh
      # how many requests were lost since the first one was answered
      [ -e "/log/$1" ] || exit 0
      tail -n 32000 "/log/$1" | awk '
        $2 == 0 { if (lost != told) print lost; told = lost; open = 1; next }
        open { lost++ }
        END { print lost + 0 }' | tail -n "${2:-1}"
      SH
      chmod +x /usr/local/bin/bill /usr/local/bin/losses
      asks() {
        number=0
        while :; do
          began=$EPOCHREALTIME
          said=$(curl -s -f -m 5 "http://$1/")
          code=$?
          printf '%.3f %s %s\\n' "$began" "$code" "$said" >> "/log/$1"
          if [ $((number++)) -ge 8000 ]; then
            tail -n 32000 "/log/$1" > "/log/.$1"
            mv "/log/.$1" "/log/$1"
            number=0
          fi
          if [ "$code" = 6 ]; then sleep 0.5; else sleep 0.1; fi
        done
      }
      for name in lr-web lr-desk lr-night; do asks "$name" & done
      wait
  volumes: [{name: log, emptyDir: {sizeLimit: 32Mi}}]
YAML
kubectl wait --for=condition=Ready pod/lr-shopper --timeout=120s
""")

READY = "kubectl rollout status deployment/{name} --timeout=90s"


def manifest(name: str, image: str = "{web}", *, replicas: int = 3, strategy: str = "", pod: str = "") -> str:
    """Return a script that applies a Deployment that loses no request, and its Service.

    Args:
        name: of both, and the value of the label `app`.
        image: of its containers.
        replicas: how many Pods.
        strategy: one line of YAML; a rolling update that takes no Pod away before another one is ready where empty.
        pod: more lines of the Pod's spec, indented by six.
    """
    strategy = strategy or "{rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}"
    return f"""kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: {replicas}
  selector:
    matchLabels: {{app: {name}}}
  strategy: {strategy}
  template:
    metadata:
      labels: {{app: {name}, shop: "tea-{{shop}}"}}
    spec:
{pod}      containers:
      - name: web
        image: {image}
        readinessProbe:
          httpGet: {{path: /, port: 80}}
          periodSeconds: 1
          timeoutSeconds: 3
        lifecycle:
          preStop:
            sleep: {{seconds: 5}}
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
  ports:
  - port: 80
YAML
"""


def status(name: str) -> str:
    """Return the command that waits until a Deployment is as it should be."""
    return READY.replace("{name}", name)


@dataclass(frozen=True, slots=True)
class Run:
    """Requests on end that were answered alike.

    Attributes:
        since, until: when the first and the last of them began, in seconds since 1970.
        requests: how many.
        answer: "web 1", "web 2", or "failed (curl 7)".
    """

    since: float
    until: float
    requests: int
    answer: str

    @property
    def failed(self) -> bool:
        """Tell whether they were not answered."""
        return self.answer.startswith("failed")


def runs(bill: Answer) -> Fact[list[Run]]:
    """Return what the shopper's bill says, oldest first."""
    return bill.stdout.map(lambda text: [_run(line) for line in text.splitlines() if line.strip()])


def _run(line: str) -> Run:
    since, until, requests, code, *answer = line.split()
    said = " ".join(answer) if code == "0" else f"failed (curl {code})"
    return Run(float(since), float(until), int(requests), said)


def seconds(stamp: str) -> float:
    """Return a time of the API's as seconds since 1970."""
    return datetime.fromisoformat(stamp).timestamp()


def made(raw: Any) -> float:
    """Return when an object was made, in seconds since 1970."""
    return seconds(raw["metadata"]["creationTimestamp"])


def owned(raws: list[Any], owner: str | None) -> list[Any]:
    """Return those that the object of this UID keeps."""
    return [raw for raw in raws if any(one["uid"] == owner for one in raw["metadata"].get("ownerReferences") or [])]


def revision(raw: Any) -> int:
    """Return the number by which a Deployment knows one of its ReplicaSets."""
    return int((raw["metadata"].get("annotations") or {}).get("deployment.kubernetes.io/revision", 0))


def replicasets(cluster: Cluster, name: str) -> list[Any]:
    """Return the ReplicaSets of a Deployment, its present one last; none where there is no Deployment."""
    found = owned(cluster.of_kind("ReplicaSet"), cluster.deployment(name).uid.value)
    return sorted(found, key=revision)


def pods_of(cluster: Cluster, name: str) -> list[Any]:
    """Return the Pods of a Deployment, those that are leaving included."""
    keepers = replicasets(cluster, name)
    return [pod for one in keepers for pod in owned(cluster.of_kind("Pod"), one["metadata"]["uid"])]
