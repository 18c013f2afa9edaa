"""Docker, containers and virtual machines: whose kernel, what is seen, what it takes, what the walls hold."""

from . import kernels, walls
from .ground import lab

__all__ = ["kernels", "lab", "walls"]

lab.order(
    "kernel",
    "own-kernel",
    "seen-from-host",
    "only-qemu",
    "start-time",
    "footprint",
    "limits",
    "machine-size",
    "thin-wall",
    "tight",
    "thick-wall",
)
lab.pauses_after("start-time", "machine-size")
