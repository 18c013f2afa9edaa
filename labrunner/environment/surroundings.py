"""What a lab stands on: an engine, the course's registry with its images, and for some labs the cluster."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labrunner import atomic
from labrunner.environment import (
    client_pod,
    cluster_record,
    cluster_safety,
    cluster_sleep,
    etcdctl,
    host,
    images,
    kind,
    kind_containers,
    lab_world,
    namespace_bounds,
    node_traces,
    outage,
)
from labrunner.environment import registry as registries
from labrunner.environment import settings as choices
from labrunner.environment.cluster_record import KindCluster
from labrunner.environment.docker_cli import docker
from labrunner.environment.registry import Registry
from labrunner.environment.settings import Settings
from labrunner.errors import ClusterDown, LabrunnerError, PortTaken
from labrunner.lab import Lab
from labrunner.narrate import Narrator
from labrunner.words import say
from labrunner.world import kubeconfig
from labrunner.world.endpoint import Endpoint

CLIENT = "client:1"
"""The image that probes and `outside` look with, in the course's registry."""
WITHOUT_CLIENT = ("inside", "pod", "node", "registry")
"""Where probes ask with what is there."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a lab stands on.

    Attributes:
        settings: what this installation is.
        endpoint: the engine.
        registry: the course's registry on that engine.
        cluster: the course's cluster; None where the lab needs none.
        told: what the cluster's add-ons say of themselves, by the names of values.
        missing: what the lab can do without and is not here ("vm", "cluster") → why.
    """

    settings: Settings
    endpoint: Endpoint
    registry: Registry
    cluster: KindCluster | None
    missing: Mapping[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> str:
        """The reference of the client image, as engines and nodes pull it."""
        return f"localhost:{self.registry.port}/{CLIENT}"


def needs_client(lab: Lab) -> bool:
    """Tell whether some probe of a lab asks with our own client image."""
    asked = any(probe.at not in WITHOUT_CLIENT and probe.image is None for probe in lab.probes)
    return asked or lab.looks_elsewhere


def arrange(lab: Lab, narrator: Narrator, endpoint: Endpoint, directory: Path | None = None) -> Surroundings:
    """Make sure that everything a lab stands on is there; what is there already is used.

    Args:
        lab: the lab.
        narrator: shows what is built or made.
        endpoint: the daemon.
        directory: the folder of a lab that is begun or taken up; None for a demonstration or a proof.

    Raises:
        Refused: another lab has a component of the cluster stopped.
        NotOurs: a cluster of the user's bears the name of the course's.
        PortTaken: the registry's port is somebody else's, and no other was agreed to.
        EnvironmentNotReady: something is missing and cannot be had.
    """
    settings = choices.load()
    if lab.uses_cluster:
        kind_containers.refuse_taken(endpoint, settings.install)  # before anything is made
    names = [image.repository for image in lab.images.values() if not image.optional]
    if needs_client(lab) or lab.uses_cluster:
        names.append(CLIENT)
    registry = _registry(endpoint, settings, names, narrator)
    missing = _without_images(lab, endpoint, registry, narrator)
    cluster, told = None, {}
    if lab.uses_cluster:
        outage.demand_none(narrator, directory)
        try:
            cluster = kind.up(endpoint, registry, narrator)
            if lab.asks_etcd:
                etcdctl.up(endpoint, cluster, narrator)
            client_pod.up(endpoint, cluster, f"localhost:{registry.port}/{CLIENT}")
            if lab.addons:
                from labrunner.environment import addons

                told = addons.up(endpoint, cluster, registry, lab.addons, narrator)
        except LabrunnerError as broken:
            if lab.demands_cluster:
                raise
            cluster, missing["cluster"] = None, broken.message
    return Surroundings(choices.load(), endpoint, registry, cluster, missing, told)


def _without_images(lab: Lab, endpoint: Endpoint, registry: Registry, narrator: Narrator) -> dict[str, str]:
    """Have the registry serve what is optional as well; return what no source has, by name, each with the reason."""
    missing: dict[str, str] = {}
    for image in lab.images.values():
        if image.optional:
            try:
                registries.serve([image.repository], registry.install, narrator, endpoint)
            except LabrunnerError as absent:
                missing[image.name] = absent.message
    return missing


def without_host(around: Surroundings, lab: Lab, endpoint: Endpoint) -> dict[str, str]:
    """Return why `labrunner host` cannot enter the daemon's Linux; empty where it can, or where no step needs it."""
    if not any("host" in step.needs for step in lab.steps):
        return {}
    client = have_client(around, endpoint)
    done = host.run_on_host(endpoint, ["true"], client, install=around.settings.install)
    return {} if done.ok else {"host": done.last_words or f"exit {done.code}"}


def _registry(endpoint: Endpoint, settings: Settings, names: list[str], narrator: Narrator) -> Registry:
    from labrunner.environment import ports

    try:
        return registries.up(endpoint, settings.port, names, narrator, settings.install)
    except PortTaken as taken:
        if os.environ.get("LABRUNNER_PORT"):
            raise  # said for this very run: to keep another one would change nothing
        other = ports.next_free(settings.port)
        question = say(
            en=f"{taken.message}; use port {other} for the course's registry instead?",
            zh=f"{taken.message}；课程的镜像仓库改用端口 {other} 吗？",
        )
        if not narrator.consents(question, [f"labrunner: registry port = {other}"]):
            raise
        choices.save(port=other)
        return registries.up(endpoint, other, names, narrator, settings.install)


def have_client(around: Surroundings, inner: Endpoint | None = None) -> str:
    """Pull the client image onto the engine that is asked from, where it is not there; its reference."""
    reference = around.client
    engine = inner or around.endpoint
    if not docker(engine, "image", "inspect", "--format", "{{.Id}}", reference, may_fail=True).ok:
        docker(engine, "pull", "--quiet", reference, limit=120)
    return reference


def open_namespace(around: Surroundings, name: str, directory: Path, lab: Lab) -> str:
    """Make a lab's namespace, bounded, and a kubeconfig of its own in which that namespace is the default; its path.

    A copy for the learner's shell is put beside it: what programs there write in theirs, we never read.
    """
    if around.cluster is None:
        return ""
    cluster_safety.namespace(around.endpoint, around.cluster, name, lab.security)
    namespace_bounds.bound(around.endpoint, around.cluster, name, static_pods=lab.static_pods)
    config = kubeconfig.read(Path(around.cluster.kubeconfig))
    for context in config["contexts"]:
        context["context"]["namespace"] = name
    path = directory / "kubeconfig"
    atomic.write(path, json.dumps(config, indent=1) + "\n")  # as JSON, which kubectl reads as well, and we in no time
    lab_world.learners(str(path), anew=True)
    return str(path)


def close_namespace(endpoint: Endpoint, name: str, *, nodes: bool = False, narrator: Narrator | None = None) -> None:
    """Remove a lab's namespace, if the course's cluster is there and has it.

    Args:
        endpoint: the daemon that the cluster runs on.
        name: of the namespace.
        nodes: also clear what the lab may have left on the nodes themselves.
        narrator: told where the cluster does not come back and is removed, with everything in it; None leaves it.

    Raises:
        NotOurs, ClusterDown: as `cluster_safety.remove_namespace`.
    """
    cluster = cluster_record.load()
    if cluster is None or not cluster.uid or not name:
        return
    if set(cluster_sleep.states(endpoint, cluster).values()) <= {"gone"}:
        return
    try:
        outage.over()
        cluster_sleep.wake(endpoint, cluster)
    except ClusterDown as beyond:
        if narrator is None:
            raise
        narrator.say(say(en=f"{beyond.message}; it is removed", zh=f"{beyond.message}，现在删除集群"))
        kind.delete(endpoint, cluster.install, narrator)
        return
    if nodes:
        node_traces.clear(endpoint, cluster)
    cluster_safety.remove_namespace(endpoint, cluster, name)


def drop_cluster(endpoint: Endpoint, narrator: Narrator) -> None:
    """Remove the cluster with everything in it, whatever there is of it on this daemon.

    What goes as a whole needs no waking, and nothing in it can keep it. One that was made on another daemon stays.
    """
    cluster = cluster_record.load()
    if cluster is None or cluster.daemon_id == endpoint.daemon_id:
        kind.delete(endpoint, choices.load().install, narrator)


def release(endpoint: Endpoint, *, everything: bool, narrator: Narrator) -> list[str]:
    """Let go of what no lab needs any more: the registry, our images; the cluster sleeps, or goes with `everything`.

    Returns:
        the images that went.
    """
    install = choices.load().install
    cluster = cluster_record.load()
    if cluster is not None and everything:  # of another daemon: what was here is gone already
        kind.delete(endpoint, install, narrator)
    elif cluster is not None:
        outage.over()
        if cluster.daemon_id == endpoint.daemon_id:
            cluster_sleep.sleep(endpoint, cluster)
    registries.down(endpoint, install)
    return images.drop_environment(endpoint.environ())
