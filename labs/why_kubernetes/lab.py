"""Why Kubernetes: releases without a lost request, what breaks is mended, and the number of Pods follows the load."""

from . import healing, rollouts
from .ground import lab

__all__ = ["healing", "lab", "rollouts"]

lab.order("rollout", "bad-release-halts", "rollback", "spread", "self-heal", "probes")
