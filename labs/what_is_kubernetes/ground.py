"""What the lab stands on: an app that answers, whatever happens to the control plane."""

from labrunner import Lab

lab = Lab(__file__)

web = lab.image("web:1")
shop = lab.value("shop")

ANSWERS = "curl -s -m 1 -o /dev/null -w '%{http_code}' http://$LR_WEB_SERVICE_HOST:$LR_WEB_SERVICE_PORT/ || true"
"""What is asked of the app once a second while something is stopped: its HTTP status, 000 where nobody answers."""
OVER = "labrunner outage --over"
READY = "kubectl rollout status deployment/lr-web --timeout=90s"

lab.prepare("""
kubectl create deployment lr-web --image={web} --replicas=2
kubectl expose deployment lr-web --port=80
kubectl rollout status deployment/lr-web --timeout=90s
""")
