"""A cell: a terminal of a stranger's, from which one namespace of the course's cluster is reached and nothing else.

Two containers on a closed network: the cell itself, which may do nothing to the machine, and a gate, which passes on to
the API server and to nobody else. What the stranger may do there is said by a Role of the namespace.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner.environment import images, within_reach
from labrunner.environment.closed_network import closed_network
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.container_bounds import CELL, GATE
from labrunner.environment.docker_cli import docker, labels
from labrunner.environment.kubectl import kubectl
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox_journal import ROLE, Entry, journalled
from labrunner.errors import ClusterDown
from labrunner.narrate import Narrator
from labrunner.words import say
from labrunner.world import kubeconfig
from labrunner.world.endpoint import Endpoint

IMAGE = "hands"
"""The catalogue's name of what cells, and sandboxes with a terminal in them, are made of."""
WHO = "student"
"""The ServiceAccount, the Role and the RoleBinding."""
PORT = 6443
TOKEN = "2h"  # noqa: S105 - how long one is good for
MAY = {
    "": """configmaps endpoints events persistentvolumeclaims pods pods/attach pods/exec pods/log pods/portforward
        replicationcontrollers secrets serviceaccounts services""",
    "apps": """controllerrevisions daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets
        statefulsets/scale""",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    "metrics.k8s.io": "pods",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
}
"""API group → what is in it that a stranger may make and change: no status of anything, no roles, no quota."""
LOOKS = {"": "limitranges resourcequotas"}
"""What a stranger may only look at."""
VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
OURS = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID")
"""What root in a cell may do, who is always one of us: whoever is not root there has nothing, and gains nothing."""
NOTHING = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is there: the engine that it runs on, its container, and the kubeconfig for whoever is in it."""

    outer: Endpoint
    container: str
    kubeconfig: str

    def demand(self) -> None:
        """Make sure that the cluster is reached from inside; raises ClusterDown."""
        within_reach.cluster(self.outer, self.container, self.kubeconfig)


@contextmanager
def cell(
    outer: Endpoint, cluster: KindCluster, registry: Registry, namespace: str, narrator: Narrator
) -> Iterator[Cell]:
    """Make a cell for one namespace; gone when the block ends, and swept if we are killed.

    Args:
        outer: the daemon that the cluster runs on.
        cluster: the course's cluster.
        registry: the course's.
        namespace: a lab's, ours.
        narrator: shows what is built or loaded.

    Raises:
        ClusterDown: the cluster did not do its part, or is not reached from the cell.
        EnvironmentNotReady: the daemon did not.
    """
    image = images.environment_image(IMAGE, narrator, outer.environ())
    token = _admitted(outer, cluster, namespace)
    with ExitStack() as stack:
        inside = stack.enter_context(closed_network(outer, registry))
        gate = _container(stack, outer, registry, "gate")
        node = f"{cluster.name}-control-plane"
        docker(
            outer, "create", "--name", gate, "--network", inside.network, *labels(registry.install, ROLE), *NOTHING,
            *GATE, "--user", "65534", "--entrypoint", "socat", image,
            f"TCP-LISTEN:{PORT},fork,reuseaddr", f"TCP:{node}:{PORT}",
        )  # fmt: skip
        docker(outer, "network", "connect", registry.network, gate)
        docker(outer, "start", gate)
        room = _container(stack, outer, registry, "cell")
        docker(
            outer, "create", "--name", room, "--network", inside.network, *labels(registry.install, ROLE), *NOTHING,
            *CELL, *(word for one in OURS for word in ("--cap-add", one)),
            image, "sleep", "infinity",
        )  # fmt: skip
        docker(outer, "cp", "--follow-link", cluster.kubectl, f"{room}:/usr/local/bin/kubectl")
        docker(outer, "start", room)
        made = Cell(outer, room, _kubeconfig(cluster, gate, namespace, token))
        made.demand()
        yield made


def _container(stack: ExitStack, outer: Endpoint, registry: Registry, what: str) -> str:
    """Return the name of a container that is about to be made, and see to its removal."""
    name = f"labrunner-{what}-{registry.install[:6]}-{secrets.token_hex(3)}"
    stack.enter_context(journalled(outer, Entry(name, "", outer.url, registry.install)))
    return name


def _admitted(outer: Endpoint, cluster: KindCluster, namespace: str) -> str:
    """Make the account of a namespace and say what it may; return a token for it."""
    where = {"namespace": namespace, "name": WHO}
    rules: list[dict[str, Any]] = [_rule(group, kinds, VERBS) for group, kinds in MAY.items()]
    rules += [_rule(group, kinds, ["get", "list", "watch"]) for group, kinds in LOOKS.items()]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": WHO}
    api = "rbac.authorization.k8s.io/v1"
    objects = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": where, "automountServiceAccountToken": False},
        {"apiVersion": api, "kind": "Role", "metadata": where, "rules": rules},
        {"apiVersion": api, "kind": "RoleBinding", "metadata": where, "roleRef": role,
         "subjects": [{"kind": "ServiceAccount", **where}]},
    ]  # fmt: skip
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    kubectl(outer, cluster, "apply", "-f", "-", stdin=json.dumps(listed))
    done = kubectl(outer, cluster, "-n", namespace, "create", "token", WHO, f"--duration={TOKEN}")
    if not done.stdout.strip():
        raise ClusterDown(say(en="the cluster gave no token", zh="集群没有给出令牌"))
    return done.stdout.strip()


def _rule(group: str, kinds: str, verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": kinds.split(), "verbs": verbs}


def _kubeconfig(cluster: KindCluster, gate: str, namespace: str, token: str) -> str:
    """Return a kubeconfig by which the gate is the cluster: its certificate is still the API server's own."""
    [known] = [one["cluster"] for one in kubeconfig.read(Path(cluster.kubeconfig))["clusters"]]
    server = {
        "server": f"https://{gate}:{PORT}",
        "tls-server-name": f"{cluster.name}-control-plane",
        "certificate-authority-data": known["certificate-authority-data"],
    }
    context = {"cluster": "course", "user": WHO, "namespace": namespace}
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "course",
        "clusters": [{"name": "course", "cluster": server}],
        "users": [{"name": WHO, "user": {"token": token}}],
        "contexts": [{"name": "course", "context": context}],
    }
    return json.dumps(whole)
