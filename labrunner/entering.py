"""The way back into a started lab: which one is open, its environment, and its world; what every look begins with.

Nothing here knows how an environment is made: a `check` would wait for what only `start` needs.
"""

from pathlib import Path

from labrunner import catalog
from labrunner.catalog import LoadedLab
from labrunner.environment import cluster_damage, cluster_record, lab_world, outage_record
from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import HalfMade, NoLabStarted, OtherDaemon, UnknownLab
from labrunner.lab import Lab
from labrunner.narrate import Narrator
from labrunner.state import recorder, session
from labrunner.state.session import Session
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint
from labrunner.world.reader import World


def current(narrator: Narrator, extra: Path | None = None) -> Session:
    """Return the lab that is open.

    Raises:
        NoLabStarted: none is.
        HalfMade: its start, reset or stop was interrupted.
    """
    del narrator
    loaded = written(extra)
    slug = loaded.entry.slug
    found = session.opened(loaded, session.directory_of(slug))
    if not found.progress.done:
        raise HalfMade(
            say(
                en=f"{slug} is not whole: its start, reset or stop was interrupted",
                zh=f"{slug} 不完整：启动、重置或移除时被中断了",
            ),
            hint=say(
                en="a clean start: labrunner reset; take it away: labrunner stop",
                zh="重新开始：labrunner reset；移除：labrunner stop",
            ),
            lab=slug,
        )
    return found


def written(extra: Path | None = None) -> LoadedLab:
    """Return the lab of which something is written, whole or not.

    Raises:
        NoLabStarted: there is none.
    """
    slugs = session.started()
    if not slugs:
        raise NoLabStarted(
            say(en="no lab is open", zh="还没有开始实验"),
            hint=say(en="see them: labrunner list", zh="查看实验：labrunner list"),
        )
    try:
        return catalog.load(slugs[-1], extra)
    except UnknownLab as unknown:
        raise NoLabStarted(
            say(
                en=f"the open lab {slugs[-1]} is not known to this labrunner",
                zh=f"打开的实验 {slugs[-1]} 不在这个 labrunner 里",
            ),
            hint=say(
                en="with --labs, if it is there; labrunner stop ends it",
                zh="若它在别的目录，请加 --labs；labrunner stop 可结束它",
            ),
        ) from unknown


def same_daemon(found: Session, present: Endpoint) -> None:
    """Raise OtherDaemon where the daemon that answers is not the one that the lab was started on."""
    if present.daemon_id != found.endpoint.daemon_id:
        raise OtherDaemon(
            say(
                en=f"the lab was started on daemon {found.endpoint.daemon_id}, and {present.daemon_id} answers",
                zh=f"实验是在守护进程 {found.endpoint.daemon_id} 上开始的，现在回应的是 {present.daemon_id}",
            ),
            hint=say(en="start that daemon again, or: labrunner stop", zh="重新启动那个守护进程，或：labrunner stop"),
        )


def connect(found: Session) -> World:
    """Connect to a lab's world.

    Raises:
        DockerDown, ClusterDown: it is not there, or a node of the course's cluster does not run.
        OtherDaemon: another daemon answers in its place.
    """
    if found.kubeconfig and outage_record.load() is not None:
        from labrunner.environment import outage

        outage.mend()
    if found.detached:
        same_daemon(found, endpoints.reach(found.endpoint.url))
        recorder.begin(found.directory)
    world = lab_world.world(
        found.endpoint, found.install, found.kubeconfig, found.client, found.registry_port, found.directory
    )
    _demand_nodes(found, world)
    return world


def demand_whole(found: Session, world: World) -> None:
    """Make sure that what does not hold of a learner's lab may be the learner's work.

    Args:
        found: the started lab.
        world: its daemon and cluster.

    Raises:
        Damaged: something of the course's cluster is broken; says what, and what mends it.
        DockerDown, ClusterDown: the world is not there.
    """
    cluster, lab = _own_cluster(found), found.loaded.lab
    if cluster is not None and world.cluster is not None:
        nodes = not _is_about_nodes(lab)
        cluster_damage.demand_whole(
            world.engine, world.cluster, cluster, lab=lab.slug, namespace=found.namespace, nodes=nodes
        )


def _demand_nodes(found: Session, world: World) -> None:
    """Make sure that the nodes run, which costs some milliseconds: to ask an API that is frozen costs a minute."""
    cluster, lab = _own_cluster(found), found.loaded.lab
    if cluster is not None and not _is_about_nodes(lab):
        cluster_damage.demand_nodes(world.engine, cluster, lab.slug)


def _own_cluster(found: Session) -> KindCluster | None:
    """Return the course's cluster where a learner's lab is in it, and has stopped nothing of it."""
    staged = not found.detached or not found.kubeconfig
    return None if staged or outage_record.is_open(found.directory) is not None else cluster_record.load()


def _is_about_nodes(lab: Lab) -> bool:
    return lab.touches_nodes or bool(lab.outages)


def environ(begun: Session) -> dict[str, str]:
    """Return a whole environment for the learner's shell, in which docker and kubectl mean the lab's own world."""
    return {**lab_world.kubectl_environ(begun.endpoint, lab_world.learners(begun.kubeconfig)), **begun.tools}


def scripted(begun: Session) -> dict[str, str]:
    """Return the environment of a lab's own scripts: the lab's own kubeconfig, and `labrunner` on the PATH."""
    from labrunner.environment import lab_tools  # a look runs no script

    folder = begun.directory / "bin"
    own = {**lab_world.kubectl_environ(begun.endpoint, begun.kubeconfig), **begun.tools}
    env = lab_tools.with_labrunner(own, folder, client=begun.client, port=begun.port)
    return {**env, lab_tools.LAB: str(begun.directory)}
