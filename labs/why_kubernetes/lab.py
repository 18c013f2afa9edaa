"""Why Kubernetes: releases without a lost request, what breaks is mended, and the number of Pods follows the load."""

from . import healing, nodes, outage, rollouts, scaling
from .ground import lab

__all__ = ["healing", "lab", "nodes", "outage", "rollouts", "scaling"]

lab.order(
    "rollout",
    "bad-release-halts",
    "rollback",
    "spread",
    "top",
    "hpa-up",
    "hpa-down",
    "self-heal",
    "probes",
    "drain",
    "node-lost",
)
lab.pauses_after("rollback", "hpa-down", "probes")
