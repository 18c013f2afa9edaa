"""What Docker is: an app packed with what it needs, shipped by digest, and run the same wherever it lands."""

from . import moving, packing, running, shipping
from .ground import lab

__all__ = ["lab", "moving", "packing", "running", "shipping"]

lab.order(
    "works-on-mine",
    "elsewhere",
    "package",
    "env-inside",
    "push",
    "wipe",
    "by-digest",
    "tag-moves",
    "one-image-two-configs",
    "other-runtime",
)
lab.pauses_after("env-inside", "tag-moves")
