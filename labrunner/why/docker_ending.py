"""Why a container's process ended: its exit code, who sent it a signal, and what it said last."""

import signal
from collections.abc import Sequence
from typing import Any

from labrunner.outcome import Cause
from labrunner.words import say

LINES = 5
"""Last lines of a log that are a cause's words."""
KILLED, BY_SIGNAL = 137, 128
NEVER_RAN = {
    127: ("command-not-found", "a command that it was to run is not in its image", "要运行的命令在镜像里不存在"),
    126: (
        "command-not-executable",
        "what it was to run is there, but cannot be executed",
        "要运行的文件存在，但无法执行",
    ),
}
"""What a shell's exit code says of the command that it could not run: the cause's code, in English, in Chinese."""
FAULTS = (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV)
"""Signals that a process brings upon itself: a crash, and nobody stopped it."""
ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGKILL)
"""Signals after which an exit code 0 is an answer to them; a process that was told to reload went on."""


def ended(  # noqa: PLR0913 - what is known of an end, each by name
    name: str,
    code: int,
    *,
    oom: bool = False,
    memory: int = 0,
    sent: Sequence[int] | None = None,
    lines: Sequence[str] = (),
) -> Cause:
    """Return why a container does not run any more.

    Args:
        name: the container's.
        code: the exit code of its process.
        oom: True where the kernel killed a process of it for want of memory.
        memory: its limit in bytes; 0 where it has none.
        sent: the signals that Docker sent it in its last run, oldest first; None where that is not known.
        lines: what it printed last.
    """
    subject = f"container/{name}"
    said = (f"exit code {code}", *list(lines)[-LINES:])
    logs, state = f"docker logs --tail 10 {name}", f"docker inspect {name} --format '{{{{json .State}}}}'"

    def cause(id_: str, en: str, zh: str, see: str) -> Cause:
        return Cause(id_, say(en=en, zh=zh), subject, (subject,), said, see)

    if oom:
        limit = f" ({memory >> 20} MiB)" if memory else ""
        return cause(
            "out-of-memory",
            f"container {name} was killed by the kernel: it wanted more memory than it may have{limit}",
            f"容器 {name} 被内核杀死：它要的内存超过了上限{limit}",
            state,
        )
    if sent:
        return cause("stopped-by-signal", *_stopped(name, code, sent), state)
    if code == 0:
        return cause(
            "finished",
            f"container {name} has finished: its process ended with exit code 0, and a container lives as long as it",
            f"容器 {name} 已经运行完毕：它的进程以退出码 0 结束，容器与进程同生共死",
            f"docker ps -a --filter name=^{name}$",
        )
    if code in NEVER_RAN:
        id_, en, zh = NEVER_RAN[code]
        return cause(id_, f"container {name} exited {code}: {en}", f"容器 {name} 以 {code} 退出：{zh}", logs)
    named = signal_name(code - BY_SIGNAL)
    if named and code - BY_SIGNAL not in FAULTS:
        whose = say(en="; no docker command sent it", zh="；不是 docker 命令发的") if sent == () else ""
        return cause(
            "stopped-by-signal",
            f"the process of container {name} was ended by {named} (exit code {code}){whose}",
            f"容器 {name} 的进程被 {named} 结束（退出码 {code}）{whose}",
            state,
        )
    by = f" ({named})" if named else ""
    return cause(
        "crashed",
        f"container {name} crashed: its process ended with exit code {code}{by}",
        f"容器 {name} 崩溃了：它的进程以退出码 {code} 结束{by}",
        logs,
    )


def _stopped(name: str, code: int, sent: Sequence[int]) -> tuple[str, str]:
    """Say who ended it: a signal by a docker command is no crash."""
    names = [signal_name(one) or str(one) for one in sent]
    if len(names) > 1 and code == KILLED:
        return (
            f"container {name} was stopped by docker: it did not end at {names[0]}, and then got {names[-1]}",
            f"容器 {name} 被 docker 停止：它没有理会 {names[0]}，随后收到了 {names[-1]}",
        )
    return (
        f"container {name} did not crash: a docker command sent it {names[-1]} (exit code {code})",
        f"容器 {name} 不是崩溃：docker 命令给它发了 {names[-1]}（退出码 {code}）",
    )


def signals(events: Sequence[dict[str, Any]]) -> tuple[int, ...] | None:
    """Return the signals of Docker's that ended a container's last run; None where the log does not hold all of it.

    Args:
        events: the container's recorded ones, oldest first.
    """
    last = next((n for n in range(len(events) - 1, -1, -1) if events[n]["action"] == "die"), None)
    if last is None:
        return None
    begun = next((n for n in range(last, -1, -1) if events[n]["action"] == "start"), None)
    sent = tuple(_sent(event) for event in events[begun or 0 : last] if _sent(event))
    code = int(events[last]["attributes"].get("exitCode", 0))
    # An older engine tells of the stop after the end, a newer one before it.
    stopped = any(event["action"] == "stop" for event in events[begun or 0 : last + 2])
    if sent and (stopped or code == BY_SIGNAL + sent[-1] or (code == 0 and sent[-1] in ENDING)):
        return sent
    return () if begun is not None else None


def _sent(event: dict[str, Any]) -> int:
    number = str(event["attributes"].get("signal", "")) if event["action"] == "kill" else ""
    return int(number) if number.isdigit() else 0


def signal_name(number: int) -> str:
    """Return "SIGTERM" for 15; empty where there is no such signal."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
