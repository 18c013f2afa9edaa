"""A world of its own for a demonstration or a proof: a sandbox for Docker labs, an own namespace for the cluster's."""

import contextlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from labrunner import interruption, scratch, starting
from labrunner.catalog import LoadedLab
from labrunner.environment import engine as engines
from labrunner.environment import kind, lab_tools, lab_world, outage, sandbox_journal, surroundings
from labrunner.environment import settings as choices
from labrunner.environment.closed_network import closed_network
from labrunner.environment.docker_cli import inspect
from labrunner.environment.own_registry import own_registry
from labrunner.environment.sandbox import Sandbox
from labrunner.environment.surroundings import Surroundings
from labrunner.errors import LabrunnerError
from labrunner.narrate import Narrator, Quiet
from labrunner.state import in_use, lab_files, lock, log, session
from labrunner.state.cluster_log import ClusterLog
from labrunner.state.mark import FILE as MARK
from labrunner.state.mark import Mark
from labrunner.state.recording import Recorder
from labrunner.state.session import Session
from labrunner.wait import until
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.endpoint import Endpoint
from labrunner.world.reader import World

Engine = Literal["20.10", "29"]


@dataclass(slots=True)
class Stage:
    """A lab begun in a world of its own.

    Attributes:
        session: as of a started lab, in a folder that vanishes.
        world: its daemon and cluster.
        sandbox: the engine's container; None where the lab lives in the cluster alone.
        pushed: the folder that its own registry serves; None where the lab pushes nothing.
    """

    session: Session
    world: World
    sandbox: Sandbox | None
    pushed: Path | None = None

    @property
    def engine(self) -> DockerEngine:
        """The daemon."""
        return self.world.engine


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a stage is made, where it is not for one of us.

    Attributes:
        student: whose values it has; this installation's own student where empty.
        port: where the registry is inside; as on this machine where 0.
        planted: what its secrets are drawn from; the student where empty.
        image: the catalogue's name of what its sandbox is made of; that of the engine's version where empty.
        closed: True where nothing in its sandbox may reach anything but the registry.
    """

    student: str = ""
    port: int = 0
    planted: str = ""
    image: str = ""
    closed: bool = False


OURS = Terms()


@contextmanager
def surrounded(loaded: LoadedLab, narrator: Narrator) -> Iterator[Surroundings]:
    """Have what a lab stands on while the block runs; let go of it where nobody else stands there."""
    endpoint: Endpoint | None = None
    with ExitStack() as using:
        try:
            with lock.held():
                endpoint = engines.ensure(narrator)
                sandbox_journal.sweep(endpoint, choices.load().install)
                using.enter_context(in_use.held())
                around = surroundings.arrange(loaded.lab, narrator, endpoint)
            yield around
        finally:  # also where somebody interrupts as the lock is let go
            using.close()
            if endpoint is not None:
                with interruption.held_back(tidies=True), lock.held(within=60):
                    let_go(endpoint, narrator)


def let_go(endpoint: Endpoint, narrator: Narrator) -> None:
    """Let go of what labs stand on where nobody stands there any more; the state's lock is the caller's."""
    if not session.started() and not in_use.by_somebody():
        surroundings.release(endpoint, everything=False, narrator=narrator)


@contextmanager
def staged(
    loaded: LoadedLab, around: Surroundings, narrator: Narrator, engine: Engine = "20.10", terms: Terms = OURS
) -> Iterator[Stage]:
    """Begin a lab in a fresh world; everything of it is gone when the block ends, however it ends.

    Args:
        loaded: the lab.
        around: what it stands on.
        narrator: shows what is built or fetched.
        engine: the version inside the sandbox.
        terms: whose values it has, and what it may reach.
    """
    with ExitStack() as stack:
        directory = stack.enter_context(scratch.folder("stage"))
        sandbox, pushed = None, None
        outer = endpoint = around.endpoint
        asked_at = 0
        if loaded.lab.pushes:
            registry, pushed = stack.enter_context(own_registry(outer, around.registry, narrator))
            asked_at = registry.port
            if around.cluster is not None:
                stack.callback(kind.part, outer, around.cluster, registry)
                kind.introduce(outer, around.cluster, registry)
            else:  # inside the sandbox it stands where the course's does for everybody
                registry = replace(registry, port=around.registry.port)
            around = replace(around, registry=registry)
        port = terms.port or around.registry.port
        if port != around.registry.port:
            asked_at = asked_at or around.registry.port
            inside = replace(around.registry, port=port)
            if around.cluster is not None:  # its nodes may keep that name: whoever uses it means the same registry
                kind.introduce(outer, around.cluster, inside)
            if loaded.lab.uses_docker:  # else the daemon is this machine's, where the registry is at its own port
                around = replace(around, registry=inside)
        if terms.closed and loaded.lab.uses_docker:
            around = replace(around, registry=stack.enter_context(closed_network(outer, around.registry)))
        if loaded.lab.uses_docker:
            sandbox = stack.enter_context(Sandbox(outer, around.registry, engine, narrator=narrator, image=terms.image))
            endpoint = sandbox.endpoint
        settings = around.settings
        daemon = DockerEngine(endpoint.url)
        stack.callback(daemon.close)
        begun = Session(
            loaded,
            directory,
            endpoint,
            settings.install,
            terms.student or settings.student or settings.install,
            port,
            baseline=daemon.inventory(),
            detached=False,
            asked_at=asked_at,
            planted=terms.planted,
        )
        begun.files = lab_files.place(loaded, directory / "files")
        begun.progress.started = session.utc_now()
        begun.begin_log()
        if around.cluster is not None:
            begun.namespace = f"lab-{loaded.entry.slug}-{secrets.token_hex(3)}"
            nodes = loaded.lab.touches_nodes
            stack.callback(surroundings.close_namespace, outer, begun.namespace, nodes=nodes)
            begun.kubeconfig = surroundings.open_namespace(around, begun.namespace, directory, loaded.lab)
            stack.callback(outage.over_of, directory)
            begun.told = around.told
        begun.save()
        if loaded.lab.composes:
            begun.tools = lab_tools.compose(endpoint.environ(), directory / "docker", narrator)
        _record(daemon, begun, stack)
        _furnish(begun, around, daemon, by_strangers=terms.closed and sandbox is not None)
        world = lab_world.world(endpoint, begun.install, begun.kubeconfig, begun.client, begun.registry_port, directory)
        yield Stage(begun, world, sandbox, pushed)


def _furnish(begun: Session, around: Surroundings, daemon: DockerEngine, *, by_strangers: bool) -> None:
    """Make what `start` promises; where strangers get the engine, what the checks ask from is no name of theirs."""
    starting.furnish(begun, around, daemon)
    if by_strangers and begun.client:
        begun.client = inspect(begun.endpoint, "images", begun.client)["Id"]
        begun.save()


def _record(daemon: DockerEngine, begun: Session, stack: ExitStack) -> None:
    """Record in threads: what is staged needs no process that outlives us; all of them end with the stage."""
    engine = DockerEngine(daemon.url)
    stack.callback(engine.close)
    writer = log.Writer(begun.directory / log.FILE, largest=None)  # what a proof undoes is found by its place in it
    mark = Mark(begun.directory / MARK)
    recorder = Recorder(engine, begun.scope, begun.directory, mark, whole=True, writer=writer)

    def follow() -> None:
        with contextlib.suppress(LabrunnerError, OSError, ValueError):
            recorder.follow(begun.baseline.taken)

    threading.Thread(target=follow, daemon=True).start()
    until(lambda: bool(log.read(begun.directory)), within=10, every=0.02)
    if begun.kubeconfig:
        watching = ClusterLog(Path(begun.kubeconfig), begun.namespace, writer, mark, [])
        stack.callback(watching.close)
        watching.begin()
        until(lambda: watching.listens, within=10, every=0.02)


def unheard() -> Narrator:
    """Return a narrator for what happens again and again within a longer step."""
    return Quiet()
