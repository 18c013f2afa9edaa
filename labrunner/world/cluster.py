"""Kubernetes as nouns of facts over a snapshot; reads, and never asks the API server."""

from collections.abc import Mapping
from typing import Any

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.asked import note
from labrunner.world.kube_kinds import KINDS
from labrunner.world.outage import Outage
from labrunner.world.past_objects import PastObject
from labrunner.world.replay_cluster import KINDS as WATCHED_KINDS
from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]


class Cluster:
    """What a snapshot holds of the lab's namespace."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def _objects(self, kind: str) -> list[Raw]:
        if self._snapshot.cluster is None:
            raise NotRecorded("the cluster was not looked at")
        listed = self._snapshot.cluster.get("kinds", [known for _, known in KINDS])
        if kind not in listed:
            raise NotRecorded(say(en=f"no {kind} was looked for", zh=f"没有查看 {kind}"))
        held = [*self._snapshot.cluster["objects"], *self._snapshot.cluster.get("around", [])]
        return [raw for raw in held if raw["kind"] == kind]

    @property
    def namespace(self) -> str:
        """The lab's namespace."""
        if self._snapshot.cluster is None:
            raise NotRecorded("the cluster was not looked at")
        return str(self._snapshot.cluster["namespace"])

    def object(self, kind: str, name: str) -> "Object":
        """Return an object of the lab's namespace, there or not; the kind as in a manifest ("Deployment")."""
        return Object(self, kind, name, self._find(kind, name))

    def deployment(self, name: str) -> "Deployment":
        """Return the Deployment of this name, there or not."""
        return Deployment(self, "Deployment", name, self._find("Deployment", name))

    def service(self, name: str) -> "Service":
        """Return the Service of this name, there or not."""
        return Service(self, "Service", name, self._find("Service", name))

    def past(self, kind: str, name: str) -> PastObject:
        """Return the last recorded life, by UID, of the object of this kind and name in the lab's namespace."""
        if kind not in WATCHED_KINDS:
            raise NotRecorded(say(en=f"the past of no {kind} is recorded", zh=f"没有记录 {kind} 的历史"))
        return PastObject(self._snapshot, kind, name)

    def outage(self, component: str, node: str = "") -> Outage:
        """Return the last window in which a component was stopped by `labrunner outage`, there or not.

        Args:
            component: "kube-apiserver", "kubelet", "node" and the like, as the command calls it.
            node: of which node, where it may be several ("worker"); the last one's where empty.
        """
        return Outage(self._snapshot, component, node)

    def pods(self, selector: Mapping[str, str] | None = None) -> Fact[list[Raw]]:
        """Return the Pods that bear these labels (all of them where None), those being deleted left out."""
        found = [pod for pod in self.of_kind("Pod") if "deletionTimestamp" not in pod["metadata"]]
        if selector is not None:
            found = [pod for pod in found if selector.items() <= (pod["metadata"].get("labels") or {}).items()]
        labels = ",".join(f"{key}={value}" for key, value in (selector or {}).items())
        see = f"kubectl get pods -n {self.namespace}" + (f" -l {labels}" if labels else "")
        return Fact(found, "pods" + (f" with {labels}" if labels else ""), see, subject="Pod/*")

    def of_kind(self, kind: str) -> list[Raw]:
        """Return every object of a kind, raw."""
        note(f"{kind}/*")
        return self._objects(kind)

    def _find(self, kind: str, name: str) -> Raw | None:
        note(f"{kind}/{name}")
        return next((raw for raw in self._objects(kind) if raw["metadata"]["name"] == name), None)


class Object:
    """One object of the lab's namespace, there or not: every property is a fact."""

    def __init__(self, cluster: Cluster, kind: str, name: str, raw: Raw | None) -> None:
        self.cluster, self.kind, self.name, self._raw = cluster, kind, name, raw

    def at(self, path: str) -> Fact[Any]:
        """Return the field at a dotted path ("spec.replicas", "spec.ports.0.port"), as the API calls it."""
        subject = f"{self.kind}/{self.name}"
        see = f"kubectl get {self.kind.lower()} {self.name} -n {self.cluster.namespace}"
        where = f"{self.kind} {self.name}"
        if self._raw is None:
            return Fact(None, where, see, say(en=f"no {where}", zh=f"没有 {where}"), subject)
        template = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))
        whole: Fact[Any] = Fact(self._raw, where, f"{see} -o jsonpath='{{{template}}}'", subject=subject)
        return whole.map(lambda raw: _walk(raw, path.split(".")), path)

    @property
    def uid(self) -> Fact[str]:
        """The UID: another object of the same name has another."""
        return self.at("metadata.uid")

    @property
    def labels(self) -> Fact[dict[str, str]]:
        """The object's own labels."""
        return self.at("metadata.labels")


def _walk(value: Any, path: list[str]) -> Any:
    for part in path:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


class Deployment(Object):
    """A Deployment."""

    @property
    def replicas(self) -> Fact[int]:
        """How many Pods are wanted."""
        return self.at("spec.replicas")

    @property
    def ready_replicas(self) -> Fact[int]:
        """How many Pods are ready; 0 where the status does not say."""
        return self._count("readyReplicas")

    @property
    def updated_replicas(self) -> Fact[int]:
        """How many Pods are of the present template; 0 where the status does not say."""
        return self._count("updatedReplicas")

    @property
    def image(self) -> Fact[str]:
        """The image of the first container of its template."""
        return self.at("spec.template.spec.containers.0.image")

    @property
    def selector(self) -> Fact[dict[str, str]]:
        """The labels by which it knows its Pods."""
        return self.at("spec.selector.matchLabels")

    def _count(self, field: str) -> Fact[int]:
        whole = self.at("metadata.name")
        counted = self.at(f"status.{field}")
        if whole.absent or counted.known:
            return counted
        return Fact(0, counted.source, counted.see, subject=counted.subject)


class Service(Object):
    """A Service."""

    @property
    def type(self) -> Fact[str]:
        """ClusterIP, NodePort, LoadBalancer or ExternalName."""
        return self.at("spec.type")

    @property
    def cluster_ip(self) -> Fact[str]:
        """The virtual address; "None" for a headless one."""
        return self.at("spec.clusterIP")

    @property
    def ports(self) -> Fact[list[int]]:
        """The ports that it answers at."""
        return self.at("spec.ports").map(lambda ports: [port["port"] for port in ports])

    @property
    def selector(self) -> Fact[dict[str, str]]:
        """The labels by which it finds Pods."""
        return self.at("spec.selector")

    @property
    def endpoints(self) -> Fact[list[str]]:
        """The addresses of the ready Pods behind it, sorted; an empty list where there are none."""
        see = f"kubectl get endpointslices -n {self.cluster.namespace} -l kubernetes.io/service-name={self.name}"
        if self._raw is None:
            return Fact(
                None,
                f"Service {self.name}",
                see,
                say(en=f"no Service {self.name}", zh=f"没有 Service {self.name}"),
                f"Service/{self.name}",
            )
        found: set[str] = set()
        for one in self.cluster.of_kind("EndpointSlice"):
            if (one["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == self.name:
                for end in one.get("endpoints") or []:
                    if (end.get("conditions") or {}).get("ready") is not False:  # unsaid means ready
                        found.update(end["addresses"])
        return Fact(sorted(found), f"ready endpoints of Service {self.name}", see, subject=f"Service/{self.name}")
