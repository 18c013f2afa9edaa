"""Where an Ingress sends requests: the Service, its port, and what is behind it."""

from labrunner.outcome import Cause
from labrunner.why.absent import not_there
from labrunner.why.behind import Way, behind
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.words import say
from labrunner.world.snapshot import Snapshot


def lead(snapshot: Snapshot, scene: Scene, way: Way, backend: Raw) -> Diagnosis:
    """Walk from a backend into its Service.

    Args:
        snapshot: what was read.
        scene: its objects.
        way: the objects walked so far, the Ingress last.
        backend: raw, as in a rule's path.
    """
    named = backend.get("service")
    if not named:  # a resource: a kind that only its controller knows
        return Diagnosis(way[-1], saw=(say(en="a backend is no Service", zh="有一个 backend 不是 Service"),))
    name, ingress = str(named["name"]), way[-1].partition("/")[2]
    service = scene.find("Service", name)
    if service is None:
        if not scene.lists("Service"):
            return Diagnosis(way[-1], saw=(say(en="Services were not asked for", zh="没有查询 Service"),))
        return Diagnosis(way[-1], (_absent(scene, way, name),))
    ports = service["spec"].get("ports") or []
    wanted = (named.get("port") or {}).get("number") or (named.get("port") or {}).get("name")
    if not any(wanted in (port["port"], port.get("name")) for port in ports):
        told = ", ".join(f"{port['port']}" + (f" ({port['name']})" if port.get("name") else "") for port in ports)
        sentence = say(
            en=f"Ingress {ingress} sends to port {wanted} of Service {name}, which has {told or 'no port'}",
            zh=f"Ingress {ingress} 转发到 Service {name} 的端口 {wanted}，但该 Service 的端口是 {told or '空的'}",
        )
        subject = f"Service/{name}"
        see = f"kubectl get service {name} -n {scene.namespace}"
        words = (f"port: {wanted}", f"ports: {told or '-'}")
        return Diagnosis(
            way[-1], (Cause("ingress-backend-port-absent", sentence, subject, (*way, subject), words, see),)
        )
    return behind(snapshot, way, f"Service/{name}")


def _absent(scene: Scene, way: Way, name: str) -> Cause:
    ingress, subject = way[-1].partition("/")[2], f"Service/{name}"
    missing = not_there(scene, "Service", name)
    others = scene.elsewhere("Service", name)
    en, zh = (
        f"Ingress {ingress} sends to Service {name}, and {missing}",
        f"Ingress {ingress} 转发到 Service {name}，但{missing}",
    )
    see = f"kubectl get services -n {scene.namespace}"
    if others:
        en += f"; there is one in namespace {others[0]}, and an Ingress only reaches its own"
        zh += f"；命名空间 {others[0]} 里有一个，但 Ingress 只能转发到自己所在的命名空间"
        see = f"kubectl get service {name} -n {others[0]}"
    words = (f"backend: {name}", *(f"namespace: {one}" for one in others))
    return Cause("ingress-backend-absent", say(en=en, zh=zh), subject, (*way, subject), words, see)
