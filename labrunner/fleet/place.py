"""The registry that a class goes through, as each of the three sees it: this machine, the nodes, the Pods."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from labrunner import interruption
from labrunner.environment import cluster_record, kind, registry
from labrunner.environment import engine as engines
from labrunner.environment import settings as choices
from labrunner.environment.docker_cli import inspect
from labrunner.environment.registry import INSIDE, Registry
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.fleet import login
from labrunner.fleet.blobs import Shelf
from labrunner.narrate import Narrator
from labrunner.staging import let_go
from labrunner.state import in_use, lock
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

REPOSITORY = "labrunner-class"


@dataclass(frozen=True, slots=True)
class Place:
    """A registry.

    Attributes:
        push, pull: what stands before an image's name here, and on a node.
        here, pods: its address from here and from a Pod, "http://HOST:PORT".
    """

    push: str
    pull: str
    here: str
    pods: str

    def shelf(self, repository: str = REPOSITORY) -> Shelf:
        """Return one of its repositories, as who has logged in with `docker login` where it asks."""
        return Shelf(self.here, repository, partial(login.known, self.here))


def named(address: str) -> Place:
    """Return the registry of an address, which is the same for everybody: "https://registry.example/course"."""
    whole = address if "://" in address else f"https://{address}"
    parts = urlsplit(whole)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise UsageError(
            say(en=f"{address!r} is no registry's address", zh=f"{address!r} 不是镜像仓库的地址"),
            hint="--registry https://registry.example/course",
        )
    prefix = (parts.netloc + parts.path).rstrip("/")
    return Place(prefix, prefix, whole.rstrip("/"), whole.rstrip("/"))


@contextmanager
def held(address: str, context: str, kubeconfig: str, narrator: Narrator) -> Iterator[Place]:
    """Have a registry while the block runs: the one that was named, or the course's own beside its own cluster.

    Args:
        address: of the registry; the course's own where empty.
        context: which cluster's nodes and Pods have to reach it.
        kubeconfig: where the context is.
        narrator: shows what is started.

    Raises:
        UsageError: none is named, and the cluster is not the course's own.
    """
    if address:
        yield named(address)
        return
    _demand_own(context, kubeconfig)
    endpoint: Endpoint | None = None
    with ExitStack() as using:
        try:
            with lock.held():
                endpoint = engines.ensure(narrator)
                using.enter_context(in_use.held())
                settings = choices.load()
                there = registry.up(endpoint, settings.port, [], narrator, settings.install)
                kind.up(endpoint, there, narrator)
            yield own(endpoint, there)
        finally:  # also where somebody interrupts as the lock is let go
            using.close()
            if endpoint is not None:
                with interruption.held_back(tidies=True), lock.held(within=60):
                    let_go(endpoint, narrator)


def shown(address: str, context: str, kubeconfig: str) -> Place:
    """Return a registry's addresses for manifests that are only shown; raises as `held`."""
    if address:
        return named(address)
    _demand_own(context, kubeconfig)
    settings = choices.load()
    at = f"localhost:{settings.port}"
    return Place(at, at, f"http://{at}", f"http://labrunner-registry-{settings.install[:6]}:{INSIDE}")


def own(endpoint: Endpoint, there: Registry) -> Place:
    """Return the course's own registry, as the course's own cluster sees it.

    Raises:
        EnvironmentNotReady: it has no address on its network.
    """
    networks = inspect(endpoint, "containers", there.container_id).get("NetworkSettings", {}).get("Networks", {})
    address = networks.get(there.network, {}).get("IPAddress", "")
    if not address:
        raise EnvironmentNotReady(
            say(en="the course's registry has no address of its own", zh="课程的镜像仓库没有自己的地址")
        )
    at = f"localhost:{there.port}"
    return Place(at, at, f"http://{at}", f"http://{address}:{INSIDE}")


def _demand_own(context: str, kubeconfig: str) -> None:
    known = cluster_record.load()
    if known is None or (context, kubeconfig) != (known.context, known.kubeconfig):
        raise UsageError(
            say(
                en="nodes and Pods of that cluster need a registry that they reach, and this machine too",
                zh="那个集群的节点和 Pod 需要一个它们和本机都能访问的镜像仓库",
            ),
            hint="--registry https://registry.example/course",
        )
