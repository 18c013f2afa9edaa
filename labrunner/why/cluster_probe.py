"""From a question asked in or outside the cluster to the Service, or the Ingress, that should answer it."""

from collections.abc import Iterable

from labrunner.why.diagnosis import Diagnosis, in_order
from labrunner.why.explain import explain
from labrunner.why.scene import Raw, Scene
from labrunner.world.mentioned import Mention
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, asked: Iterable[Mention]) -> Diagnosis:
    """Walk from what a command mentions to the objects that should answer: see `explain` for what comes back."""
    scene = Scene(snapshot)
    parts = [found for one in asked for subject in _subjects(scene, one) if (found := explain(snapshot, subject))]
    return Diagnosis(
        "probe/*",
        in_order(cause for part in parts for cause in part.causes),
        moving=next((part.moving for part in parts if part.moving), ""),
        saw=tuple(dict.fromkeys(phrase for part in parts for phrase in part.saw)),
    )


def _subjects(scene: Scene, one: Mention) -> list[str]:
    """Return the objects that a host and a port mean: by a Service's name, its addresses, a node's port, a rule."""
    name, _, rest = one.host.partition(".")
    if not rest or rest.split(".")[0] == scene.namespace:
        return [f"Service/{name}"]
    services = scene.of_kind("Service")
    by_address = [raw for raw in services if one.host in _addresses(raw)]
    by_port = [raw for raw in services if one.port and one.port in _node_ports(raw)]
    if found := by_address or by_port:
        return [f"Service/{raw['metadata']['name']}" for raw in found]
    ingresses = [raw for raw in scene.of_kind("Ingress") if one.host in _hosts(raw)]
    return [f"Ingress/{raw['metadata']['name']}" for raw in ingresses]


def _addresses(service: Raw) -> list[str]:
    spec, status = service.get("spec") or {}, service.get("status") or {}
    given = (status.get("loadBalancer") or {}).get("ingress") or []
    return [*(spec.get("clusterIPs") or []), *(spec.get("externalIPs") or []), *(str(one.get("ip")) for one in given)]


def _node_ports(service: Raw) -> list[int]:
    return [port["nodePort"] for port in (service.get("spec") or {}).get("ports") or [] if port.get("nodePort")]


def _hosts(ingress: Raw) -> list[str]:
    return [str(rule.get("host", "")) for rule in (ingress.get("spec") or {}).get("rules") or []]
