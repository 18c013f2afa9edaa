"""What a container's probes came to: why it is not ready, or why the kubelet restarts it."""

from typing import Any

from labrunner.outcome import Cause
from labrunner.why import clock
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

KUBELETS = (0, 137, 143)
"""Exit codes of what the kubelet ends: in good order, by SIGKILL, by SIGTERM."""
UNHEARD = 60.0
"""Seconds that a probe is given beyond its tries where the kubelet has not said that it failed: it may be late."""
SLACK = 2
"""Seconds by which an Event may be older than the start of the container that it is about: times are whole seconds."""


def killed(trail: Trail, pod: Raw, status: Raw, end: Raw) -> Cause | None:
    """Return the probe for which the kubelet ended a container; None where it did not.

    The kubelet soon stops to tell the same again, so an older Event counts too, where the end looks like the one that
    the kubelet brings about: after as long as the probe takes to fail, and by none but its signals.

    Args:
        trail: stands at the Pod.
        pod: it.
        status: the container's status.
        end: the terminated state of the run that is asked about.
    """
    name = status["name"]
    lasted = clock.seconds(end.get("startedAt"), end.get("finishedAt"))
    for event in _about(trail, pod, name, "Killing"):
        said = str(event.get("message", ""))
        which = next((one for one in ("liveness", "startup") if f"failed {one} probe" in said), "")
        if not which or (told := _told(pod, name, which)) is None:
            continue
        kubelets = end.get("exitCode") in KUBELETS and end.get("reason") != "OOMKilled"
        alike = kubelets and lasted >= _soonest(told) - SLACK
        if alike or clock.seconds(end.get("startedAt"), event.get("lastTimestamp")) >= -SLACK:
            return _restarted(trail, pod, status, which)
    return None


def unhooked(trail: Trail, pod: Raw, status: Raw, end: Raw) -> Cause | None:
    """Return the postStart hook for which the kubelet ended a container; None where it did not; arguments as above."""
    name, pod_name = status["name"], pod["metadata"]["name"]
    for event in _about(trail, pod, name, "FailedPostStartHook"):
        if clock.seconds(end.get("startedAt"), event.get("lastTimestamp")) >= -SLACK:
            sentence = say(
                en=f"container {name} of Pod {pod_name} is restarted because its postStart hook fails",
                zh=f"Pod {pod_name} 的容器 {name} 被重启，因为它的 postStart hook 失败",
            )
            return trail.cause("hook-failing", sentence, words=(str(event.get("message", "")),))
    return None


def _restarted(trail: Trail, pod: Raw, status: Raw, which: str) -> Cause:
    name, pod_name = status["name"], pod["metadata"]["name"]
    probe = _probe(pod, name, which)
    words = (*_got(trail, pod, name, which), *_listeners(trail, pod, status, which))
    if which == "liveness":
        sentence = say(
            en=f"container {name} of Pod {pod_name} is restarted because its liveness probe ({probe}) fails",
            zh=f"Pod {pod_name} 的容器 {name} 被重启，因为它的 liveness probe（{probe}）失败",
        )
        return trail.cause("liveness-failing", sentence, words=words)
    sentence = say(
        en=f"container {name} of Pod {pod_name} is restarted because its startup probe ({probe}) never succeeded",
        zh=f"Pod {pod_name} 的容器 {name} 被重启，因为它的 startup probe（{probe}）一直没有成功",
    )
    return trail.cause("startup-failing", sentence, words=words)


def unready(trail: Trail, pod: Raw, status: Raw) -> Cause | str:
    """Return why a container that runs is not ready: its probe, or, while that has time yet, a phrase.

    Args:
        trail: stands at the Pod.
        pod: it.
        status: the status of the container, which runs.
    """
    name, pod_name = status["name"], pod["metadata"]["name"]
    which = "startup" if status.get("started") is False and _told(pod, name, "startup") else "readiness"
    told = _told(pod, name, which)
    began = ((status.get("state") or {}).get("running") or {}).get("startedAt")
    running = clock.seconds(began, trail.scene.taken)
    got = _got(trail, pod, name, which, since=began)
    early = told is not None and running < _allowed(told) + (0 if got else UNHEARD)
    if told is None or early or which == "startup":
        return say(
            en=f"container {name} of Pod {pod_name} runs and is not ready yet",
            zh=f"Pod {pod_name} 的容器 {name} 在运行，还没有就绪",
        )
    sentence = say(
        en=f"container {name} of Pod {pod_name} runs, but is not ready: its readiness probe"
        f" ({_probe(pod, name, which)}) fails",
        zh=f"Pod {pod_name} 的容器 {name} 在运行但没有就绪：它的 readiness probe（{_probe(pod, name, which)}）失败",
    )
    words = (*got, *_listeners(trail, pod, status, which))
    return trail.cause("readiness-failing", sentence, words=words)


def _told(pod: Raw, container: str, which: str) -> dict[str, Any] | None:
    containers = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
    own: Raw = next((one for one in containers if one["name"] == container), {})
    found = own.get(f"{which}Probe")
    return dict(found) if found else None


def _soonest(probe: dict[str, Any]) -> float:
    """Return the seconds before which a probe cannot have failed often enough."""
    return float(probe.get("initialDelaySeconds", 0) + (probe.get("failureThreshold", 3) - 1) * _period(probe))


def _period(probe: dict[str, Any]) -> int:
    return int(probe.get("periodSeconds", 10))


def _allowed(probe: dict[str, Any]) -> float:
    """Return the seconds after which a probe that has not succeeded has failed."""
    return _soonest(probe) + _period(probe) + float(probe.get("timeoutSeconds", 1))


def _probe(pod: Raw, container: str, which: str) -> str:
    """Return what a probe does, as a person says it: "GET /health at port 80"."""
    told = _told(pod, container, which) or {}
    if web := told.get("httpGet"):
        return f"GET {web.get('path', '/')}, port {web['port']}"
    if tcp := told.get("tcpSocket"):
        return f"TCP, port {tcp['port']}"
    if rpc := told.get("grpc"):
        return f"gRPC, port {rpc['port']}"
    return " ".join((told.get("exec") or {}).get("command") or [])


def _got(trail: Trail, pod: Raw, container: str, which: str, *, since: object = None) -> tuple[str, ...]:
    """Return what a probe got last, in the kubelet's words; nothing that is older than a run, where one is meant."""
    for event in _about(trail, pod, container, "Unhealthy"):
        said = " ".join(str(event.get("message", "")).split())
        present = since is None or clock.seconds(since, event.get("lastTimestamp")) >= -SLACK
        if present and said.lower().startswith(which):
            return (said,)
    return ()


def _listeners(trail: Trail, raw: Raw, status: Raw, which: str) -> tuple[str, ...]:
    """Return who listens in a Pod, where a container of it runs and its probe asks at a port."""
    pod = raw["metadata"]["name"]
    ports = trail.scene.listening(pod)
    told = _told(raw, status["name"], which) or {}
    if ports is None or "running" not in (status.get("state") or {}) or "exec" in told:
        return ()
    if not ports:
        return (say(en=f"nobody in Pod {pod} listens at any TCP port", zh=f"Pod {pod} 里没有任何程序在监听 TCP 端口"),)
    listed = ", ".join(str(port) for port in sorted(ports))
    return (say(en=f"TCP ports listened at in Pod {pod}: {listed}", zh=f"Pod {pod} 里在监听的 TCP 端口：{listed}"),)


def _about(trail: Trail, pod: Raw, container: str, reason: str) -> list[Raw]:
    found = trail.scene.events(pod, reason=reason)
    return [one for one in found if str(one["involvedObject"].get("fieldPath", "")).endswith(f"{{{container}}}")]
