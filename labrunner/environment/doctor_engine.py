"""What the doctor asks the Docker daemon."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from labrunner.environment import build_state
from labrunner.environment.finding import Finding
from labrunner.environment.host import run_on_host
from labrunner.environment.settings import Settings
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

OLDEST_API = (1, 41)
STORAGE = ("overlay2", "overlayfs", "fuse-overlayfs", "btrfs", "zfs")
ENOUGH = 3.5
"""GiB of memory that the cluster needs beside Docker; what a machine of 4 has left."""
SKEW = 5.0
"""Seconds that the daemon's clock may differ from ours: leases, certificates and `--since` stand on it."""
POOLED = 31
"""Networks that Docker's own pools have addresses for: 172.17 to 172.31, and 192.168.0.0/16 by twenties."""
FEW = 3
"""Networks that a lab may need at once."""
WHOLE = "4294967295"
"""As many user ids as there are: the Linux itself, no user namespace."""


def findings(found: Endpoint, settings: Settings) -> Iterator[Finding]:
    """Look at a daemon that answers.

    Args:
        found: the daemon.
        settings: whose label the trial of the host helper carries.
    """
    before = datetime.now(UTC)
    info = endpoints.ask(found.url, "/info")
    after = datetime.now(UTC)
    yield _api(endpoints.ask(found.url, "/version"))
    yield _storage(info)
    yield _cgroups(info)
    yield _clock(info, before, after)
    yield _memory(info)
    yield _pools(info, endpoints.look(found.url, "/networks")[1])
    yield _host(found, settings)


def _api(version: dict[str, Any]) -> Finding:
    said = str(version.get("ApiVersion", "0"))
    parts = tuple(int(part) for part in re.findall(r"\d+", said))
    engine = version.get("Version", "")
    return Finding(
        "api-version",
        say(en=f"Docker Engine {engine} speaks API {said}", zh=f"Docker Engine {engine}，API {said}"),
        "" if parts >= OLDEST_API else say(en="update Docker to 20.10 or later", zh="把 Docker 升级到 20.10 以上"),
        ok=parts >= OLDEST_API,
        needed=True,
    )


def _storage(info: dict[str, Any]) -> Finding:
    driver = str(info.get("Driver", ""))
    containerd = any("containerd" in " ".join(map(str, row)) for row in info.get("DriverStatus") or [])
    where = say(en=" in containerd's image store", zh="（containerd 镜像存储）") if containerd else ""
    good = driver in STORAGE
    return Finding(
        "storage",
        say(en=f"images are kept by {driver}{where}", zh=f"镜像存储驱动是 {driver}{where}"),
        ""
        if good
        else say(
            en='set "storage-driver": "overlay2" in daemon.json', zh='在 daemon.json 设 "storage-driver": "overlay2"'
        ),
        ok=good,
    )


def _cgroups(info: dict[str, Any]) -> Finding:
    version = str(info.get("CgroupVersion", "1"))
    limits = bool(info.get("MemoryLimit"))
    return Finding(
        "cgroup",
        say(
            en=f"cgroup v{version}, memory limits {'work' if limits else 'do not work'}",
            zh=f"cgroup v{version}，内存限制{'可用' if limits else '不可用'}",
        ),
        "" if limits else say(en="boot with cgroup_enable=memory", zh="用 cgroup_enable=memory 启动内核"),
        ok=limits,
        detail=f"driver {info.get('CgroupDriver', '')}",
    )


def _clock(info: dict[str, Any], before: datetime, after: datetime) -> Finding:
    text = re.sub(r"\.(\d{1,6})\d*", r".\1", str(info.get("SystemTime", "")))
    try:
        theirs = datetime.fromisoformat(text)
    except ValueError:
        return Finding("clock", say(en="the daemon tells no time", zh="守护进程没有给出时间"), ok=None)
    off = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    return Finding(
        "clock",
        say(en=f"the daemon's clock is {off:.0f} s off ours", zh=f"守护进程的时钟与本机相差 {off:.0f} 秒"),
        ""
        if off <= SKEW
        else say(en="restart Docker Desktop, or: sudo hwclock -s", zh="重启 Docker Desktop，或 sudo hwclock -s"),
        ok=off <= SKEW,
    )


def _memory(info: dict[str, Any]) -> Finding:
    total = int(info.get("MemTotal", 0)) / 2**30
    return Finding(
        "memory",
        say(
            en=f"{total:.1f} GiB of memory (Docker labs: 1, Kubernetes labs: 4)",
            zh=f"内存 {total:.1f} GiB（Docker 实验需 1，Kubernetes 实验需 4）",
        ),
        "" if total >= ENOUGH else say(en="give Docker's machine 4 GiB", zh="给 Docker 的虚拟机 4 GiB 内存"),
        ok=total >= ENOUGH,
        detail=f"{info.get('NCPU', 0)} CPU",
    )


def _pools(info: dict[str, Any], networks: Any) -> Finding:
    """Tell how many networks still get addresses: those that were told none take theirs from the daemon's pools."""
    pools = [(ip_network(one["Base"], strict=False).prefixlen, int(one["Size"])) for one in _configured(info)]
    most = sum(2 ** max(0, size - base) for base, size in pools) or POOLED
    used = len([one for one in networks or [] if one.get("Driver") == "bridge"])
    left = max(0, most - used)
    return Finding(
        "address-pools",
        say(
            en=f"{used} of about {most} networks are in use that Docker has addresses for",
            zh=f"Docker 的地址池大约够 {most} 个网络，已用 {used} 个",
        ),
        ""
        if left >= FEW
        else say(
            en="remove networks that you need no more: docker network ls, docker network rm NAME",
            zh="删除不再需要的网络：docker network ls，docker network rm NAME",
        ),
        ok=left >= FEW,
    )


def _configured(info: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in info.get("DefaultAddressPools") or [] if "." in str(one.get("Base", ""))]


def _host(found: Endpoint, settings: Settings) -> Finding:
    """Try the helper that enters the daemon's Linux; only with an image that is there already."""
    image = build_state.image_on("client", found)
    if not image:
        return Finding(
            "host-helper",
            say(
                en="`labrunner host` is not tried before its image is there",
                zh="`labrunner host` 所需镜像还没有，暂未测试",
            ),
            "labrunner start docker-basics",
            ok=None,
        )
    done = run_on_host(found, ["cat", "/proc/self/uid_map"], image, install=settings.install, limit=6)
    kind = "full" if done.ok and WHOLE in done.stdout else "user-namespace" if done.ok else "none"
    words = {
        "full": say(
            en="`labrunner host` reaches the Linux under Docker", zh="`labrunner host` 可以进入 Docker 所在的 Linux"
        ),
        "user-namespace": say(
            en="`labrunner host` reaches a user namespace (rootless Docker)",
            zh="`labrunner host` 只能进入用户命名空间（rootless Docker）",
        ),
        "none": say(
            en=f"`labrunner host` does not work here: {done.last_words}",
            zh=f"`labrunner host` 在这里不可用：{done.last_words}",
        ),
    }
    return Finding("host-helper", words[kind], ok=kind != "none", detail=kind)
