"""The course's cluster: made by kind on our own network, under our own name, with our own kubeconfig."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from labrunner import places, process, wait
from labrunner.environment import cluster_record, cluster_routes, cluster_sleep, kind_containers, network, shipped
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.cluster_safety import guard
from labrunner.environment.docker_cli import docker, inspect, remove
from labrunner.environment.kind_programs import kind_path, kubectl_path
from labrunner.environment.kubectl import read
from labrunner.environment.registry import INSIDE, Registry
from labrunner.errors import ClusterDown, LabrunnerError, OtherDaemon
from labrunner.narrate import Narrator, stage
from labrunner.words import say
from labrunner.world import kubeconfig
from labrunner.world.endpoint import Endpoint

PATIENCE = 420.0
"""Seconds that kind gets; half a minute is usual, slow disks need minutes."""
FIRST = 240.0
"""Seconds that a new cluster gets to be ready; nothing would be won by making it once more."""
SETTLE = 8.0
"""Seconds after which an interrupted kind makes nothing any more."""
PORTS = ("80", "443")
Show = Callable[[str, float | None], None]


def up(endpoint: Endpoint, registry: Registry, narrator: Narrator) -> KindCluster:
    """Make sure that the course's cluster is there and awake.

    A cluster left half made, not waking, or made of something else is made anew, and one sentence says so.

    Args:
        endpoint: the daemon that it runs on.
        registry: what its nodes find under `localhost:PORT`.
        narrator: shows what is built, and how far the cluster is.

    Raises:
        OtherDaemon: it was made on another daemon, which is to be asked to remove it first.
        NotOurs: a cluster of the user's bears its name.
        ClusterDown: kind failed, or the new cluster did not become ready.
    """
    from labrunner.environment import images

    known = cluster_record.load()
    if known and known.daemon_id != endpoint.daemon_id and known.nodes:
        raise OtherDaemon(
            say(
                en=f"the course's cluster {known.name} was made on another Docker daemon",
                zh=f"课程集群 {known.name} 是在另一个 Docker 守护进程上创建的",
            ),
            hint=say(
                en="point docker at that one, or: labrunner stop --all",
                zh="切换到那个守护进程，或 labrunner stop --all",
            ),
        )
    kind_containers.refuse_taken(endpoint, registry.install)
    image = images.environment_image("node", narrator, endpoint.environ())
    wanted = KindCluster(
        name=network.name_of(registry.install),
        kubeconfig=str(cluster_record.kubeconfig()),
        image=image,
        daemon_id=endpoint.daemon_id,
        install=registry.install,
        made_of=hashlib.sha256(shipped.text("kind-config.yaml").encode()).hexdigest()[:16],
    )
    if known and (why := _worn(endpoint, known, wanted, narrator)):
        narrator.say(why)
        known = None
    if known is None:
        delete(endpoint, registry.install, narrator)
        wanted = replace(wanted, kubectl=kubectl_path(narrator))
        kind = kind_path(narrator)
        try:
            known = _made(endpoint, wanted, kind, narrator)
        except BaseException:  # Ctrl-C as well; where this is not reached, the record tells the next command
            with contextlib.suppress(LabrunnerError):
                delete(endpoint, registry.install, narrator, settle=SETTLE)
            raise
    return _introduced(endpoint, known, registry)


def delete(endpoint: Endpoint, install: str, narrator: Narrator, *, settle: float = 0.0) -> None:
    """Remove the cluster, whatever there is of it, and its files; right twice as well.

    Args:
        endpoint: the daemon.
        install: whose cluster.
        narrator: shows what is done.
        settle: seconds in which nothing may appear any more; a kind that was ended has asked for containers
            which the daemon makes although nobody waits for them.
    """
    known = cluster_record.load()
    if known and known.nodes and known.daemon_id not in ("", endpoint.daemon_id):
        narrator.say(
            say(
                en=f"the nodes of {known.name} on the daemon {known.daemon_id} go by the same command there",
                zh=f"守护进程 {known.daemon_id} 上的 {known.name} 节点，要在那里运行同样的命令才会移除",
            )
        )
    if found := kind_containers.of(endpoint, install):
        with stage(narrator, say(en="removing the course's cluster", zh="删除课程集群")):
            remove(endpoint, "rm", "-f", "-v", *found)  # as kind does; our kubeconfig is a file of ours
    while late := wait.until(partial(kind_containers.of, endpoint, install), within=settle, every=0.5):
        remove(endpoint, "rm", "-f", "-v", *late)
    cluster_record.clear()


def _worn(endpoint: Endpoint, known: KindCluster, wanted: KindCluster, narrator: Narrator) -> str:
    """Wake a known cluster; return why it must be made anew, empty where it is as it should be."""
    again = say(en="; it is made again", zh="，现在重新创建")
    if not known.uid:
        return say(en="the course's cluster was left half made", zh="课程集群上次没有创建完") + again
    if (known.image, known.made_of) != (wanted.image, wanted.made_of) or not known.authority:
        return say(en="the course's cluster is of an older release", zh="课程集群属于旧版本") + again
    seen = set(cluster_sleep.states(endpoint, known).values())
    try:
        if seen == {"running"} and cluster_sleep.is_awake(endpoint, known, None):
            return ""
        with stage(narrator, say(en="waking the course's cluster", zh="唤醒课程集群")):
            cluster_sleep.wake(endpoint, known)
        guard(endpoint, known)
    except LabrunnerError as broken:
        return broken.message + again
    return ""


def _made(endpoint: Endpoint, wanted: KindCluster, kind: str, narrator: Narrator) -> KindCluster:
    joined = network.up(endpoint, wanted.install)
    places.private(cluster_record.folder())
    cluster_record.save(wanted)  # before anything is made: what is half made can be found
    config = cluster_record.folder() / "kind-config.yaml"
    config.write_text(shipped.text("kind-config.yaml"), encoding="utf-8")
    environ = {
        **endpoint.environ(),
        **cluster_record.kube_environ(wanted.kubeconfig),
        "KIND_EXPERIMENTAL_DOCKER_NETWORK": joined,
        "KIND_EXPERIMENTAL_PROVIDER": "docker",
    }
    for name in ("NO_PROXY", "no_proxy"):  # kind would hand them to the nodes
        environ.pop(name)
    line = [
        kind, "create", "cluster", "--name", wanted.name, "--image", wanted.image,
        "--config", str(config), "--kubeconfig", wanted.kubeconfig, "--wait", "0",
    ]  # fmt: skip
    with stage(narrator, say(en="making the course's cluster", zh="创建课程集群")) as show:
        steps = _Steps(show)
        done = process.run(line, limit=PATIENCE, env=environ, on_line=steps.line)
        if not done.ok:
            raise ClusterDown(
                say(
                    en=f"kind could not make the cluster: {_cause(done.stderr)}",
                    zh=f"kind 创建集群失败：{_cause(done.stderr)}",
                ),
                hint="labrunner doctor",
            )
        show(say(en="waiting for the nodes and the system's Pods", zh="等待节点和系统 Pod 就绪"), 0.9)
        nodes = {_node_name(endpoint, one): one for one in kind_containers.of(endpoint, wanted.install)}
        found = replace(wanted, nodes=nodes)
        docker(endpoint, "update", "--restart=no", *nodes.values())  # a reboot starts nothing unasked
        cluster_routes.keep_inside(endpoint, nodes.values())
        cluster_sleep.wake(endpoint, found, within=FIRST)
    uid = read(endpoint, found, "/api/v1/namespaces/kube-system")["metadata"]["uid"]
    server, authority = kubeconfig.identity(Path(found.kubeconfig), found.context)
    found = replace(found, server=server, authority=authority)
    found = replace(found, uid=str(uid), ports=_ports(endpoint, nodes[f"{wanted.name}-control-plane"]))
    cluster_record.save(found)
    return found


class _Steps:
    """Turns what kind prints into how far it is."""

    ORDER = ("Ensuring node image", "Preparing nodes", "Writing configuration", "Starting control-plane",
             "Installing CNI", "Installing StorageClass", "Joining worker nodes")  # fmt: skip

    def __init__(self, show: Show) -> None:
        self.show = show

    def line(self, said: str) -> None:
        """Take one line of kind's."""
        for index, step in enumerate(self.ORDER):
            if step in said:
                self.show(step, index / (len(self.ORDER) + 1))


def _cause(stderr: str) -> str:
    """Return the line of kind's that says why."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    wrong = [line for line in lines if "ERROR" in line or "rror:" in line]
    return (wrong or lines or ["it said nothing"])[-1][:300]


def _node_name(endpoint: Endpoint, container: str) -> str:
    return str(inspect(endpoint, "containers", container)["Name"]).lstrip("/")


def _ports(endpoint: Endpoint, container: str) -> dict[str, int]:
    bindings = inspect(endpoint, "containers", container)["HostConfig"]["PortBindings"] or {}
    return {port: int(bindings[f"{port}/tcp"][0]["HostPort"]) for port in PORTS if f"{port}/tcp" in bindings}


def introduce(endpoint: Endpoint, cluster: KindCluster, registry: Registry) -> None:
    """Tell each node's containerd that a registry is what it finds at `localhost:PORT`."""
    text = f'[host."http://{registry.name}:{INSIDE}"]\n  capabilities = ["pull", "resolve"]\n'
    script = 'mkdir -p "$1" && printf \'%s\' "$2" > "$1/hosts.toml"'
    for container in cluster.nodes.values():
        docker(endpoint, "exec", container, "sh", "-c", script, "sh", _place(registry), text)


def part(endpoint: Endpoint, cluster: KindCluster, registry: Registry) -> None:
    """Let each node forget a registry; right where a node is gone."""
    for container in cluster.nodes.values():
        docker(endpoint, "exec", container, "rm", "-rf", _place(registry), may_fail=True)


def _place(registry: Registry) -> str:
    return f"/etc/containerd/certs.d/localhost:{registry.port}"


def _introduced(endpoint: Endpoint, cluster: KindCluster, registry: Registry) -> KindCluster:
    """Tell each node's containerd where `localhost:PORT` is; once for each port."""
    told = f"{registry.port} {registry.name}"
    if cluster.registry == told:
        return cluster
    introduce(endpoint, cluster, registry)
    found = replace(cluster, registry=told)
    cluster_record.save(found)
    return found
