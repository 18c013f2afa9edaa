"""What is on a daemon, by ID."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is on a daemon, by ID: what a baseline keeps, and what a difference is taken of.

    Attributes:
        containers: full ID → name.
        networks: full ID → name.
        volumes: name → creation time as the daemon tells it.
        images: image ID → its references (tags and digests), sorted.
        taken: the daemon's own time.
    """

    containers: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    taken: str = ""

    @classmethod
    def of(cls, kept: Any) -> "Inventory":
        """Return the inventory that was written down; what a later version wrote beside it is passed over.

        Raises:
            ValueError: it is none; a guess would make the user's own objects ours.
        """
        kinds = ("containers", "networks", "volumes", "images")
        if not isinstance(kept, dict) or not all(isinstance(kept.get(kind), dict) for kind in kinds):
            raise ValueError("not an inventory")
        containers, networks, volumes, images = (kept[kind] for kind in kinds)
        return cls(containers, networks, volumes, images, str(kept.get("taken", "")))
