"""The ports of a Service: which one of its Pods a request would reach, and whether anybody listens there."""

from labrunner.outcome import Cause
from labrunner.why import clock
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.scene import Raw, Scene
from labrunner.words import say

START = 5.0
"""Seconds that a program gets until nobody says that it does not listen."""


def unnamed(scene: Scene, service: Raw, pods: list[Raw]) -> Diagnosis:
    """Look for the ports that the Service calls by name among the names that its Pods' containers give."""
    name, causes = service["metadata"]["name"], []
    subject = f"Service/{name}"
    for port in service["spec"].get("ports") or []:
        target = port.get("targetPort", port["port"])
        if isinstance(target, int) or any(target in port_names(pod) for pod in pods):
            continue
        known = sorted({one for pod in pods for one in port_names(pod)})
        en = f"they are called {', '.join(known)}" if known else "none of them has a name"
        zh = f"已有的名字是 {', '.join(known)}" if known else "它们的端口都没有名字"
        sentence = say(
            en=f"Service {name} sends to a port called {target}, and no container behind it has one: {en}",
            zh=f"Service {name} 转发到名为 {target} 的端口，但它后面的容器没有叫这个名字的端口：{zh}",
        )
        words = (f"targetPort: {target}",)
        causes.append(Cause("target-port-absent", sentence, subject, (subject,), words, _describe(scene, name)))
    return Diagnosis(subject, tuple(causes), healthy=not causes)


def port_names(pod: Raw) -> dict[str, int]:
    """Return the names that a Pod's containers give to their ports, with the ports."""
    spec = pod.get("spec") or {}
    return {
        port["name"]: port["containerPort"]
        for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
        for port in container.get("ports") or []
        if port.get("name")
    }


def listeners(scene: Scene, service: Raw, pods: list[Raw]) -> Diagnosis:
    """Tell of each TCP port whether somebody listens where the Service sends requests to, in the ready Pods."""
    name = service["metadata"]["name"]
    causes: list[Cause] = []
    saw: list[str] = []
    sure, moving = bool(pods), ""
    for port in service["spec"].get("ports") or []:
        if port.get("protocol", "TCP") != "TCP":
            saw.append(
                say(
                    en=f"{port['protocol']} {port['port']} was not tried",
                    zh=f"没有尝试 {port['protocol']} {port['port']}",
                )
            )
            sure = sure and len(service["spec"]["ports"]) > 1
            continue
        asked = [pod for pod in pods if scene.listening(pod["metadata"]["name"]) is not None]
        if len(asked) < len(pods):
            saw.append(say(en="who listens in its Pods was not asked", zh="没有查询 Pod 里哪些端口有程序监听"))
            sure = False
        deaf = [
            pod
            for pod in asked
            if (target := _target(port, pod)) and target not in (scene.listening(pod["metadata"]["name"]) or ())
        ]
        if deaf and all(_is_young(scene, pod) for pod in deaf):
            its = deaf[0]["metadata"]["name"]
            moving = say(en=f"the program in Pod {its} has only just started", zh=f"Pod {its} 里的程序刚刚启动")
        elif deaf:
            causes.append(_deaf(scene, name, port, deaf))
    healthy = sure and not causes and not moving
    return Diagnosis(f"Service/{name}", tuple(causes), healthy, moving, tuple(dict.fromkeys(saw)))


def _is_young(scene: Scene, pod: Raw) -> bool:
    """Tell whether a container of the Pod was started so recently that it may not listen yet."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    begun = [((one.get("state") or {}).get("running") or {}).get("startedAt") for one in statuses]
    return any(clock.seconds(at, scene.taken) < START for at in begun if at)


def _target(port: Raw, pod: Raw) -> int:
    target = port.get("targetPort", port["port"])
    return target if isinstance(target, int) else port_names(pod).get(target, 0)


def _deaf(scene: Scene, name: str, port: Raw, pods: list[Raw]) -> Cause:
    pod = pods[0]
    its, target = str(pod["metadata"]["name"]), _target(port, pod)
    open_ = sorted(scene.listening(its) or ())
    path = (f"Service/{name}", f"Pod/{its}")
    words = (f"port: {port['port']}, targetPort: {port.get('targetPort', port['port'])}", f"Pod {its}: {_shown(open_)}")
    see = f"kubectl get --raw /api/v1/namespaces/{scene.namespace}/pods/{its}:{target}/proxy/"
    if target in scene.loopback(its):
        sentence = say(
            en=f"Service {name} sends to port {target}, where the program in Pod {its} only answers from inside: "
            f"it listens at 127.0.0.1, not at 0.0.0.0",
            zh=f"Service {name} 转发到端口 {target}，但 Pod {its} 里的程序只应答 Pod 内部："
            f"它监听的是 127.0.0.1，不是 0.0.0.0",
        )
        words = (words[0], f"Pod {its}: 127.0.0.1:{target}")
        return Cause("listens-on-loopback", sentence, path[0], path, words, see)
    if open_:
        sentence = say(
            en=f"Service {name} sends to port {target}, and the Pods behind it listen at {_shown(open_)}",
            zh=f"Service {name} 转发到端口 {target}，但后面的 Pod 监听的是 {_shown(open_)}",
        )
        return Cause("service-port-mismatch", sentence, path[0], path[:1], words, _describe(scene, name))
    sentence = say(
        en=f"Service {name} sends to port {target}, and nobody in the Pods behind it listens at any port",
        zh=f"Service {name} 转发到端口 {target}，但后面的 Pod 里没有程序监听任何端口",
    )
    return Cause("nobody-listens", sentence, path[0], path, words, see)


def _shown(ports: list[int]) -> str:
    return ", ".join(str(port) for port in ports[:8]) or say(en="nothing", zh="无")


def _describe(scene: Scene, name: str) -> str:
    return f"kubectl describe service {name} -n {scene.namespace}"
