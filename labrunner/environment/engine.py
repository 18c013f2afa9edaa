"""The Docker engine that labs run on: the one that is there, or one that its owner lets us install and start."""

import os
import sys

from labrunner.environment import consent, dockerd
from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.narrate import Narrator, require, stage
from labrunner.words import say
from labrunner.world import endpoint
from labrunner.world.endpoint import Endpoint

PACKAGES = ("docker.io", "iptables")
OLDEST = (20, 10)


def ensure(narrator: Narrator, host: str | None = None) -> Endpoint:
    """Return the engine that is meant, answering; a running one is never restarted or reconfigured.

    Where nothing listens at the default socket of a Linux and we are root, an engine is installed and started,
    after its owner said yes. A daemon that was named and is dead stays dead: another one is never started for it.

    Args:
        narrator: shows what is done, asks before the machine is changed.
        host: the daemon that was asked for on the command line.

    Raises:
        DockerDown, DockerForbidden, ContextUnknown, RemoteDocker: as in `endpoint`.
        Declined: the owner said no.
        EnvironmentNotReady: the engine is too old, or there is no docker program.
    """
    url = endpoint.resolve(host)
    try:
        found = endpoint.reach(url)
    except DockerDown:
        if url != endpoint.DEFAULT or not _may_start():
            raise
        found = _made(narrator)
    return _suited(found)


def _may_start() -> bool:
    """Tell whether starting an engine is ours to offer: root on Linux, and something to start or to install from."""
    return sys.platform == "linux" and os.geteuid() == 0 and (dockerd.installed() or consent.can_install())


def _made(narrator: Narrator) -> Endpoint:
    line = " ".join(dockerd.command())
    if dockerd.installed():
        require(narrator, say(en="start the Docker engine?", zh="启动 Docker 引擎？"), [line])
    else:
        packages = [*PACKAGES, "jq"] if dockerd.bounded() else list(PACKAGES)
        question = say(en="install a Docker engine and start it?", zh="安装并启动 Docker 引擎？")
        consent.install(narrator, packages, question, also=[line])
    with stage(narrator, say(en="starting the Docker engine", zh="启动 Docker 引擎")):
        return dockerd.start()


def _suited(found: Endpoint) -> Endpoint:
    version = tuple(int(part) for part in found.engine.split(".")[:2] if part.isdecimal())
    if version and version < OLDEST:
        raise EnvironmentNotReady(
            say(
                en=f"the Docker engine {found.engine} is older than 20.10, which labs need",
                zh=f"Docker 引擎 {found.engine} 低于实验需要的 20.10",
            ),
            hint=say(en="update Docker", zh="请升级 Docker"),
        )
    if not found.cli:
        raise EnvironmentNotReady(
            say(en="there is no docker program on PATH", zh="PATH 中没有 docker 命令"),
            hint="apt-get install docker-cli || apt-get install docker.io",
        )
    return found
