"""What the lab stands on: an app of two Pods, a desk on one node, and how a moment of the API is read."""

from datetime import datetime

from labrunner import Fact, Lab

lab = Lab(__file__)
lab.graded("local-only", why="it stops the parts of the one cluster that all submissions are graded in")
lab.static_pods = True

web = lab.image("web:1")
shop = lab.value("shop")

ANSWERS = "curl -s -m 2 -o /dev/null -w '%{http_code}' http://$LR_WEB_SERVICE_HOST:$LR_WEB_SERVICE_PORT/ || true"
"""What is asked of the app once a second while something is stopped: its HTTP status, 000 where nobody answers."""
DESK_ANSWERS = ANSWERS.replace("LR_WEB", "LR_DESK")
OVER = "labrunner outage --over"
SECOND = 1_000_000_000
SLACK = 2 * SECOND
"""The API's times are whole seconds, and a machine's clock may be a little off."""

lab.prepare("""
kubectl create deployment lr-web --image={web} --replicas=2
kubectl expose deployment lr-web --port=80
kubectl rollout status deployment/lr-web --timeout=90s
""")
# The desk's Service keeps its Pod also when nobody knows how that is: what is asked through it is the container itself.
lab.prepare("""
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: lr-desk
  labels: {app: lr-desk}
spec:
  nodeSelector:
    kubernetes.io/hostname: $(kubectl get nodes -o name | sed -n 's|^node/\\(.*-worker\\)$|\\1|p')
  containers:
  - name: desk
    image: {web}
---
apiVersion: v1
kind: Service
metadata: {name: lr-desk}
spec:
  publishNotReadyAddresses: true
  selector: {app: lr-desk}
  ports:
  - {port: 80}
YAML
kubectl wait --for=condition=Ready pod/lr-desk --timeout=90s
""")


def moment(time: Fact[str]) -> Fact[int]:
    """Return a time of the API in nanoseconds since 1970."""
    return time.map(lambda text: int(datetime.fromisoformat(text).timestamp()) * SECOND)
