"""The parts of the cluster that a lesson can stop: how each is stopped on its node, and how all of them come back."""

from dataclasses import dataclass
from typing import Any

MANIFESTS = "/etc/kubernetes/manifests"
"""Where a kubelet finds the static Pods that it runs (kubeadm's default)."""
PARKED = "/etc/kubernetes/labrunner-parked"
"""On the same file system as MANIFESTS, so that a move is one step, and outside of it, so that no kubelet reads it."""
API = "kube-apiserver"
STATIC = (API, "kube-controller-manager", "kube-scheduler")
PLACE = "/usr/local/lib/labrunner"
UNIT = "labrunner-restore"
CONTROL_PLANE, WORKER, NODE = "control-plane", "worker", "node"
ON_CONTROL_PLANE: dict[str, Any] = {
    "nodeSelector": {"node-role.kubernetes.io/control-plane": ""},
    "tolerations": [{"operator": "Exists"}],
}
"""Of a Pod's spec: on the node that no lesson takes away."""
PROXY = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=5s --namespace kube-system patch daemonset"
SELECTOR = "labrunner.dev/parked"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the cluster.

    Attributes:
        name: what `labrunner outage` calls it.
        node: where it runs, unless another node is named: by role.
        stop: a shell line on that node; empty where the node itself is stopped.
        processes: what runs no more once it is stopped, by the program's name.
        anywhere: True where it may be stopped on any node.
        everywhere: True where it is gone from every node.
    """

    name: str
    node: str
    stop: str
    processes: tuple[str, ...] = ()
    anywhere: bool = False
    everywhere: bool = False

    @property
    def silences(self) -> bool:
        """Tell whether the API is silent without it."""
        return API in self.processes

    @property
    def gone(self) -> str:
        """A shell line that succeeds on the node once it has stopped."""
        return " && ".join(f"! pgrep -f '{_process(one)}' >/dev/null" for one in self.processes) or "true"


def _parked(*names: str) -> str:
    """Return what parks static Pods.

    An API server takes half a minute to say goodbye to everybody who watches. Once the kubelet knows that it is not
    wanted any more (it looks every three seconds here), there is nothing to wait for.
    """
    files = " ".join(f"{MANIFESTS}/{name}.yaml" for name in names)
    killed = "; ".join(f"pkill -KILL -f '{_process(name)}'" for name in names)
    return f"mkdir -p {PARKED} && mv {files} {PARKED}/ && sleep 4; {killed}; true"


def _process(name: str) -> str:
    """Return the pattern of a program's command line; names of processes are cut off at 15 letters."""
    return f"^([^ ]*/)?{name}( |$)"


def _patch(value: str) -> str:
    wanted = f'{{"spec":{{"template":{{"spec":{{"nodeSelector":{{"{SELECTOR}":{value}}}}}}}}}}}'
    return f"{PROXY} kube-proxy --type merge --patch '{wanted}'"


COMPONENTS = {
    one.name: one
    for one in (
        *(Component(name, CONTROL_PLANE, _parked(name), (name,)) for name in STATIC),
        Component(CONTROL_PLANE, CONTROL_PLANE, _parked(*STATIC), STATIC),
        Component("kubelet", WORKER, "systemctl stop kubelet", ("kubelet",), anywhere=True),
        Component(
            "kube-proxy",
            CONTROL_PLANE,
            # No node has this label: the DaemonSet then wants no Pod anywhere.
            f"mkdir -p {PARKED} && touch {PARKED}/kube-proxy && " + _patch('"here"'),
            ("kube-proxy",),
            everywhere=True,
        ),
        Component(NODE, "worker2", "", anywhere=True),
    )
}
"""Every part that can be stopped, by name."""

RESTORE = f"""#!/bin/sh
# Puts back what a lesson took away on this node; right twice as well.
systemctl --no-block start kubelet
for manifest in {PARKED}/*.yaml; do
  [ -e "$manifest" ] && mv "$manifest" {MANIFESTS}/
done
tries=0
while [ -e {PARKED}/kube-proxy ] && [ "$tries" -lt 60 ]; do
  {_patch("null")} >/dev/null 2>&1 && rm -f {PARKED}/kube-proxy && break
  tries=$((tries + 1))
  sleep 2
done
systemctl --quiet disable {UNIT}.service 2>/dev/null
exit 0
"""
SERVICE = f"""[Unit]
Description=Put back what a labrunner lesson took away

[Service]
Type=oneshot
ExecStart={PLACE}/restore

[Install]
WantedBy=multi-user.target
"""


def armed(seconds: float) -> str:
    """Return a shell script that makes a node put everything back by itself: at boot, and after some seconds.

    What stands in RESTORE and SERVICE is handed to it as `$1` and `$2`.
    """
    later = f"--unit={UNIT}-later --on-active={int(seconds)} --timer-property=AccuracySec=1s"
    return (
        f"mkdir -p {PLACE} && printf '%s' \"$1\" >{PLACE}/restore && chmod 755 {PLACE}/restore"
        f" && printf '%s' \"$2\" >/etc/systemd/system/{UNIT}.service"
        f" && systemctl daemon-reload && systemctl --quiet enable {UNIT}.service"
        f" && systemd-run --quiet --collect {later} {PLACE}/restore"
    )


RESTORED = (
    f"[ ! -x {PLACE}/restore ] || {PLACE}/restore;"
    f" systemctl --quiet stop {UNIT}-later.timer 2>/dev/null; systemctl start kubelet"
)
"""A shell script that puts everything back on a node now, and disarms it."""
ANEW = "systemctl restart kubelet"
"""After the API was silent: a kubelet that asked in vain asks again ever more seldom, after a minute and more."""
