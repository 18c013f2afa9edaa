"""What is known of the course's cluster between two commands: written before it is made, completed when it answers."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from labrunner import atomic, places
from labrunner.world.endpoint import Endpoint

CLIENT_NAMESPACE, CLIENT_POD = "labrunner-system", "labrunner-client"
"""The client inside the cluster that probes ask from."""
ADDON = "labrunner.addon"
"""The label that says of which add-on an object is."""


@dataclass(frozen=True, slots=True)
class KindCluster:
    """The course's cluster.

    Attributes:
        name: as kind knows it.
        kubeconfig: our own file, private; never the user's.
        uid: of its namespace kube-system: another uid is another cluster. Empty while it is being made.
        nodes: node name → container ID.
        ports: container port ("80", "443") → the loopback port that leads there.
        image: the node image that it was made from.
        daemon_id: the daemon that it runs on.
        install: whose it is.
        kubectl: path of the kubectl that suits it.
        registry: "PORT HOST" of the registry that its nodes were told of.
        made_of: a hash of what it was made from besides the image.
        server, authority: where our kubeconfig leads, and a hash of the certificate authority that vouches for it.
    """

    name: str
    kubeconfig: str
    uid: str = ""
    nodes: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    image: str = ""
    daemon_id: str = ""
    install: str = ""
    kubectl: str = ""
    registry: str = ""
    made_of: str = ""
    server: str = ""
    authority: str = ""

    @property
    def context(self) -> str:
        """The name of its context in our kubeconfig."""
        return f"kind-{self.name}"

    def kubectl_line(self, *args: str) -> list[str]:
        """Return the line that runs `kubectl ARGS…` with our kubeconfig and its one context, whatever else is set."""
        return [self.kubectl, "--kubeconfig", self.kubeconfig, "--context", self.context, *args]

    def node(self, role: str) -> str:
        """Return the container ID of a node, by its name or by what is left of it ("worker2"); empty for none."""
        return self.nodes.get(role) or self.nodes.get(f"{self.name}-{role}", "")

    @property
    def roles(self) -> list[str]:
        """The nodes' names, without the cluster's: "control-plane", "worker", "worker2"."""
        return sorted(node.removeprefix(f"{self.name}-") for node in self.nodes)

    def environ(self, endpoint: Endpoint) -> dict[str, str]:
        """Return a whole environment in which `kubectl` means this cluster, and `docker` its daemon."""
        found = endpoint.environ()
        folder = str(Path(self.kubectl).parent) if self.kubectl else ""
        if folder and shutil.which("kubectl", path=found["PATH"]) != self.kubectl:
            found["PATH"] = os.pathsep.join([folder, found["PATH"]])
            if endpoint.cli:  # a folder may hold both; docker stays the endpoint's
                found["PATH"] = os.pathsep.join([str(Path(endpoint.cli).parent), found["PATH"]])
        return {**found, **kube_environ(self.kubeconfig)}


def kube_environ(kubeconfig: str) -> dict[str, str]:
    """Return the variables that keep kubectl and kind to our own files."""
    return {"KUBECONFIG": kubeconfig, "KUBECACHEDIR": str(_kubectl_cache())}


def forget_kinds() -> None:
    """Let kubectl ask anew which kinds the cluster has; it believes for hours what it heard once."""
    shutil.rmtree(_kubectl_cache(), ignore_errors=True)


def _kubectl_cache() -> Path:
    return folder() / "kubectl-cache"


def folder() -> Path:
    """Return where the cluster's files are."""
    return places.state_dir() / "cluster"


def kubeconfig() -> Path:
    """Return the path of our own kubeconfig."""
    return folder() / "kubeconfig"


def load() -> KindCluster | None:
    """Read the record; None where there is none that can be read."""
    raw = atomic.read_json(folder() / "cluster.json")
    known = {one.name: raw[one.name] for one in fields(KindCluster) if one.name in raw}
    mappings = [known.pop(name, {}) for name in ("nodes", "ports")]
    if not (known.get("name") and known.get("kubeconfig")) or not all(isinstance(one, str) for one in known.values()):
        return None  # what is there of it is found by its label
    nodes, ports = (one if isinstance(one, dict) else {} for one in mappings)
    return KindCluster(**known, nodes=nodes, ports=ports)


def save(cluster: KindCluster) -> None:
    """Keep the record; raises DiskFull."""
    atomic.write_json(folder() / "cluster.json", asdict(cluster))


def clear() -> None:
    """Forget the cluster, its kubeconfig included."""
    shutil.rmtree(folder(), ignore_errors=True)
