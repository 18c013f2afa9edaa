"""The control plane: the way in, where the state is kept, who chooses nodes, who keeps promises."""

from labrunner import Cluster, expect

from .ground import ANSWERS, OVER, lab

api_down = lab.step(
    "api-down",
    minutes=5,
    solve=f"labrunner outage kube-apiserver\nsleep 4\n{OVER}",
    also={"longer": f"labrunner outage kube-apiserver\nsleep 8\n{OVER}"},
)
api_down.outage("kube-apiserver", samples={"app": ANSWERS})


@api_down.check(
    wrong={
        "brought-back-by-hand": "labrunner outage kube-apiserver\nsleep 2\n"
        "labrunner node control-plane sh -c "
        "'mv /etc/kubernetes/labrunner-parked/kube-apiserver.yaml /etc/kubernetes/manifests/'\n"
        f"sleep 12\n{OVER}",
    }
)
def api_was_silent(cluster: Cluster) -> None:
    expect(cluster.outage("kube-apiserver").api).equals(["silent"])


@api_down.check(
    wrong={
        "nobody-home": "kubectl scale deployment lr-web --replicas=0\n"
        "kubectl wait --for=delete pod -l app=lr-web --timeout=60s\n"
        f"labrunner outage kube-apiserver\nsleep 4\n{OVER}",
    }
)
def app_answered_all_the_while(cluster: Cluster) -> None:
    expect(cluster.outage("kube-apiserver").said("app")).equals(["200"])
