"""Why a container of a Pod ended, or could not be begun: exit code, signal, the runtime's words, its last lines."""

import re

from labrunner.outcome import Cause
from labrunner.why.docker_ending import FAULTS, signal_name
from labrunner.why.scene import Raw
from labrunner.why.trail import Trail
from labrunner.words import say

LINES = 5
"""Last lines of a log that are a cause's words."""
NOT_FOUND = re.compile(
    r'exec: "([^"]*)": (?:executable file not found|stat .*no such file|no such file)|exec ([^\s:]+): no such file'
)
NOT_EXECUTABLE = re.compile(
    r'exec: "([^"]*)": (?:permission denied|is a directory|exec format error)'
    r"|exec ([^\s:]+): (?:permission denied|exec format error)"
)
NODE_GONE = ("Unknown", "ContainerStatusUnknown")
"""Reasons of an end that the node's own end brought: no fault of the container's."""
NO_SUCH, NO_PROGRAM, SIGNALLED = 127, 126, 128
"""What a shell exits with where a command is not there, cannot be executed, or got a signal, whose number is added."""


def not_begun(trail: Trail, status: Raw, said: str) -> Cause:
    """Return why a container could not be begun, by the runtime's words."""
    who = _who(trail, status)
    if found := NOT_FOUND.search(said):
        program = found[1] or found[2]
        sentence = say(
            en=f"{who} cannot start: there is no program {program} in its image",
            zh=f"{who}无法启动：它的镜像里没有程序 {program}",
        )
        return trail.cause("command-not-found", sentence, words=(said,))
    if found := NOT_EXECUTABLE.search(said):
        program = found[1] or found[2]
        sentence = say(
            en=f"{who} cannot start: {program} in its image cannot be executed",
            zh=f"{who}无法启动：镜像里的 {program} 不能执行",
        )
        return trail.cause("command-not-executable", sentence, words=(said,))
    sentence = say(en=f"{who} could not be started", zh=f"{who}无法启动")
    return trail.cause("container-not-started", sentence, words=(said,))


def ended(trail: Trail, pod: Raw, status: Raw, end: Raw, *, init: bool) -> Cause | None:  # noqa: PLR0911 - one a meaning
    """Return why a container ended; None where its node ended it.

    Args:
        trail: stands at the Pod.
        pod: it.
        status: the container's status.
        end: the terminated state of it that is looked at.
        init: True for an init container.
    """
    code, reason, message = int(end.get("exitCode", 0)), end.get("reason", ""), str(end.get("message", ""))
    if reason in NODE_GONE:
        return None
    if reason in ("StartError", "ContainerCannotRun"):
        return not_begun(trail, status, message)
    who, name = _who(trail, status), status["name"]
    lines = trail.scene.last_lines(pod["metadata"]["name"], name)[-LINES:]
    words = (f"{reason}, exit code {code}" if reason else f"exit code {code}", *message.splitlines()[-1:], *lines)
    again = " --previous" if status.get("restartCount") and "terminated" not in (status.get("state") or {}) else ""
    logs = f"logs {pod['metadata']['name']} -c {name}{again}"
    if reason == "OOMKilled":
        return trail.cause("out-of-memory", _greedy(pod, status, who), words=words)
    if code == NO_SUCH or any(NOT_FOUND.search(line) for line in lines[-1:]):
        sentence = say(
            en=f"{who} exited {code}: a command that it was to run is not in its image",
            zh=f"{who}以 {code} 退出：要运行的命令在镜像里不存在",
        )
        return trail.cause("command-not-found", sentence, words=words, see=logs)
    if code == NO_PROGRAM or any(NOT_EXECUTABLE.search(line) for line in lines[-1:]):
        sentence = say(
            en=f"{who} exited {code}: what it was to run is there, but cannot be executed",
            zh=f"{who}以 {code} 退出：要运行的文件存在，但无法执行",
        )
        return trail.cause("command-not-executable", sentence, words=words, see=logs)
    signal = signal_name(int(end.get("signal") or 0) or code - SIGNALLED)
    if signal and code - SIGNALLED not in FAULTS:
        sentence = say(
            en=f"the process of {who} was ended by {signal} (exit code {code})",
            zh=f"{who}的进程被 {signal} 结束（退出码 {code}）",
        )
        return trail.cause("stopped-by-signal", sentence, words=words, see=logs)
    if init:
        return trail.cause("init-failing", _init(who, code), words=words, see=logs)
    if code == 0:
        sentence = say(
            en=f"{who} has finished (exit code 0), though it is to run on: Kubernetes starts it again and again",
            zh=f"{who}已经运行完毕（退出码 0），但它应当一直运行：Kubernetes 会反复重启它",
        )
        return trail.cause("finished", sentence, words=words, see=logs)
    by = f", {signal}" if signal else ""
    sentence = say(
        en=f"{who} crashed: its process ended with exit code {code}{by}",
        zh=f"{who}崩溃了：它的进程以退出码 {code} 结束{by}",
    )
    return trail.cause("crashed", sentence, words=words, see=logs)


def _init(who: str, code: int) -> str:
    return say(
        en=f"init {who} failed with exit code {code}, so the Pod's own containers do not start",
        zh=f"初始化步骤失败：{who}以退出码 {code} 结束，Pod 自己的容器因此不会启动",
    )


def _greedy(pod: Raw, status: Raw, who: str) -> str:
    containers = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
    own: Raw = next((one for one in containers if one["name"] == status["name"]), {})
    limit = ((own.get("resources") or {}).get("limits") or {}).get("memory", "")
    most = say(en=f" (its limit is {limit})", zh=f"（上限是 {limit}）") if limit else ""
    return say(
        en=f"{who} was killed by the kernel: it wanted more memory than it may have{most}",
        zh=f"{who}被内核杀死：它要的内存超过了上限{most}",
    )


def _who(trail: Trail, status: Raw) -> str:
    pod = trail.path[-1].partition("/")[2]
    return say(en=f"container {status['name']} of Pod {pod}", zh=f"Pod {pod} 的容器 {status['name']} ")
