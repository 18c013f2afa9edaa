"""Why Kubernetes: releases without a lost request, what breaks is mended, and the number of Pods follows the load."""

from . import healing, nodes, rollouts, scaling
from .ground import lab

__all__ = ["healing", "lab", "nodes", "rollouts", "scaling"]

lab.order(
    "rollout",
    "bad-release-halts",
    "rollback",
    "spread",
    "self-heal",
    "probes",
    "top",
    "hpa-up",
    "hpa-down",
    "drain",
)
lab.pauses_after("rollback", "probes", "hpa-down")
