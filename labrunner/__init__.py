"""The door for lab authors."""

from labrunner.expect import Failure, expect
from labrunner.facts import Fact
from labrunner.lab import Lab
from labrunner.operation import HandIn, Mutant, Terminal
from labrunner.when import ever, now, sequence, stable
from labrunner.world import Answer, Cluster, Docker

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
