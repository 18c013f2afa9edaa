"""A read-only look at one object of a cluster and at what surrounds it: what `why KIND/NAME` walks over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from labrunner.world.cluster_closer import closer
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.kube_cluster import KINDS, KubeCluster
from labrunner.world.snapshot import Snapshot


def survey(cluster: KubeCluster, namespace: str, *, engine: DockerEngine | None = None, subject: str = "") -> Snapshot:
    """Read a namespace, and what the state of its objects may depend on.

    Args:
        cluster: the cluster.
        namespace: the namespace; where a namespace itself is asked about, that one is read.
        engine: the daemon whose containers the nodes are, where it is known: it tells who listens in Pods.
        subject: the object that is asked about, as "Kind/name"; it is looked for in other namespaces too.

    Raises:
        ClusterDown: the cluster does not answer.
    """
    kind, _, name = subject.partition("/")
    where = name if kind == "Namespace" and name else namespace
    with ThreadPoolExecutor(2) as pool:
        around = pool.submit(cluster.around)
        objects = cluster.objects(where)
        found = {
            "namespace": where,
            "kinds": [kind for _, kind in KINDS],
            "objects": objects,
            "around": around.result(),
        }
    read = closer(found, cluster, engine, subject=subject)
    return Snapshot(cluster=read, taken=datetime.now(UTC).isoformat(timespec="seconds"))
