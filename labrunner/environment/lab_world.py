"""A started lab's world: its daemon, its cluster, and the ways to ask; only what a look needs."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labrunner import atomic
from labrunner.environment import cluster_record, outage_record
from labrunner.environment.cluster_identity import kubeconfig_is_ours
from labrunner.environment.cluster_record import CLIENT_NAMESPACE, CLIENT_POD, KindCluster
from labrunner.errors import ClusterDown
from labrunner.process import Completed
from labrunner.words import say
from labrunner.world import registry_question
from labrunner.world.docker_engine import DockerEngine, EngineRefused
from labrunner.world.endpoint import Endpoint
from labrunner.world.probe_reply import answer_of
from labrunner.world.reader import NOT_THERE, World

if TYPE_CHECKING:
    from labrunner.world.kube_cluster import KubeCluster

NOT_RUN = 125
"""How `docker run` ends where the daemon could not run the container; what is run ends otherwise."""
LEARNERS = "learners.kubeconfig"


def kubectl_environ(endpoint: Endpoint, kubeconfig: str) -> dict[str, str]:
    """Return a whole environment in which docker and kubectl mean the lab's own world."""
    cluster = cluster_record.load()
    env = cluster.environ(endpoint) if cluster is not None and kubeconfig else endpoint.environ()
    env.pop("KUBECONFIG", None)
    if kubeconfig:
        env["KUBECONFIG"] = kubeconfig
    return env


def learners(kubeconfig: str, *, anew: bool = False) -> str:
    """Return the kubeconfig of the learner's shell, a copy of the lab's own; it is made where it is not there.

    Programs that fetch credentials of other clusters write them into the file that KUBECONFIG names, and make theirs
    the present context. So that file is the learner's, and what a check, a solution or a recorder uses is another one.

    Args:
        kubeconfig: the lab's own; empty where it lives outside the cluster.
        anew: make it as it was, whatever is written in it.
    """
    if not kubeconfig:
        return ""
    own = Path(kubeconfig).with_name(LEARNERS)
    if anew or not own.exists():
        atomic.write(own, Path(kubeconfig).read_text(encoding="utf-8"))
    return str(own)


def world(  # noqa: PLR0913, PLR0917 - what a lab's world is made of
    endpoint: Endpoint, install: str, kubeconfig: str, client: str, port: int, directory: Path
) -> World:
    """Connect to a started lab's world.

    Args:
        endpoint: its daemon.
        install: the install id.
        kubeconfig: its own kubeconfig; empty where it lives outside the cluster.
        client: the client image's reference on that daemon; empty where no probe needs it.
        port: of the course's registry on loopback.
        directory: the lab's folder.

    Raises:
        DockerDown, ClusterDown: it is not there.
        NotOurs: the lab's own kubeconfig leads elsewhere than the course's cluster.
    """
    kube = None
    cluster = cluster_record.load() if kubeconfig else None
    if kubeconfig and (cluster is None or not Path(kubeconfig).exists()):
        raise ClusterDown(say(en="the course's cluster is gone", zh="课程集群已经不在了"), hint="labrunner start")
    if cluster is not None:
        kubeconfig_is_ours(cluster, Path(kubeconfig))
    ask: dict[Any, Any] = {
        "host": partial(_ask_host, endpoint, client, install),
        "outside": partial(_ask_outside, endpoint, client, install),
        "registry": partial(registry_question.ask, port),
    }
    if cluster is not None:
        from labrunner.world.kube_cluster import KubeCluster

        kube = KubeCluster(Path(kubeconfig))
        ask["cluster"] = partial(_ask_cluster, kube)
    engine = DockerEngine(endpoint.url)
    if cluster is None:
        return World(engine, kube, ask, client)
    return World(engine, kube, ask, client, partial(_ask_node, engine, cluster), partial(outage_record.held, directory))


def _ask_node(engine: DockerEngine, cluster: KindCluster, node: str, command: str, limit: float) -> dict[str, Any]:
    container = cluster.node(node)
    if not container:
        return {"absent": say(en=f"the cluster has no node {node}", zh=f"集群没有节点 {node}")}
    try:
        return engine.ask_inside(container, command, limit=limit)
    except EngineRefused as refused:
        return {"absent" if refused.status in NOT_THERE else "error": refused.message}


def _ask_cluster(kube: "KubeCluster", command: str, limit: float) -> Mapping[str, Any]:
    return kube.ask_inside(CLIENT_NAMESPACE, CLIENT_POD, command, limit=limit)


def _ask_host(endpoint: Endpoint, client: str, install: str, command: str, limit: float) -> Mapping[str, Any]:
    from labrunner.environment import host

    done = host.run_on_host(endpoint, ["sh", "-c", command], client, install=install, limit=limit)
    return _told(done)


def _ask_outside(endpoint: Endpoint, client: str, install: str, command: str, limit: float) -> Mapping[str, Any]:
    from labrunner.environment import host

    done = host.run_outside(endpoint, ["sh", "-c", command], client, install=install, limit=limit)
    return _told(done)


def _told(done: Completed) -> Mapping[str, Any]:
    """Return what a client heard; where docker itself could not run it, nobody was asked."""
    if done.code == NOT_RUN:
        return {"error": done.last_words}
    return answer_of(done.stdout.encode(), done.stderr.encode(), done.code)
