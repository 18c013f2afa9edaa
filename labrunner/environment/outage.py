"""Outages: a component of the course's cluster is stopped for a lesson, and comes back, whatever happens.

Three hands bring it back: whoever ends the outage; the keeper, a process of its own that looks at the world meanwhile;
and a timer in the node itself, which needs none of us. A stopped node has none: there the next command is the third.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from labrunner import atomic, wait
from labrunner.environment import (
    cluster_node,
    cluster_record,
    cluster_routes,
    cluster_sleep,
    kubectl,
    outage_record,
    shipped,
)
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import nodes_are_ours
from labrunner.environment.component import ANEW, COMPONENTS, NODE, RESTORE, RESTORED, SERVICE, Component, armed
from labrunner.environment.docker_cli import docker, inspect
from labrunner.environment.outage_record import Open
from labrunner.errors import ClusterDown, Refused, UsageError
from labrunner.narrate import Narrator, stage
from labrunner.state import lock, outages
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

GONE = 40.0
"""Seconds that a component gets to stop; a kubelet looks at its manifests every three seconds here."""
BACK = 150.0
"""Seconds that the cluster gets to be well again."""
SETTLED = 60.0
"""Seconds that another command may take which begins or ends an outage."""
SERVICES = "services.json"
"""Variables that samples are asked with: the lab's Services, as a Pod would find them."""


def begin(endpoint: Endpoint, component: str, node: str, minutes: float, directory: Path) -> Open:
    """Stop a component, and have it watched.

    Args:
        endpoint: the daemon that the cluster runs on.
        component: one of COMPONENTS.
        node: of which node, by role; where it usually is, where empty.
        minutes: after which it comes back by itself.
        directory: the folder of the lab that it belongs to.

    Raises:
        UsageError: there is no such component or node, or it cannot be stopped there.
        Refused: an outage is open.
        ClusterDown: it did not stop; everything was put back.
    """
    cluster = _cluster()
    what, role, container = _chosen(cluster, component, node)
    with lock.held(outage_record.lock_file(), within=SETTLED):
        if (other := outage_record.load()) is not None:
            raise Refused(
                say(en=f"{other.component} is stopped already", zh=f"{other.component} 已经停着"),
                hint="labrunner outage --over",
            )
        nodes_are_ours(endpoint, cluster)
        _keep(directory)
        seconds = minutes * 60
        token = secrets.token_hex(6)
        record = Open(token, component, role, container, time.time() + seconds, str(directory), endpoint.url)
        try:  # from the first moment: what is written down and not brought back would be nobody's
            outage_record.save(record)
            _stop(endpoint, cluster, what, container, seconds)
        except BaseException:  # Ctrl-C as well
            _put_back(endpoint, cluster, record)
            raise
        outages.begun(directory, token, component, role)
    _begin_keeper()
    return record


def over() -> str:
    """Bring back what is stopped, and wait until the cluster is well; right where nothing is.

    Returns:
        the component that came back; empty where none was stopped.

    Raises:
        NotOurs: a node is another container than recorded.
        ClusterDown: the cluster is not well again.
    """
    if outage_record.load() is None:
        return ""
    with lock.held(outage_record.lock_file(), within=SETTLED + BACK):
        if (record := outage_record.load()) is None:
            return ""
        cluster = cluster_record.load()
        if cluster is None:  # deleted meanwhile, and with it what was stopped
            outage_record.clear()
            return record.component
        _put_back(endpoints.reach(record.url), cluster, record)
        return record.component


def over_of(directory: Path) -> str:
    """Bring back what a lab has stopped; as `over`, and nothing where the outage is another lab's."""
    record = outage_record.load()
    return over() if record is not None and Path(record.directory) == directory else ""


def mend() -> str:
    """Bring back what nobody watches any more: its time is up, or its keeper was killed. As `over`."""
    record = outage_record.load()
    if record is None or outage_record.is_watched(record):
        return ""
    return over()


def demand_none(narrator: Narrator, directory: Path | None = None) -> None:
    """Make sure that nothing of the cluster is stopped, before somebody builds on it.

    What nobody watches or wants any more, and what the very lab has stopped that begins again, is brought back first.

    Args:
        narrator: told what is brought back.
        directory: the folder of the lab that begins; None for a demonstration or a proof.

    Raises:
        Refused: another lab has a component stopped.
    """
    record = outage_record.load()
    if record is None:
        return
    # A proof that was killed wants nothing any more.
    wanted = outage_record.is_watched(record) and Path(record.directory).is_dir()
    if wanted and (directory is None or Path(record.directory) != directory):
        lab = str(atomic.read_json(Path(record.directory) / "lab.json").get("lab", "")) or record.directory
        raise Refused(
            say(
                en=f"the lab {lab} has stopped {record.component} in the cluster",
                zh=f"实验 {lab} 停掉了集群里的 {record.component}",
            ),
            hint=say(en="bring it back first: labrunner outage --over", zh="先恢复它：labrunner outage --over"),
        )
    with stage(narrator, say(en=f"bringing {record.component} back", zh=f"恢复 {record.component}")):
        over()


def _cluster() -> KindCluster:
    cluster = cluster_record.load()
    if cluster is None or not cluster.uid:
        raise ClusterDown(say(en="the course's cluster is not there", zh="课程集群不存在"), hint="labrunner start LAB")
    return cluster


def _chosen(cluster: KindCluster, component: str, node: str) -> tuple[Component, str, str]:
    what = COMPONENTS.get(component)
    if what is None:
        raise UsageError(
            say(en=f"no component is called {component}", zh=f"没有名为 {component} 的组件"), hint=", ".join(COMPONENTS)
        )
    role = (node or what.node).removeprefix(f"{cluster.name}-")
    container = cluster_node.of(cluster, role)
    if role != what.node and not what.anywhere:
        raise UsageError(say(en=f"{component} runs on {what.node} alone", zh=f"{component} 只在 {what.node} 上运行"))
    if what.name == NODE and role == "control-plane":
        raise UsageError(
            say(en="a worker can be stopped, the control plane cannot", zh="只能停工作节点，不能停控制平面")
        )
    return what, role, container


def _keep(directory: Path) -> None:
    """Keep the lab's objects as they are now, and how its Services are reached."""
    from labrunner.world.kube_cluster import KubeCluster

    told = atomic.read_json(directory / "lab.json")
    cluster = KubeCluster(Path(str(told["kubeconfig"])))
    try:
        objects = cluster.objects(str(told["namespace"]))
    finally:
        cluster.close()
    atomic.write_json(directory / outage_record.HELD, {"objects": objects})
    found: dict[str, str] = {}
    for raw in objects:
        address, ports = (raw.get("spec") or {}).get("clusterIP"), (raw.get("spec") or {}).get("ports")
        if raw["kind"] == "Service" and address not in (None, "", "None") and ports:
            name = str(raw["metadata"]["name"]).upper().replace("-", "_")
            found |= {f"{name}_SERVICE_HOST": str(address), f"{name}_SERVICE_PORT": str(ports[0]["port"])}
    atomic.write_json(directory / SERVICES, found)


def _stop(endpoint: Endpoint, cluster: KindCluster, what: Component, container: str, seconds: float) -> None:
    if what.name == NODE:
        docker(endpoint, "stop", "--time", "2", container, limit=60)
        return
    docker(endpoint, "exec", container, "sh", "-c", armed(seconds), "sh", RESTORE, SERVICE)
    docker(endpoint, "exec", container, "sh", "-c", what.stop)
    where = cluster.nodes.values() if what.everywhere else [container]

    def gone() -> bool:
        return all(docker(endpoint, "exec", one, "sh", "-c", what.gone, may_fail=True).ok for one in where)

    if not wait.until(gone, within=GONE, every=0.3):
        raise ClusterDown(
            say(en=f"{what.name} did not stop in {GONE:.0f} s", zh=f"{what.name} {GONE:.0f} 秒内没有停下")
        )


def _put_back(endpoint: Endpoint, cluster: KindCluster, record: Open) -> None:
    """Bring everything back by the nodes' containers alone: the API may be what is down."""
    outages.ended(Path(record.directory), record.token)
    nodes_are_ours(endpoint, cluster)
    since = cluster_sleep.clock(endpoint)
    for container in cluster.nodes.values():
        state = (inspect(endpoint, "containers", container).get("State") or {}).get("Status")
        if state in ("exited", "created", "dead"):
            docker(endpoint, "start", container)
            cluster_routes.keep_inside(endpoint, [container])
        elif state == "paused":
            docker(endpoint, "unpause", container)
        docker(endpoint, "exec", container, "sh", "-c", RESTORED, limit=150, may_fail=True)
    what = COMPONENTS.get(record.component)
    if what is not None and what.silences:
        wait.until(lambda: kubectl.ready(endpoint, cluster), within=BACK / 2, every=0.5)
        since = cluster_sleep.clock(endpoint)
        for container in cluster.nodes.values():
            docker(endpoint, "exec", container, "sh", "-c", ANEW, limit=60, may_fail=True)
    if not wait.until(lambda: cluster_sleep.is_awake(endpoint, cluster, since), within=BACK, every=0.5):
        raise ClusterDown(
            say(
                en=f"the cluster was not well {BACK:.0f} s after {record.component} came back",
                zh=f"{record.component} 恢复 {BACK:.0f} 秒后集群仍不正常",
            ),
            hint=say(en="labrunner stop --all, then start again", zh="先 labrunner stop --all，再重新 start"),
        )
    cluster_sleep.revive(endpoint, cluster)
    outage_record.clear()


def _begin_keeper() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "labrunner.environment.outage_keeper"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=shipped.CHECKOUT,
        env=os.environ.copy(),
    )
    watched = wait.until(
        lambda: child.poll() is not None or lock.is_held(outage_record.keeper_lock()), within=10, every=0.05
    )
    if not watched or child.poll() is not None:
        over()
        raise ClusterDown(say(en="the outage's keeper did not start", zh="故障窗口的守护进程没有启动"))


def services(directory: Path) -> dict[str, str]:
    """Return the variables that samples are asked with."""
    return {str(name): str(value) for name, value in atomic.read_json(directory / SERVICES).items()}


def namespace(directory: Path) -> str:
    """Return a lab's namespace."""
    return str(atomic.read_json(directory / "lab.json").get("namespace", ""))


def samples(directory: Path, component: str) -> tuple[dict[str, str], str]:
    """Return a lab's declared samples for a component, by name, and the node that they are asked on."""
    for one in atomic.read_json(directory / "lab.json").get("outages", []):
        if one["component"] == component:
            return dict(one["samples"]), str(one["asked_on"])
    return {}, ""
