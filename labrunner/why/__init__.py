"""From a broken fact to its cause: walks what a snapshot holds, for Docker and for Kubernetes; asks nobody."""

from labrunner.why.diagnosis import Diagnosis
from labrunner.why.explain import explain

__all__ = ["Diagnosis", "explain"]
