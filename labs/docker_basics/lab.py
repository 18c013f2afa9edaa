"""Docker, basic use: every statement of the notes' section, a step each."""

from . import clearing, looking, making, packing, talking
from .ground import lab

__all__ = ["clearing", "lab", "looking", "making", "packing", "talking"]

lab.order(
    "run-missing",
    "pull",
    "network",
    "by-name",
    "read",
    "follow",
    "inspect",
    "exec",
    "attach",
    "commit",
    "export-import",
    "save-load",
    "push",
    "stop-rm",
    "rmi",
)
lab.pauses_after("by-name", "inspect", "export-import")
