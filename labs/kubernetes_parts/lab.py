"""The parts of Kubernetes, from the inside out: Pods, a Deployment that keeps them, Services, Ingress."""

from . import answering, certificates, deployments, outside, pods, services
from .ground import lab

__all__ = ["answering", "certificates", "deployments", "lab", "outside", "pods", "services"]

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
    "loadbalancer",
    "ingress-host",
    "ingress-path",
    "tls",
    "unknown-host",
    "ingress-spread",
)
lab.pauses_after("rollback", "nodeport", "ingress-path")
