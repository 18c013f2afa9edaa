"""Why: what is broken behind an object of the learner's, or behind the failing claims of the open lab; only reads."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labrunner import atomic, places
from labrunner.environment import cluster_record
from labrunner.errors import ClusterDown, DockerDown, UsageError
from labrunner.outcome import Outcome, Report
from labrunner.why import Diagnosis, explain
from labrunner.why.kinds import URL, Target, target
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.snapshot import Snapshot

if TYPE_CHECKING:
    from labrunner.state.session import Session

NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""What the API server lets a namespace be called: a DNS label."""
AROUND = ("Node", "Namespace", "IngressClass", "StorageClass", "PersistentVolume")
"""Kinds that live in no namespace."""
MALFORMED = 400
"""HTTP: what was asked for cannot be a name."""
DEFAULT_NAMESPACE = "default"
BROKEN = (Outcome.FAIL, Outcome.ERROR, Outcome.WAITING)


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects are looked for: the open lab's world, or what is there without one.

    Attributes:
        docker: URL of the daemon.
        namespace: of the cluster.
    """

    docker: str
    namespace: str


def why(said: str, *, namespace: str = "") -> Diagnosis:
    """Walk from an object, or from a request, to the first broken link; nothing is changed.

    Args:
        said: KIND/NAME as a person writes it, or a URL.
        namespace: of the cluster; the open lab's, or `default`, where empty.

    Raises:
        UsageError: no such kind, or no name.
        DockerDown, ClusterDown: the world is not there.
    """
    wanted = target(said)
    if namespace and not NAMESPACE.fullmatch(namespace):
        raise UsageError(
            say(en=f"no namespace can be called {namespace!r}", zh=f"命名空间不能叫 {namespace!r}"),
            hint="kubectl get namespaces",
        )
    there = place()
    if wanted.of_cluster:
        return _of_cluster(wanted, namespace or there.namespace, there)
    return _of_docker(wanted, there)


def failing(found: "Session") -> Report:
    """Look at an open lab once, and return the report; nothing of it is kept."""
    from labrunner import runner  # an object alone needs no lab, nor what judges one
    from labrunner.entering import connect

    report, _ = runner.look(found, connect(found), patient=False)
    return report


def broken(report: Report, *, more: bool = False) -> Report:
    """Return a report with nothing but the verdicts that are not a pass, of the current step alone without `more`."""
    step = report.current
    kept = tuple(v for v in report.verdicts if v.outcome in BROKEN and (more or v.step == step))
    return Report(report.lab, kept, report.versions)


def place() -> Place:
    """Return where objects are looked for: in the world of the open lab, else where docker would look."""
    for file in sorted((places.state_dir() / "labs").glob("*/lab.json"), key=_age, reverse=True):
        kept = atomic.read_json(file)
        url = str((kept.get("endpoint") or {}).get("url") or "")
        if url:
            return Place(url, str(kept.get("namespace") or DEFAULT_NAMESPACE))
    return Place(endpoints.resolve(), DEFAULT_NAMESPACE)


def _age(file: Path) -> float:
    return file.stat().st_mtime


def _of_docker(wanted: Target, there: Place) -> Diagnosis:
    from labrunner.world import docker_survey
    from labrunner.world.docker_engine import DockerEngine, EngineRefused

    try:
        engine = DockerEngine(there.docker)
        try:
            snapshot = docker_survey.survey(engine, wanted.kind, wanted.name)
        finally:
            engine.close()
    except EngineRefused as refused:
        if refused.status != MALFORMED:
            raise
        raise UsageError(refused.message, hint=f"labrunner why {wanted.kind}/NAME") from refused
    except DockerDown:
        endpoints.reach(there.docker)  # says more exactly why nobody answers
        raise
    return explain(snapshot, wanted.subject)


def _of_cluster(wanted: Target, namespace: str, there: Place) -> Diagnosis:
    from labrunner.why.request import explain_request
    from labrunner.world import cluster_survey
    from labrunner.world.docker_engine import DockerEngine
    from labrunner.world.kube_cluster import KubeCluster

    cluster, engine = KubeCluster(_awake(there)), DockerEngine(there.docker)
    try:
        if wanted.kind == URL:
            return explain_request(cluster_survey.survey(cluster, namespace, engine=engine), wanted.name)
        snapshot = cluster_survey.survey(cluster, namespace, engine=engine, subject=wanted.subject)
        missing = wanted.kind not in AROUND and not _has(snapshot, namespace)
        return explain(snapshot, f"Namespace/{namespace}" if missing else wanted.subject)
    finally:
        engine.close()


def _has(snapshot: Snapshot, namespace: str) -> bool:
    """Tell whether a namespace is there; one that nobody looked for is taken for there."""
    around = [raw for raw in (snapshot.cluster or {}).get("around") or [] if raw["kind"] == "Namespace"]
    return not around or any(raw["metadata"]["name"] == namespace for raw in around)


def _awake(there: Place) -> Path:
    """Return the course's own kubeconfig, where the control plane runs: a frozen one would keep us waiting.

    Raises:
        ClusterDown: there is no cluster of the course, or it sleeps.
    """
    cluster = cluster_record.load()
    if cluster is None or not cluster.uid or not Path(cluster.kubeconfig).exists():
        raise ClusterDown(
            say(en="there is no cluster of the course yet", zh="还没有课程集群"),
            hint="labrunner start kubernetes-parts",
        )
    control = [container for node, container in cluster.nodes.items() if node.endswith("control-plane")]
    for container in control:
        status, raw = endpoints.look(there.docker, f"/containers/{container}/json")
        state = str(raw["State"]["Status"]) if status == 200 else "gone"  # noqa: PLR2004 - HTTP's own number
        if state != "running":
            raise ClusterDown(
                say(en=f"the course's cluster is not awake: {state}", zh=f"课程集群没有运行：{state}"),
                hint=say(en="labrunner start LAB wakes it", zh="labrunner start LAB 会唤醒它"),
            )
    return Path(cluster.kubeconfig)
