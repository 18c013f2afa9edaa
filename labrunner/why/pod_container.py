"""One container of a Pod: whether it runs as it should, is on its way, or what keeps it."""

from dataclasses import dataclass

from labrunner.outcome import Cause
from labrunner.why import clock, pod_config, pod_ending, pod_image, pod_probe
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

LATELY = 60.0
"""Seconds for which a container that was restarted must have run before its last end is forgotten, at least."""
LONGEST = 600.0
"""Seconds after which the kubelet forgets it, too."""
PATIENCE = 120.0
"""Seconds that a container may be made before that is remarkable."""
SETTLING = 20.0
"""Seconds that mounting may fail in a new Pod: what it mounts may have come just before it."""


@dataclass(frozen=True, slots=True)
class State:
    """What is to be said of a container: what is broken, or that it is on its way; neither where it is well.

    Attributes:
        causes: what is broken.
        moving: what is still on its way, as a phrase.
        saw: what was seen and not understood, as a phrase.
    """

    causes: tuple[Cause, ...] = ()
    moving: str = ""
    saw: str = ""

    @property
    def well(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.causes or self.moving or self.saw)


def of(trail: Trail, pod: Raw, status: Raw, *, init: bool = False, told: bool = False) -> State:
    """Look at one container.

    Args:
        trail: stands at the Pod.
        pod: it.
        status: the container's status.
        init: True for an init container.
        told: True where something that the Pod needs was named as missing already.
    """
    state = status.get("state") or {}
    if waiting := state.get("waiting"):
        return _waiting(trail, pod, status, waiting, init=init, told=told)
    if end := state.get("terminated"):
        policy = "OnFailure" if init else pod["spec"].get("restartPolicy", "Always")
        if end.get("exitCode") == 0 and policy != "Always":
            return State()
        return _because(_ended(trail, pod, status, end, init=init))
    if running := state.get("running"):
        return _running(trail, pod, status, running, init=init)
    return State(moving=_being_made(pod, status))


def _because(cause: Cause | None) -> State:
    return State((cause,)) if cause is not None else State()


def _ended(trail: Trail, pod: Raw, status: Raw, end: Raw, *, init: bool) -> Cause | None:
    killed = pod_probe.killed(trail, pod, status, end) or pod_probe.unhooked(trail, pod, status, end)
    return killed or pod_ending.ended(trail, pod, status, end, init=init)


def _waiting(trail: Trail, pod: Raw, status: Raw, waiting: Raw, *, init: bool, told: bool) -> State:  # noqa: PLR0911, PLR0913 - one a reason
    reason, said = waiting.get("reason", ""), str(waiting.get("message", ""))
    if reason in pod_image.REASONS:
        return State(tuple(pod_image.unpulled(trail, pod, status, waiting)))
    if reason == "CrashLoopBackOff":
        end = (status.get("lastState") or {}).get("terminated")
        if end is None:
            return _because(_looping(trail, status, said))
        return _because(_ended(trail, pod, status, end, init=init))
    if reason == "RunContainerError":
        return State((pod_ending.not_begun(trail, status, said),))
    if reason in ("CreateContainerConfigError", "CreateContainerError"):
        return State() if told else _not_made(trail, status, reason, said)
    if reason in ("ContainerCreating", "PodInitializing", ""):
        return _being_prepared(trail, pod, status, told=told)
    return State(saw=f"container {status['name']}: {reason}: {said}")


def _looping(trail: Trail, status: Raw, said: str) -> Cause:
    name, pod = status["name"], trail.path[-1].partition("/")[2]
    sentence = say(
        en=f"container {name} of Pod {pod} ends again and again",
        zh=f"Pod {pod} 的容器 {name} 反复退出",
    )
    return trail.cause(
        "crashed", sentence, words=(f"CrashLoopBackOff: {said}",), see=f"logs {pod} -c {name} --previous"
    )


def _not_made(trail: Trail, status: Raw, reason: str, said: str) -> State:
    found = pod_config.not_made(trail, status, reason, said)
    return State(moving=found) if isinstance(found, str) else State((found,))


def _being_prepared(trail: Trail, pod: Raw, status: Raw, *, told: bool) -> State:
    name, taken = pod["metadata"]["name"], trail.scene.taken
    lasted = clock.seconds((pod.get("status") or {}).get("startTime"), taken)
    if told:
        return State()
    if lasted > SETTLING:
        for event in trail.scene.events(pod):
            said = str(event.get("message", ""))
            if event.get("reason") in ("FailedMount", "FailedAttachVolume"):
                sentence = say(
                    en=f"a volume of Pod {name} cannot be mounted, so its containers wait",
                    zh=f"Pod {name} 的一个卷无法挂载，它的容器在等待",
                )
                return State((trail.cause("mount-failed", sentence, words=(said,)),))
            if event.get("reason") == "FailedCreatePodSandBox":
                sentence = say(
                    en=f"Pod {name} gets no network or no sandbox on its node",
                    zh=f"Pod {name} 在节点上得不到网络或沙箱",
                )
                return State((trail.cause("sandbox-failed", sentence, words=(said,)),))
            break
    if lasted > PATIENCE and lasted != float("inf"):
        last = next((str(event.get("message", "")) for event in trail.scene.events(pod)), "")
        return State(saw=f"container {status['name']}: waiting for {lasted:.0f} s" + (f"; {last}" if last else ""))
    return State(moving=_being_made(pod, status))


def _being_made(pod: Raw, status: Raw) -> str:
    name, pod_name = status["name"], pod["metadata"]["name"]
    return say(en=f"container {name} of Pod {pod_name} is being made", zh=f"Pod {pod_name} 的容器 {name} 正在创建")


def _running(trail: Trail, pod: Raw, status: Raw, running: Raw, *, init: bool) -> State:
    end = (status.get("lastState") or {}).get("terminated")
    if end and status.get("restartCount"):
        before = clock.seconds(end.get("startedAt"), end.get("finishedAt"))
        now = clock.seconds(running.get("startedAt"), trail.scene.taken)
        if now < min(LONGEST, max(LATELY, 2 * before)) and (cause := _ended(trail, pod, status, end, init=init)):
            return State((cause,))
    if init:
        name, pod_name = status["name"], pod["metadata"]["name"]
        phrase = say(
            en=f"init container {name} of Pod {pod_name} still runs", zh=f"Pod {pod_name} 的 init 容器 {name} 还在运行"
        )
        return State(moving=phrase)
    if status.get("ready"):
        return State()
    found = pod_probe.unready(trail, pod, status)
    return State(moving=found) if isinstance(found, str) else State((found,))
