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
    "static-pod",
    "kubelet-off",
    "proxy-off",
    "runtime",
)
lab.pauses_after("etcd", "no-cloud", "kubelet-off")
