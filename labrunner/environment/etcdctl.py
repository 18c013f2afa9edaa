"""etcdctl on the control plane's node, with etcd's address and certificates known to it."""

from labrunner.environment import build, target
from labrunner.environment.cache import slot
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import nodes_are_ours
from labrunner.environment.component import CONTROL_PLANE, PLACE
from labrunner.environment.docker_cli import docker
from labrunner.narrate import Narrator
from labrunner.world.endpoint import Endpoint

COMMAND = "/usr/local/bin/etcdctl"
PKI = "/etc/kubernetes/pki/etcd"
"""Where kubeadm puts etcd's certificates."""
SCRIPT = f"""#!/bin/sh
exec {PLACE}/etcdctl --endpoints https://127.0.0.1:2379 \\
  --cacert {PKI}/ca.crt --cert {PKI}/server.crt --key {PKI}/server.key "$@"
"""


def up(endpoint: Endpoint, cluster: KindCluster, narrator: Narrator) -> None:
    """Make sure that `etcdctl` is on the control plane's node.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster.
        narrator: told where it has to be built, which takes half a minute.

    Raises:
        NotOurs: a node is another container than recorded.
        SourceMissing: it cannot be built.
    """
    node = cluster.node(CONTROL_PLANE)
    if docker(endpoint, "exec", node, "test", "-x", COMMAND, may_fail=True).ok:
        return
    nodes_are_ours(endpoint, cluster)
    whole = slot("kubernetes", target.key("kubernetes"))  # the node image's other programs, where they were built here
    folder = whole if whole.exists() else build.built("etcdctl", narrator, endpoint.environ())
    docker(endpoint, "exec", node, "mkdir", "-p", PLACE)
    docker(endpoint, "cp", str(folder / "bin" / "etcdctl"), f"{node}:{PLACE}/etcdctl")
    # Written last, and whole: it is what tells that all of it is there.
    script = (
        f"printf '%s' \"$1\" >{PLACE}/etcdctl.sh && chmod 755 {PLACE}/etcdctl.sh && mv {PLACE}/etcdctl.sh {COMMAND}"
    )
    docker(endpoint, "exec", node, "sh", "-c", script, "sh", SCRIPT)
