"""What is said of a daemon that does not answer, and what mends it."""

import errno
import grp
import os
import shutil
from pathlib import Path

from labrunner.errors import DockerDown, DockerForbidden
from labrunner.words import say

SHORT = {errno.ENOENT: "no such socket", errno.ECONNREFUSED: "connection refused"}


def silent(url: str, limit: float) -> DockerDown:
    """Return the error of a daemon that accepts connections and answers nothing for so many seconds."""
    return DockerDown(
        say(
            en=f"the Docker daemon at {url} accepts connections and answers nothing for {limit:.0f} s",
            zh=f"{url} 的 Docker 守护进程接受连接，但 {limit:.0f} 秒没有回应",
        ),
        hint=say(en="restart it, or wait until it has started", zh="重启它，或等它启动完成"),
    )


def down(url: str, broken: Exception, *, default: bool) -> DockerDown:
    """Return the error of a daemon that is not there; `default` says that nobody named this one."""
    why = type(broken).__name__
    if isinstance(broken, OSError) and broken.errno:
        why = SHORT.get(broken.errno, os.strerror(broken.errno))
    return DockerDown(
        say(en=f"no Docker daemon answers at {url} ({why})", zh=f"{url} 没有 Docker 守护进程回应（{why}）"),
        hint=_waking() if default else _other(),
    )


def forbidden(url: str) -> DockerForbidden:
    """Return the error of a daemon that this user may not talk to."""
    try:
        group = grp.getgrgid(Path(url.removeprefix("unix://")).stat().st_gid).gr_name
    except (OSError, KeyError):
        group = "docker"
    return DockerForbidden(
        say(
            en=f"this user may not talk to the Docker daemon at {url}", zh=f"当前用户无权访问 {url} 的 Docker 守护进程"
        ),
        hint="dockerd-rootless-setuptool.sh install"
        if group == "root"
        else f'sudo usermod -aG {group} "$USER" && newgrp {group}',
    )


def _waking() -> str:
    rootless = Path(f"/run/user/{os.getuid()}/docker.sock")
    if rootless.exists():
        return f"export DOCKER_HOST=unix://{rootless}"
    if shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"):
        return "sudo systemctl start docker" if Path("/run/systemd/system").is_dir() else "sudo dockerd &"
    if shutil.which("apt-get"):
        return "sudo apt-get install -y docker.io"
    return say(en="install Docker, or start Docker Desktop", zh="安装 Docker，或打开 Docker Desktop")


def _other() -> str:
    return say(
        en="start that daemon, or: unset DOCKER_HOST DOCKER_CONTEXT",
        zh="启动那个守护进程，或 unset DOCKER_HOST DOCKER_CONTEXT",
    )
