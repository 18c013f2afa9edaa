"""What labs need of the cache to start with no network; what Docker's labs need, apart from what the cluster's do."""

from collections.abc import Iterable

from labrunner.environment import addon_manifest, catalogue, target
from labrunner.environment.addons import KNOWN
from labrunner.environment.surroundings import CLIENT, needs_client
from labrunner.lab import Lab

DOCKER, KUBERNETES = "docker", "kubernetes"
PARTS = (DOCKER, KUBERNETES)


def targets(labs: Iterable[Lab]) -> dict[str, list[str]]:
    """Return the targets that labs need, by the part of a bundle that they are in; each is in one part alone.

    A lab whose steps merely may use the cluster is one of Docker's, which starts without.

    Args:
        labs: the labs.
    """
    docker: dict[str, None] = {}
    kubernetes: dict[str, None] = {}
    for lab in labs:
        into = kubernetes if lab.demands_cluster else docker
        docker[target.IMAGE + "registry"] = None  # every lab pulls from it
        into |= dict.fromkeys(_of_docker(lab))
        if lab.uses_cluster:
            kubernetes |= dict.fromkeys(_of_cluster(lab))
    return {DOCKER: sorted(docker), KUBERNETES: sorted(name for name in kubernetes if name not in docker)}


def _of_docker(lab: Lab) -> Iterable[str]:
    for image in lab.images.values():
        yield target.STORE + catalogue.find(image.repository).name
    if needs_client(lab) or lab.uses_cluster:
        yield target.STORE + catalogue.find(CLIENT).name
    if lab.composes:
        yield "compose"  # where docker has no such plugin


def _of_cluster(lab: Lab) -> Iterable[str]:
    yield target.IMAGE + "node"
    yield "kubernetes"  # kind, kubectl, etcdctl
    for addon in lab.addons:
        for image in addon_manifest.images(addon):
            yield target.STORE + image.name
        if program := KNOWN[addon].program:
            yield program
