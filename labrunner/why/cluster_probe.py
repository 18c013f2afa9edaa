"""From a question asked in or outside the cluster to the Service, or the Ingress, that should answer it."""

from collections.abc import Iterable, Iterator

from labrunner.outcome import Cause
from labrunner.why.diagnosis import Diagnosis, in_order
from labrunner.why.explain import explain
from labrunner.why.request import explain_request
from labrunner.why.scene import Raw, Scene
from labrunner.words import say
from labrunner.world.mentioned import Mention
from labrunner.world.snapshot import Snapshot


def walk(snapshot: Snapshot, asked: Iterable[Mention]) -> Diagnosis:
    """Walk from what a command mentions to the objects that should answer: see `explain` for what comes back."""
    scene = Scene(snapshot)
    parts = [found for one in asked for found in _walked(snapshot, scene, one)]
    return Diagnosis(
        "probe/*",
        in_order(cause for part in parts for cause in part.causes),
        moving=next((part.moving for part in parts if part.moving), ""),
        saw=tuple(dict.fromkeys(phrase for part in parts for phrase in part.saw)),
    )


def in_pod(snapshot: Snapshot, pod: str, asked: Iterable[Mention]) -> Diagnosis:
    """Walk to the Pod that is asked, and from it to what the command mentions: the Pod's own state comes first.

    Args:
        snapshot: what was read.
        pod: its name; with a label instead, only what is mentioned is walked.
        asked: what the command mentions.
    """
    others = walk(snapshot, [one for one in asked if not one.is_here])
    if "=" in pod:
        return others
    own = explain(snapshot, f"Pod/{pod}")
    causes = in_order([*own.causes, *others.causes])
    return Diagnosis("probe/*", causes, moving=own.moving or others.moving, saw=(*own.saw, *others.saw))


def _walked(snapshot: Snapshot, scene: Scene, one: Mention) -> Iterator[Diagnosis]:
    """Yield what is behind each object that a host and a port mean: by a Service's name, its addresses, a rule."""
    name, _, rest = one.host.partition(".")
    if one.rule and one.url:
        yield explain_request(snapshot, one.url, one.rule)
        return
    if not rest or rest.split(".")[0] == scene.namespace:
        service = scene.find("Service", name)
        if service is not None and (wrong := _no_such_port(scene, service, one)):
            yield Diagnosis(f"Service/{name}", (wrong,))
        yield explain(snapshot, f"Service/{name}")
        return
    services = scene.of_kind("Service")
    by_address = [raw for raw in services if one.host in _addresses(raw)]
    by_port = [raw for raw in services if one.port and one.port in _node_ports(raw)]
    if found := by_address or by_port:
        for raw in found:
            if by_address and (wrong := _no_such_port(scene, raw, one)):
                yield Diagnosis(f"Service/{raw['metadata']['name']}", (wrong,))
            yield explain(snapshot, f"Service/{raw['metadata']['name']}")
        return
    ingresses = [raw for raw in scene.of_kind("Ingress") if one.host in _hosts(raw)]
    if ingresses and one.url:
        yield explain_request(snapshot, one.url)
        return
    for raw in ingresses:
        yield explain(snapshot, f"Ingress/{raw['metadata']['name']}")


def _no_such_port(scene: Scene, service: Raw, one: Mention) -> Cause | None:
    """Return the cause that a Service is asked at a port that it has not; a headless one leads straight to Pods."""
    spec, name = service.get("spec") or {}, service["metadata"]["name"]
    ports = [port["port"] for port in spec.get("ports") or []]
    if one.port is None or one.port in ports or not ports or spec.get("clusterIP") == "None":
        return None
    told, subject = ", ".join(str(port) for port in ports), f"Service/{name}"
    sentence = say(
        en=f"Service {name} is asked at port {one.port}, and it answers at {told}",
        zh=f"访问的是 Service {name} 的端口 {one.port}，但它的端口是 {told}",
    )
    see = f"kubectl get service {name} -n {scene.namespace}"
    return Cause("service-port-absent", sentence, subject, (subject,), (f"ports: {told}",), see)


def _addresses(service: Raw) -> list[str]:
    spec, status = service.get("spec") or {}, service.get("status") or {}
    given = (status.get("loadBalancer") or {}).get("ingress") or []
    return [*(spec.get("clusterIPs") or []), *(spec.get("externalIPs") or []), *(str(one.get("ip")) for one in given)]


def _node_ports(service: Raw) -> list[int]:
    return [port["nodePort"] for port in (service.get("spec") or {}).get("ports") or [] if port.get("nodePort")]


def _hosts(ingress: Raw) -> list[str]:
    return [str(rule.get("host", "")) for rule in (ingress.get("spec") or {}).get("rules") or []]
