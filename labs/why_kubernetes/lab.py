"""Why Kubernetes: releases without a lost request, what breaks is mended, and the number of Pods follows the load."""

from . import rollouts
from .ground import lab

__all__ = ["lab", "rollouts"]

lab.order("rollout", "bad-release-halts", "rollback")
