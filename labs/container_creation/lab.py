"""How a container comes into being: its parts, each looked at from the host, and the same made by hand."""

from . import beginning, making, ties, walls
from .ground import lab

__all__ = ["beginning", "lab", "making", "ties", "walls"]

lab.order("created", "started", "family", "namespaces", "cgroup", "rootfs", "veth", "by-hand", "gone")
