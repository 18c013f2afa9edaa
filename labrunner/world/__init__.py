"""Docker and the cluster as checks see them: nouns of facts over one snapshot."""

from labrunner.world.answer import Answer
from labrunner.world.cluster import Cluster
from labrunner.world.docker import Docker
from labrunner.world.snapshot import Snapshot

__all__ = ["Answer", "Cluster", "Docker", "Snapshot"]
