"""Everything of ours on this machine, by kind: what `stop --all` would remove, and what it leaves."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from labrunner.render import cells
from labrunner.render.removal import short
from labrunner.render.screen import Screen
from labrunner.words import say

MANY = 40
"""Cells of the widest column of names."""
UNITS = ("B", "kB", "MB", "GB", "TB")
STEP = 1000


def record(found: Any) -> dict[str, Any]:
    """Return what `status --all --json` prints."""
    return {
        "schema": 1,
        "install": found.install,
        "endpoint": found.endpoint.url,
        "engine": found.endpoint.engine,
        "all": [asdict(one) for one in found.all],
    }


def show(screen: Screen, found: Any) -> None:
    """Print everything of ours: by kind, with what each is for, and whether `stop --all` takes it away."""
    title = say(en="labrunner on this machine", zh="这台机器上的 labrunner")
    screen.line((title, "title"), (f"  {found.install}", "dim"))
    screen.line((f"Docker {found.endpoint.engine}  {found.endpoint.url}", "dim"))
    going = [one for one in found.all if not one.stays]
    staying = [one for one in found.all if one.stays]
    for head, some in (
        (say(en="labrunner stop --all removes", zh="labrunner stop --all 会移除"), going),
        (say(en="labrunner stop --all leaves", zh="labrunner stop --all 会保留"), staying),
    ):
        screen.gap()
        nothing = say(en=": nothing", zh="：无") if not some else ""
        screen.line((head + nothing, "bold"))
        for kind in dict.fromkeys(one.kind for one in some):
            screen.line((_kind(kind), "dim"), lead="  ")
            _rows(screen, [one for one in some if one.kind == kind])


def _rows(screen: Screen, some: Iterable[Any]) -> None:
    rows = [(short(one.name), one) for one in some]
    widest = min(MANY, max(cells.width(name) for name, _ in rows))
    for name, one in rows:
        asked = say(en="asked about first", zh="移除前会询问") if one.asks else ""
        about = (_what(one.of), _state(one.state), size(one.bytes) if one.bytes else "", asked)
        lead = cells.padded(f"    {name}", widest + 4) + "  "
        screen.line(("  ".join(part for part in about if part), "dim"), lead=lead)


def size(count: int) -> str:
    """Return a number of bytes as people read it: three digits or fewer, in units of a thousand."""
    number, unit = float(count), 0
    while number >= STEP - 0.5 and unit < len(UNITS) - 1:
        number, unit = number / STEP, unit + 1
    return f"{number:.1f} {UNITS[unit]}" if unit and number < 10 else f"{number:.0f} {UNITS[unit]}"  # noqa: PLR2004 - one more digit where there is only one


def _kind(kind: str) -> str:
    known = {
        "containers": "容器", "networks": "网络", "volumes": "卷", "images": "镜像", "namespaces": "命名空间",
        "processes": "进程", "folders": "文件夹",
    }  # fmt: skip
    return say(en=kind, zh=known.get(kind, kind))


def _state(state: str) -> str:
    known = {
        "running": "运行中", "paused": "已冻结", "exited": "已停止", "created": "已创建", "restarting": "重启中",
    }  # fmt: skip
    return say(en=state, zh=known.get(state, state))


def _what(of: str) -> str:
    """Return what something is for, as a person would say it; a lab's name as it is."""
    known = {
        "registry": ("the course's registry", "课程的镜像仓库"),
        "network": ("the network of all of it", "所有部分共用的网络"),
        "sandbox": ("a sandbox, or its registry", "沙箱或它的镜像仓库"),
        "node": ("of the course's cluster", "课程集群的一部分"),
        "host": ("looks at the host", "查看宿主机"),
        "outside": ("a client outside the cluster", "集群外的客户端"),
        "probe": ("a check that looks", "检查时的探针"),
        "environment": ("what all of it is made from", "以上各部分所用的镜像"),
        "recorder": ("records what happens in a lab", "记录实验中发生的事"),
        "keeper": ("brings back what an outage stopped", "恢复被停掉的组件"),
        "nap": ("stops a cluster that sleeps long", "停止长时间休眠的集群"),
        "settings": ("what you chose", "你的设置"),
        "state": ("labs, journals, the cluster's files; emptied but for locks", "实验、日志、集群文件；只留下锁文件"),
        "files": ("what labs handed out, and yours beside it", "实验发放的文件，以及你放在旁边的文件"),
        "cache": ("built programs and images; safe to delete", "构建好的程序和镜像；可以放心删除"),
    }
    en, zh = known.get(of, (of, of))
    return say(en=en, zh=zh)
