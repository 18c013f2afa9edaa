"""Containers and images: a template, the layer above it, and what lasts how long."""

from . import containers, images, lasting  # noqa: F401 - their steps are declared as they are read
from .ground import lab

lab.order(
    "template",
    "layers",
    "own-writes",
    "own-world",
    "diff",
    "covered",
    "restart",
    "rm",
    "commit",
    "volume",
    "tag-moves",
)
lab.pauses_after("own-writes", "covered", "commit")
