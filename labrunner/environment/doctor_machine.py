"""What the doctor sees of the machine without asking Docker."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from labrunner import places
from labrunner.environment import dockerd, ports
from labrunner.environment.finding import Finding
from labrunner.environment.registry import answers
from labrunner.environment.settings import Settings
from labrunner.words import say

ROOM = 6.0
"""GiB: Docker labs take one, the cluster and what it is built from take five."""
INSTANCES = 512
WATCHES = 65536
"""inotify's limits below which three nodes with their Pods run into "too many open files"."""


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at this machine."""
    yield _capabilities()
    yield from _disks()
    yield _inotify()
    yield _port(settings.port)
    yield _proxies()


def _capabilities() -> Finding:
    if sys.platform != "linux":
        return Finding(
            "capabilities", say(en="Docker has a Linux of its own here", zh="Docker 运行在自己的 Linux 里"), ok=None
        )
    bounded = dockerd.bounded()
    return Finding(
        "capabilities",
        say(
            en="this machine gives no CAP_SYS_RESOURCE; our own engine asks for none",
            zh="本机没有 CAP_SYS_RESOURCE；我们启动的引擎不会请求它",
        )
        if bounded
        else say(en="this machine gives all capabilities", zh="本机具备全部 capabilities"),
        ok=True,
        detail="CAP_SYS_RESOURCE" if bounded else "",
    )


def _disks() -> Iterator[Finding]:
    data = Path("/var/lib/docker")
    seen = {"disk-cache": places.cache_dir(), "disk-state": places.state_dir(), "disk-docker": data}
    for name, folder in seen.items():
        there = folder
        while not there.exists():
            there = there.parent
        if name == "disk-docker" and there != data:
            continue  # Docker keeps its data elsewhere, or on a disk that we cannot see
        free = shutil.disk_usage(there).free / 2**30
        enough = ROOM if name != "disk-state" else 0.1
        yield Finding(
            name,
            say(en=f"{free:.1f} GiB free for {folder}", zh=f"{folder} 可用空间 {free:.1f} GiB"),
            "" if free >= enough else "docker system df",
            ok=free >= enough,
        )


def _inotify() -> Finding:
    try:
        instances, watches = (
            int(Path(f"/proc/sys/fs/inotify/max_user_{what}").read_text(encoding="ascii"))
            for what in ("instances", "watches")
        )
    except OSError:
        return Finding(
            "inotify", say(en="inotify's limits cannot be read here", zh="这里无法读取 inotify 限制"), ok=None
        )
    low = [
        f"fs.inotify.max_user_{what}={enough}"
        for what, found, enough in (("instances", instances, INSTANCES), ("watches", watches, WATCHES))
        if found < enough
    ]
    return Finding(
        "inotify",
        say(
            en=f"inotify: {instances} instances, {watches} watches a user",
            zh=f"inotify：每用户 {instances} 个实例、{watches} 个监视",
        ),
        f"sudo sysctl {' '.join(low)}" if low else "",
        ok=not low,
    )


def _port(port: int) -> Finding:
    if answers(port):
        return Finding(
            "registry-port",
            say(en=f"a registry answers at localhost:{port}", zh=f"localhost:{port} 有镜像仓库在运行"),
            ok=True,
        )
    free = ports.is_free(port)
    who = "" if free else ports.holder(port)
    return Finding(
        "registry-port",
        say(en=f"port {port}, for the course's registry, is free", zh=f"课程镜像仓库的端口 {port} 空闲")
        if free
        else say(
            en=f"port {port}, for the course's registry, is held by {who or 'another program'}",
            zh=f"课程镜像仓库的端口 {port} 已被 {who or '另一个程序'} 占用",
        ),
        "" if free else f"export LABRUNNER_PORT={ports.next_free(port)}",
        ok=free,
        needed=True,
    )


def _proxies() -> Finding:
    names = sorted(name for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "all_proxy"))
    if not names:
        return Finding(
            "proxies",
            say(en="no proxy is set that could leak into the nodes", zh="没有可能泄漏到节点的代理变量"),
            ok=True,
        )
    return Finding(
        "proxies",
        say(
            en=f"{', '.join(names)} set; kept out of the nodes and of what labs run",
            zh=f"已设置 {', '.join(names)}；不会传给节点和实验命令",
        ),
        ok=True,
    )
