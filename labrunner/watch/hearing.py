"""Everything that is listened to: one stream of the daemon's, one a kind of the cluster's, and a heart-beat of each."""

import contextlib
import http.client
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from labrunner import entering
from labrunner.environment.cluster_damage import Damaged
from labrunner.errors import ClusterDown, DockerDown, LabrunnerError
from labrunner.state.recorder import unix_time
from labrunner.state.session import Session
from labrunner.watch import streams
from labrunner.watch.sight import ITSELF, Raw, Side
from labrunner.words import say
from labrunner.world import daemon_http
from labrunner.world.endpoint import HEART
from labrunner.world.kube_cluster import AROUND, KINDS, KubeCluster
from labrunner.world.reader import World

BEAT = 3.0
"""Seconds between two heart-beats."""
PATIENCE = 3.0
"""Seconds that one may take."""
NODE = "io.x-k8s.kind.cluster"
"""The label of a node's container: what becomes of it is a reason to ask the cluster at once."""


class Hearing:
    """The streams of a lab's world.

    Args:
        found: the started lab.
        world: its daemon and cluster.
        connect: returns its world, with a daemon that answers; raises where none does.
        tell: is told what is heard.
    """

    def __init__(
        self, found: Session, world: World, connect: Callable[[Session], World], tell: Callable[[Any], None]
    ) -> None:
        self._session, self._world, self._connect, self._tell = found, world, connect, tell
        self._closed = threading.Event()
        self._beats: dict[Side, threading.Event] = {"docker": threading.Event(), "cluster": threading.Event()}
        self._pulse: KubeCluster | None = None
        self._wants_cluster = False
        kinds = (*(kind for _, kind in (*KINDS, *AROUND)), ITSELF)
        self.kinds = frozenset(kinds) if world.cluster is not None else frozenset()

    def begin(self) -> None:
        """Begin to listen."""
        self._thread("docker", streams.follow_docker, self._daemon, _present, self._tell, self._closed)
        self._beat("docker", self._ask_docker)
        if self._world.cluster is None:
            return
        for kinds, namespace in ((KINDS, self._session.namespace), (AROUND, "")):
            for version, kind in kinds:
                client = partial(getattr, self._world, "cluster")
                self._thread(kind, streams.follow_kind, client, version, kind, namespace, self._tell, self._closed)
        self._beats["cluster"].set()  # nothing is judged before it is known that the cluster is whole
        self._beat("cluster", self._ask_cluster)

    def renew(self, side: Side, world: World) -> None:
        """Give up the connections to a side that does not answer, so that whoever still listens to them hears it."""
        if side == "docker":
            world.engine.close()
        elif world.cluster is not None:
            world.cluster.close()
            self._wants_cluster = True
            with contextlib.suppress(LabrunnerError):
                new = self._connect(self._session)
                new.engine.close()
                self._take_cluster(world, new)

    def adopt(self, world: World, new: World) -> None:
        """Take over the clients of a world that answers: its daemon's, and the cluster's where that was given up."""
        world.engine = new.engine
        self._take_cluster(world, new)

    def _take_cluster(self, world: World, new: World) -> None:
        if self._wants_cluster:
            self._wants_cluster = False
            self._beats["cluster"].set()
            world.cluster, world.ask = new.cluster, new.ask

    def overheard(self, event: Raw) -> None:
        """Take an event of the daemon's as a reason to ask the cluster at once, where it is about a node of its."""
        actor = event.get("Actor") or {}
        if NODE in (actor.get("Attributes") or {}) and not str(event.get("Action", "")).startswith(("exec", "top")):
            self._beats["cluster"].set()

    def close(self) -> None:
        """End everything."""
        self._closed.set()
        for beat in self._beats.values():
            beat.set()
        self._world.engine.close()
        if self._world.cluster is not None:
            self._world.cluster.close()

    def _daemon(self) -> World:
        return self._connect(self._session)

    def _ask_docker(self) -> None:
        try:
            daemon_http.get(self._session.endpoint.url, HEART, limit=PATIENCE)
        except (OSError, http.client.HTTPException, ValueError) as broken:
            self._world.engine.close()  # whoever waits for an answer of it hears that there is none
            raise DockerDown(say(en="the Docker daemon does not answer", zh="Docker 守护进程没有回应")) from broken

    def _ask_cluster(self) -> None:
        if self._pulse is None:
            self._pulse = KubeCluster(Path(self._session.kubeconfig), patience=PATIENCE)
        try:
            self._pulse.uid()
            with contextlib.suppress(DockerDown):  # that is said of Docker's side
                entering.demand_whole(self._session, replace(self._world, cluster=self._pulse))
        except Damaged:
            raise
        except ClusterDown as broken:
            self._pulse.close()
            self._pulse = None
            raise ClusterDown(say(en="the API server does not answer", zh="API server 没有回应")) from broken

    def _beat(self, side: Side, ask: Callable[[], None]) -> None:
        self._thread(f"beat of {side}", streams.ping, side, ask, BEAT, self._tell, self._closed, self._beats[side])

    @staticmethod
    def _thread(name: str, target: Callable[..., None], *args: Any) -> None:
        threading.Thread(target=target, args=args, name=f"watch {name}", daemon=True).start()


def _present(engine: Any) -> str:
    return unix_time(str(engine.info()["SystemTime"]))
