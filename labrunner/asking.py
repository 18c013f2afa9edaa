"""Why: what is broken behind an object of the learner's, or behind the failing claims of the open lab; only reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner import atomic, runner
from labrunner.entering import connect
from labrunner.environment import cluster_record
from labrunner.errors import ClusterDown, DockerDown
from labrunner.outcome import Outcome, Report
from labrunner.state import session
from labrunner.state.session import Session
from labrunner.why import Diagnosis, explain
from labrunner.why.kinds import URL, Target, target
from labrunner.words import say
from labrunner.world import endpoint as endpoints

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
    there = place()
    if wanted.of_cluster:
        return _of_cluster(wanted, namespace or there.namespace, there)
    return _of_docker(wanted, there)


def failing(found: Session) -> Report:
    """Look at an open lab once, and return the report; nothing of it is kept."""
    report, _ = runner.look(found, connect(found), patient=False)
    return report


def broken(report: Report, *, more: bool = False) -> Report:
    """Return a report with nothing but the verdicts that are not a pass, of the current step alone without `more`."""
    step = report.current
    kept = tuple(v for v in report.verdicts if v.outcome in BROKEN and (more or v.step == step))
    return Report(report.lab, kept, report.versions)


def place() -> Place:
    """Return where objects are looked for: in the world of the open lab, else where docker would look."""
    for slug in reversed(session.started()):
        kept = _kept(session.directory_of(slug))
        url = str((kept.get("endpoint") or {}).get("url") or "")
        if url:
            return Place(url, str(kept.get("namespace") or DEFAULT_NAMESPACE))
    return Place(endpoints.resolve(), DEFAULT_NAMESPACE)


def _kept(folder: Path) -> dict[str, Any]:
    try:
        return atomic.read_json(folder / "lab.json")
    except OSError:
        return {}


def _of_docker(wanted: Target, there: Place) -> Diagnosis:
    from labrunner.world import docker_survey
    from labrunner.world.docker_engine import DockerEngine

    try:
        engine = DockerEngine(there.docker)
        try:
            snapshot = docker_survey.survey(engine, wanted.kind, wanted.name)
        finally:
            engine.close()
    except DockerDown:
        endpoints.reach(there.docker)  # says more exactly why nobody answers
        raise
    return explain(snapshot, wanted.subject)


def _of_cluster(wanted: Target, namespace: str, there: Place) -> Diagnosis:
    from labrunner.why.ingress import explain_request
    from labrunner.world import cluster_survey
    from labrunner.world.kube_cluster import KubeCluster

    kubeconfig = _awake(there)
    snapshot = cluster_survey.survey(KubeCluster(kubeconfig), namespace, wanted.subject)
    return explain_request(snapshot, wanted.name) if wanted.kind == URL else explain(snapshot, wanted.subject)


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
