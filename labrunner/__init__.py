"""The door for lab authors; what is behind it is imported when it is first asked for.

`labrunner list` needs none of it, and each command imports this package.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labrunner.expectation import Failure, expect
    from labrunner.facts import Fact
    from labrunner.lab import Lab
    from labrunner.operation import HandIn, Mutant, Terminal
    from labrunner.when import ever, now, sequence, stable
    from labrunner.world import Answer, Cluster, Docker

_HOMES = {
    "expectation": ("Failure", "expect"),
    "facts": ("Fact",),
    "lab": ("Lab",),
    "operation": ("HandIn", "Mutant", "Terminal"),
    "when": ("ever", "now", "sequence", "stable"),
    "world": ("Answer", "Cluster", "Docker"),
}
"""Module → the names that it gives; no name is also a module's, which would hide it."""

__all__ = [
    "Answer",
    "Cluster",
    "Docker",
    "Fact",
    "Failure",
    "HandIn",
    "Lab",
    "Mutant",
    "Terminal",
    "ever",
    "expect",
    "now",
    "sequence",
    "stable",
]


def __getattr__(name: str) -> Any:
    """Return what a name of the door stands for (PEP 562)."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
