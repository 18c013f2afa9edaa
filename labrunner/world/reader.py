"""Takes a snapshot: everything in the lab's scope, raw, and the replies of its probes, asked side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labrunner.errors import ClusterDown, DockerDown, EnvironmentNotReady
from labrunner.lab import At, Probe
from labrunner.operation import filled
from labrunner.words import say
from labrunner.world import docker_closer
from labrunner.world.docker_engine import PROBE_ROLE, DockerEngine, EngineRefused, Inventory, name_of
from labrunner.world.kube_kinds import AROUND, KINDS
from labrunner.world.reference import references
from labrunner.world.snapshot import Snapshot

if TYPE_CHECKING:
    from labrunner.world.kube_cluster import KubeCluster

Ask = Callable[[str, float], dict[str, Any]]
"""Asks a shell line within some seconds; what comes back is `docker_engine.answer_of`'s."""
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""`map`, or a pool's."""
SIDE_BY_SIDE = 4
"""Questions that are asked of a daemon at once, where nothing else is going on."""
NOT_THERE = (403, 404, 409)
"""HTTP: what is asked has stopped, is gone, or lets nobody in: so it is, and nothing of ours is broken."""
CANNOT_RUN = 400
"""HTTP: an image has no such program as was to ask; one that the learner made may well have none."""
NOT_RUNNING = (*NOT_THERE, CANNOT_RUN, 500)
"""HTTP: a Pod is not there, does not run yet or any more, or has no such container."""
LABEL, ROLE = "labrunner", "labrunner.role"
NAMED = "lr-"
"""How the names begin that labs prescribe."""
PREDEFINED = ("bridge", "host", "none")


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a lab on a daemon: our labels, the lab's names, and what derives from those.

    Attributes:
        install: this install's id, the value of our label.
        prefix: `localhost:PORT/`, with which the course's images begin.
        baseline: what was there before `start`.
        namespace: the lab's namespace in the cluster; empty where it has none.
        recorded: the IDs of images that bore a name of the lab's since `start`; only a removal asks for them.
        around: True where nodes and what else no namespace holds is read too, also while all is well.
        only: the names and references that the lab prescribes, where another installation's labs are on the daemon
            too: what merely looks like a lab's may then be the other's. None where this one is alone.
    """

    install: str
    prefix: str
    baseline: Inventory = field(default_factory=Inventory)
    namespace: str = ""
    recorded: frozenset[str] = frozenset()
    around: bool = False
    only: frozenset[str] | None = None

    def is_named(self, name: str) -> bool:
        """Tell whether a name is of the kind that labs prescribe."""
        return name.startswith(NAMED) if self.only is None else name in self.only

    def holds_reference(self, reference: str) -> bool:
        """Tell whether an image's reference is the course's or the lab's."""
        return reference.startswith(self.prefix) or self.is_named(reference)


@dataclass(slots=True)
class World:
    """A daemon, maybe a cluster, and the ways to ask that the environment provides (host, outside, cluster, a node)."""

    engine: DockerEngine
    cluster: "KubeCluster | None"
    ask: Mapping[At, Ask] = field(default_factory=dict)
    client: str = ""
    ask_node: Callable[[str, str, float], dict[str, Any]] | None = None
    held: Callable[[], list[dict[str, Any]] | None] = lambda: None

    def snapshot(
        self,
        scope: Scope,
        probes: list[Probe],
        values: Mapping[str, str],
        rest: Snapshot,
        asked_all: Callable[[], object] = lambda: None,
    ) -> Snapshot:
        """Read the whole scope and ask the probes.

        Docker's objects come first and take some milliseconds; then the probes are asked and the cluster is read, side
        by side. So no container of a probe is seen on a network, and what a probe hears is never older than the
        objects that a verdict compares it with.

        Args:
            scope: what belongs to the lab.
            probes: what is asked, each within its limit.
            values: what stands for the names in the probes' commands, images included.
            rest: what is not read from the world: log, answers, values, prepared.
            asked_all: called once the probes have been asked, while they are waited for.

        Raises:
            DockerDown, ClusterDown: the world is not there.
        """
        with ThreadPoolExecutor(max_workers=8) as pool:
            docker = self._docker_objects(scope, pool.map)
            replies = {probe.name: pool.submit(self.reply, probe, values, scope) for probe in probes}
            asked_all()
            cluster = None
            if self.cluster is not None:
                cluster = self._cluster_objects(self.cluster, scope)
            asked = {name: reply.result() for name, reply in replies.items()}
        docker |= docker_closer.closer(self.engine, docker, probes, asked, values)
        cluster = self._closer(cluster, asked)
        taken = datetime.now(UTC).isoformat(timespec="milliseconds")
        return replace(rest, docker=docker, cluster=cluster, probes=asked, taken=taken)

    def _cluster_objects(self, cluster: "KubeCluster", scope: Scope) -> dict[str, Any]:
        """Read the lab's namespace; while the lab itself has stopped the API server, as it was then."""
        found: dict[str, Any] = {"namespace": scope.namespace, "kinds": [kind for _, kind in KINDS]}
        try:
            found["objects"] = cluster.objects(scope.namespace)
            if scope.around:
                found |= {"kinds": [kind for _, kind in (*KINDS, *AROUND)], "around": cluster.around()}
        except ClusterDown:
            if (held := self.held()) is None:
                raise
            found["objects"] = held
        return found

    def _closer(self, cluster: dict[str, Any] | None, replies: Mapping[str, Any]) -> dict[str, Any] | None:
        """Add to what was read of the cluster what explains it, where something in it or a reply is not well."""
        if cluster is None or self.cluster is None:
            return cluster
        from labrunner.world import cluster_closer  # most looks need nothing of it

        failed = any(reply.get("exit_code") != 0 for reply in replies.values())
        if not failed and not cluster_closer.unwell(cluster["objects"]):
            return cluster
        return cluster_closer.closer(cluster, self.cluster, self.engine)

    def docker_objects(self, scope: Scope) -> dict[str, dict[str, Any]]:
        """Return what is in the scope, inspected, by kind and ID."""
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            return self._docker_objects(scope, pool.map)

    def _docker_objects(self, scope: Scope, each: Each) -> dict[str, dict[str, Any]]:
        networks, containers, volumes, images = each(self.engine.list, ("networks", "containers", "volumes", "images"))
        networks = [one for one in networks if self.in_scope_network(one, scope)]
        names = {one["Name"] for one in networks}
        containers = [one for one in containers if self.in_scope_container(one, scope, names)]
        used = {one["ImageID"] for one in containers}
        images = [one for one in images if one["Id"] in used or any(map(scope.holds_reference, references(one)))]
        wanted = [("containers", one["Id"]) for one in containers] + [("networks", one["Id"]) for one in networks]
        wanted += [("images", one["Id"]) for one in images]
        found: dict[str, dict[str, Any]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}
        for (kind, id_), raw in zip(wanted, each(lambda one: self.engine.inspect(*one), wanted), strict=True):
            if raw is not None:
                found[kind][id_] = raw
        mounted = {m.get("Name") for c in found["containers"].values() for m in c.get("Mounts") or []}
        for one in volumes:
            fresh = one["Name"] not in scope.baseline.volumes
            if scope.is_named(one["Name"]) or (fresh and one["Name"] in mounted):
                found["volumes"][one["Name"]] = one
        return found

    @staticmethod
    def in_scope_network(raw: Mapping[str, Any], scope: Scope) -> bool:
        """Tell whether a network belongs to the lab, from what the daemon's list or inspect tells of it."""
        if raw["Name"] in PREDEFINED or LABEL in (raw.get("Labels") or {}):
            return False
        return scope.is_named(raw["Name"])

    @staticmethod
    def in_scope_container(raw: Mapping[str, Any], scope: Scope, networks: set[str]) -> bool:
        """Tell whether a container belongs to the lab, from what the daemon's list tells of it.

        Args:
            raw: with Id, Names, Labels, Image and NetworkSettings.Networks.
            scope: the lab's.
            networks: the names of the lab's networks.
        """
        labels = raw.get("Labels") or {}
        if ROLE in labels:
            return False
        if scope.is_named(name_of(raw)):
            return True
        if raw["Id"] in scope.baseline.containers:
            return False
        attached = set((raw.get("NetworkSettings") or {}).get("Networks") or {})
        return scope.holds_reference(str(raw.get("Image", ""))) or bool(attached & networks)

    def reply(self, probe: Probe, values: Mapping[str, str], scope: Scope) -> dict[str, Any]:
        """Ask one probe; what cannot be asked, because what it asks is not there, is absent and no error.

        Raises:
            DockerDown: the daemon is not there.
        """
        command, target = filled(probe.command, values), filled(probe.target, values)
        try:
            if probe.at == "inside":
                return self._reply_inside(target, command, probe.limit)
            if probe.at == "network":
                return self._reply_network(probe, target, command, values, scope)
            if probe.at == "pod":
                return self._reply_pod(probe, target, command, scope)
            return self._reply_elsewhere(probe, target, command)
        except EngineRefused as refused:
            its_own = isinstance(probe.image, str) and refused.status == CANNOT_RUN
            return {"absent" if its_own or refused.status in NOT_THERE else "error": refused.message}
        except DockerDown:
            raise  # no daemon is no verdict on anything
        except EnvironmentNotReady as broken:
            return {"error": broken.message}

    def _reply_elsewhere(self, probe: Probe, target: str, command: str) -> dict[str, Any]:
        if probe.at == "node" and self.ask_node is not None:
            return self.ask_node(target, command, probe.limit)
        if probe.at not in self.ask:
            return {"error": f"there is no way to ask at {probe.at} here"}
        return self.ask[probe.at](command, probe.limit)

    def _reply_inside(self, target: str, command: str, limit: float) -> dict[str, Any]:
        raw = self.engine.inspect("containers", target)
        if raw is None:
            return {"absent": say(en=f"no container {target}", zh=f"没有容器 {target}")}
        if (status := raw["State"]["Status"]) != "running":
            return {"absent": say(en=f"container {target} is {status}", zh=f"容器 {target} 的状态是 {status}")}
        return self.engine.ask_inside(raw["Id"], command, limit=limit)

    def _reply_pod(self, probe: Probe, target: str, command: str, scope: Scope) -> dict[str, Any]:
        if self.cluster is None:
            return {"error": "there is no cluster here"}
        from labrunner.world.kube_cluster import ClusterRefused  # a lab without a cluster needs nothing of it

        name = target
        if "=" in target:
            named = self.cluster.running(scope.namespace, target)
            if not named:
                return {"absent": say(en=f"no Pod with {target} is running", zh=f"没有带 {target} 的 Pod 在运行")}
            name = named[0]
        try:
            return self.cluster.ask_inside(scope.namespace, name, command, limit=probe.limit, container=probe.container)
        except ClusterRefused as refused:
            return {"absent" if refused.status in NOT_RUNNING else "error": refused.message}

    def _reply_network(
        self, probe: Probe, network: str, command: str, values: Mapping[str, str], scope: Scope
    ) -> dict[str, Any]:
        image = probe.client(values, self.client)
        if network and self.engine.inspect("networks", network) is None:
            return {"absent": say(en=f"no network {network}", zh=f"没有网络 {network}")}
        if self.engine.inspect("images", image) is None:
            return {"absent": say(en=f"no image {image}", zh=f"没有镜像 {image}")}
        labels = {LABEL: scope.install, ROLE: PROBE_ROLE}
        return self.engine.ask(image=image, command=command, network=network, limit=probe.limit, labels=labels)
