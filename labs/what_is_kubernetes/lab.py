"""What Kubernetes is: each component by what it does, and by what stops when it stops."""

from . import control, deciding, nodes
from .ground import lab

__all__ = ["control", "deciding", "lab", "nodes"]

lab.order(
    "api-down",
    "etcd",
    "scheduler-off",
    "controllers-off",
    "no-cloud",
    "kubelet-heals",
    "kubelet-off",
    "proxy-off",
    "runtime",
    "static-pod",
)
lab.pauses_after("etcd", "no-cloud", "kubelet-off")
