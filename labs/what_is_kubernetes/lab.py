"""What Kubernetes is: each component by what it does, and by what stops when it stops."""

from . import control
from .ground import lab

__all__ = ["control", "lab"]

lab.order("api-down")
