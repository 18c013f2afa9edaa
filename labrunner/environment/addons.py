"""Add-ons of the course's cluster: what a bare cluster lacks and some labs are about, installed by those that ask."""

import hashlib
import http.client
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from labrunner import wait
from labrunner.environment import addon_manifest, cluster_record, cluster_safety, network, target
from labrunner.environment import registry as registries
from labrunner.environment.addon_manifest import Source
from labrunner.environment.cluster_record import ADDON, KindCluster
from labrunner.environment.docker_cli import inspect
from labrunner.environment.kubectl import APPLY, kubectl, read
from labrunner.environment.registry import Registry
from labrunner.environment.settings import LABEL
from labrunner.errors import ClusterDown
from labrunner.lab import ADDONS
from labrunner.narrate import Narrator, stage
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

METRICS = "/apis/metrics.k8s.io/v1beta1/nodes"
PATIENCE = 90
"""Seconds that each part of an add-on gets to be ready; its images are pulled within it."""
MADE_OF = f"{LABEL}.made-of"
"""The annotation that says of what an add-on is; written once it is ready, so that half of one does not bear it."""
LISTED = f"/apis/apps/v1/deployments?labelSelector={ADDON}"


@dataclass(frozen=True, slots=True)
class Addon:
    """What is known of an add-on.

    Attributes:
        namespace: its own.
        deployment: the Deployment that bears `MADE_OF`.
        ready: what is waited for: "KIND/NAME" for a rollout.
        program: the target of programs.toml that brings the manifest along; empty where ours is all.
        conditions: what else has to hold: "KIND/NAME" → a condition.
    """

    namespace: str
    deployment: str
    ready: tuple[str, ...]
    program: str = ""
    conditions: tuple[tuple[str, str], ...] = ()


KNOWN = {
    "metrics-server": Addon(
        "metrics-server",
        "metrics-server",
        ("deployment/metrics-server",),
        conditions=(("apiservice/v1beta1.metrics.k8s.io", "Available"),),
    ),
    "metallb": Addon(
        "metallb-system",
        "controller",
        ("deployment/controller", "daemonset/speaker"),
        program="metallb",
    ),
    "traefik": Addon("traefik", "traefik", ("deployment/traefik",)),
}
"""Every add-on; what they are for stands in provision/README.md."""


def up(
    endpoint: Endpoint, cluster: KindCluster, registry: Registry, names: Sequence[str], narrator: Narrator
) -> dict[str, str]:
    """Make sure that these add-ons are in the cluster and at work; one that is there already costs one look.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster; guarded before anything is changed.
        registry: the course's registry, from which the add-ons' Pods pull.
        names: keys of `KNOWN`.
        narrator: told what is built and what is added.

    Returns:
        what they say of themselves, by the names of values.

    Raises:
        SourceMissing: no source has one of the images.
        NotOurs: a namespace that an add-on needs is somebody else's.
        ClusterDown: one was not ready in time.
    """
    if not names:
        return {}
    registries.serve(
        [image.name for name in names for image in addon_manifest.images(name)], registry.install, narrator, endpoint
    )
    pool = addon_manifest.pool(_subnet(endpoint, registry)) if "metallb" in names else ""
    seen = _seen(endpoint, cluster)
    wanted = {name: Source(registry.port, registry.install, pool) for name in names}
    lacking = {name: source for name, source in wanted.items() if seen.get(name) != made_of(name, source)}
    if lacking:
        listed = ", ".join(lacking)
        with stage(narrator, say(en=f"adding {listed} to the cluster", zh=f"向集群添加 {listed}")) as show:
            for done, (name, source) in enumerate(lacking.items()):
                show(name, done / (2 * len(lacking)))
                _apply(endpoint, cluster, name, source, narrator)
            for done, (name, source) in enumerate(lacking.items()):
                show(say(en=f"waiting for {name}", zh=f"等待 {name}"), 0.5 + done / (2 * len(lacking)))
                _await(endpoint, cluster, name, source)
                _mark(endpoint, cluster, name, made_of(name, source))
        cluster_record.forget_kinds()
    if "traefik" in names and not wait.until(partial(answers, cluster), within=PATIENCE, every=0.2):
        raise _not_ready("traefik", f"curl http://127.0.0.1:{cluster.ports.get('80', 0)}/")
    if "metrics-server" in names and not wait.until(partial(_measured, endpoint, cluster), within=PATIENCE, every=0.5):
        raise _not_ready("metrics-server", f"kubectl --kubeconfig {cluster.kubeconfig} top nodes")
    known = {
        "lb_addresses": " ".join(addon_manifest.addresses(pool)) if pool else "",
        "ingress_http": str(cluster.ports.get("80", "")),
        "ingress_https": str(cluster.ports.get("443", "")),
        "ingress_node": f"{cluster.name}-control-plane",
    }
    return {value: known[value] for name in names for value in ADDONS[name]}


def made_of(name: str, source: Source) -> str:
    """Return a hash of what an add-on is made of here; it is found without rendering anything."""
    addon = KNOWN[name]
    parts = [addon_manifest.REVISION, addon_manifest.own(name), *addon_manifest.pulled(name, source).values()]
    parts += [source.pool if name == "metallb" else "", target.key(addon.program) if addon.program else ""]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def answers(cluster: KindCluster) -> bool:
    """Tell whether somebody speaks HTTP at the loopback port that leads to the Ingress controller."""
    talk = http.client.HTTPConnection("127.0.0.1", cluster.ports.get("80", 0), timeout=2)
    try:
        talk.request("GET", "/", headers={"Host": "labrunner.invalid"})
        return talk.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        talk.close()


def _measured(endpoint: Endpoint, cluster: KindCluster) -> bool:
    """Tell whether `kubectl top` would answer: its Pod may be ready, and the API server not know it yet."""
    return bool(read(endpoint, cluster, METRICS).get("items"))


def _subnet(endpoint: Endpoint, registry: Registry) -> Iterable[str]:
    found = inspect(endpoint, "networks", network.name_of(registry.install))
    return [str(one.get("Subnet", "")) for one in (found.get("IPAM") or {}).get("Config") or []]


def _seen(endpoint: Endpoint, cluster: KindCluster) -> dict[str, str]:
    """Return of what each add-on in the cluster is made; one that is not available is left out."""
    found = {}
    for item in read(endpoint, cluster, LISTED).get("items", []):
        meta, status = item["metadata"], item.get("status", {})
        if status.get("availableReplicas", 0) >= 1 and not status.get("unavailableReplicas"):
            found[meta["labels"][ADDON]] = str(meta.get("annotations", {}).get(MADE_OF, ""))
    return found


def _apply(endpoint: Endpoint, cluster: KindCluster, name: str, source: Source, narrator: Narrator) -> None:
    addon, labels = KNOWN[name], _labels(name, source)
    cluster_safety.namespace(endpoint, cluster, addon.namespace)
    if addon.program:
        from labrunner.environment.build import built

        manifest = built(addon.program, narrator) / "bin" / addon_manifest.METALLB
        upstream = addon_manifest.metallb(manifest.read_text(encoding="utf-8"), source, labels)
        kubectl(endpoint, cluster, *APPLY, stdin=upstream, limit=PATIENCE)
        established = ("wait", "--for=condition=Established", "crd", "-l", f"{ADDON}={name}", f"--timeout={PATIENCE}s")
        kubectl(endpoint, cluster, *established, limit=PATIENCE + 5)
    ours = addon_manifest.rendered(name, source, labels)
    kubectl(endpoint, cluster, *APPLY, stdin=ours, limit=PATIENCE)


def _labels(name: str, source: Source) -> dict[str, str]:
    return {LABEL: source.install, ADDON: name}


def _await(endpoint: Endpoint, cluster: KindCluster, name: str, source: Source) -> None:
    """Wait until an add-on does its work; raises ClusterDown where it does not in time."""
    addon = KNOWN[name]
    limit = f"--timeout={PATIENCE}s"
    for what in addon.ready:
        rollout = ("-n", addon.namespace, "rollout", "status", what, limit)
        if not kubectl(endpoint, cluster, *rollout, limit=PATIENCE + 5, may_fail=True).ok:
            raise _not_ready(name, f"kubectl --kubeconfig {cluster.kubeconfig} -n {addon.namespace} describe pods")
    if late := addon_manifest.rendered(name, source, _labels(name, source), late=True):
        kubectl(endpoint, cluster, *APPLY, stdin=late, limit=PATIENCE)
    for what, condition in addon.conditions:
        holds = ("wait", f"--for=condition={condition}", what, limit)
        if not kubectl(endpoint, cluster, *holds, limit=PATIENCE + 5, may_fail=True).ok:
            raise _not_ready(name, f"kubectl --kubeconfig {cluster.kubeconfig} describe {what}")


def _mark(endpoint: Endpoint, cluster: KindCluster, name: str, made: str) -> None:
    addon = KNOWN[name]
    what = ("annotate", f"deployment/{addon.deployment}", "-n", addon.namespace)
    kubectl(endpoint, cluster, *what, "--overwrite", f"{MADE_OF}={made}")


def _not_ready(name: str, look: str) -> ClusterDown:
    return ClusterDown(
        say(
            en=f"the cluster's add-on {name} was not ready after {PATIENCE} s",
            zh=f"集群的附加组件 {name} 在 {PATIENCE} 秒后仍未就绪",
        ),
        hint=look,
    )
