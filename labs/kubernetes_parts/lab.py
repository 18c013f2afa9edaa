"""The parts of Kubernetes, from the inside out: Pods, a Deployment that keeps them, Services that find them."""

from . import deployments, pods, services
from .ground import lab

__all__ = ["deployments", "lab", "pods", "services"]

lab.order(
    "pod-net",
    "pod-vol",
    "deployment",
    "keep",
    "update-history",
    "rollback",
    "clusterip",
    "selector",
    "nodeport",
)
lab.pauses_after("rollback")
