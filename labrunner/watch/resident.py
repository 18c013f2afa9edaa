"""The lab's world as it is known from its events: raw objects by kind and ID, of which a snapshot is made."""

from dataclasses import replace
from datetime import UTC, datetime

from labrunner.watch.holdings import Holdings
from labrunner.watch.sight import Raw
from labrunner.world.kube_cluster import AROUND, KINDS
from labrunner.world.reader import Scope, World
from labrunner.world.snapshot import Snapshot


class Resident:
    """What is known of a lab's world.

    Args:
        world: its daemon and cluster; a client that was lost is replaced in it.
        scope: what of the daemon belongs to the lab.

    Attributes:
        docker: the lab's objects on the daemon.
        cluster: kind → UID → object; a kind that was not listed yet is not in it.
        surveys: side → what was asked about its objects that are not as they should be.
    """

    def __init__(self, world: World, scope: Scope) -> None:
        self.world, self.scope = world, scope
        self.docker = Holdings(world, scope)
        self.cluster: dict[str, dict[str, Raw]] = {}
        self.surveys: dict[str, Raw] = {}

    def listed(self, kind: str, raws: list[Raw]) -> set[str]:
        """Take over every object of a kind of the cluster's; returns what may have changed."""
        self.cluster[kind] = {_uid(raw): raw for raw in raws}
        return {f"{kind}/*"}

    def became(self, action: str, raw: Raw) -> set[str]:
        """Take over what became of one object of the cluster's; returns what changed."""
        kept = self.cluster.setdefault(str(raw["kind"]), {})
        if action == "DELETED":
            kept.pop(_uid(raw), None)
        else:
            kept[_uid(raw)] = raw
        return {f"{raw['kind']}/{raw['metadata']['name']}"}

    def snapshot(self, rest: Snapshot, probes: dict[str, Raw]) -> Snapshot:
        """Return what is known as one snapshot.

        Args:
            rest: what is not read from the world.
            probes: the replies that are known.
        """
        docker = {kind: dict(known) for kind, known in self.docker.kinds.items()} or None
        if docker is not None:
            docker |= self.surveys.get("docker", {})
        cluster = None
        if self.world.cluster is not None:
            cluster = {
                "namespace": self.scope.namespace,
                "kinds": [kind for _, kind in (*KINDS, *AROUND) if kind in self.cluster],
                "objects": self._of(KINDS),
                "around": self._of(AROUND),
                **self.surveys.get("cluster", {}),
            }
        taken = datetime.now(UTC).isoformat(timespec="microseconds")
        return replace(rest, docker=docker, cluster=cluster, probes=dict(probes), taken=taken)

    def _of(self, kinds: tuple[tuple[str, str], ...]) -> list[Raw]:
        found = [list(self.cluster.get(kind, {}).values()) for _, kind in kinds]
        return [raw for one in found for raw in sorted(one, key=lambda raw: str(raw["metadata"]["name"]))]


def _uid(raw: Raw) -> str:
    return str(raw["metadata"].get("uid") or raw["metadata"]["name"])
