"""The way back into a started lab: which one is open, its environment, and its world; what every look begins with.

Nothing here knows how an environment is made: a `check` would wait for what only `start` needs.
"""

from pathlib import Path

from labrunner import catalog
from labrunner.environment import lab_world, outage_record
from labrunner.errors import NoLabStarted, OtherDaemon
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
        NoLabStarted: none is, or its start was interrupted.
    """
    del narrator
    slugs = session.started()
    if not slugs:
        raise NoLabStarted(
            say(en="no lab is open", zh="还没有开始实验"),
            hint=say(en="see them: labrunner list", zh="查看实验：labrunner list"),
        )
    found = session.opened(catalog.load(slugs[-1], extra), session.directory_of(slugs[-1]))
    if not found.progress.done:
        raise NoLabStarted(
            say(en=f"the start of {slugs[-1]} was interrupted", zh=f"{slugs[-1]} 的启动被中断了"),
            hint=f"labrunner start {slugs[-1]}",
        )
    return found


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
        DockerDown, ClusterDown: it is not there.
        OtherDaemon: another daemon answers in its place.
    """
    if found.kubeconfig and outage_record.load() is not None:
        from labrunner.environment import outage

        outage.mend()
    if found.detached:
        same_daemon(found, endpoints.reach(found.endpoint.url))
        recorder.begin(found.directory)
    return lab_world.world(
        found.endpoint, found.install, found.kubeconfig, found.client, found.registry_port, found.directory
    )


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
