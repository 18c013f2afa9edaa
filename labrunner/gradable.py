"""How a submission of a lab may be graded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["own-engine", "restricted", "local-only"]


@dataclass(frozen=True, slots=True)
class Gradable:
    """What a lab says of its grading.

    Attributes:
        way: "own-engine": in a sandbox of its own, thrown away afterwards; "restricted": speaking to its namespace
            alone; "local-only": not at all, left out of the total, and said so.
        without: step → why it cannot be graded in that way; such steps are out of the total as well.
        why: of a lab that is local-only, what keeps it from being graded; empty where its author has said nothing.
    """

    way: Way = "local-only"
    without: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
