"""The registry that a class goes through, as each of the three sees it: this machine, the nodes, the Pods."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from labrunner.environment import cluster_record
from labrunner.environment.docker_cli import inspect
from labrunner.environment.registry import INSIDE, Registry
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.fleet.blobs import Shelf
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
        """Return one of its repositories."""
        return Shelf(self.here, repository)


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


def is_own(context: str, kubeconfig: str) -> bool:
    """Tell whether a context of a kubeconfig is the course's own cluster on this machine."""
    known = cluster_record.load()
    return known is not None and (context, kubeconfig) == (known.context, known.kubeconfig)


def own(endpoint: Endpoint, registry: Registry) -> Place:
    """Return the course's own registry, as the course's own cluster sees it.

    Raises:
        EnvironmentNotReady: it has no address on its network.
    """
    networks = inspect(endpoint, "containers", registry.container_id).get("NetworkSettings", {}).get("Networks", {})
    address = networks.get(registry.network, {}).get("IPAddress", "")
    if not address:
        raise EnvironmentNotReady(
            say(en="the course's registry has no address of its own", zh="课程的镜像仓库没有自己的地址")
        )
    at = f"localhost:{registry.port}"
    return Place(at, at, f"http://{at}", f"http://{address}:{INSIDE}")
