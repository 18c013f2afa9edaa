"""What a submission works with, asked for from where its scripts run: while it lacks, what fails is not theirs."""

from collections.abc import Callable

from labrunner import wait
from labrunner.environment.docker_cli import docker
from labrunner.errors import ClusterDown, EnvironmentNotReady
from labrunner.process import Completed
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

PATIENCE = 30.0
"""Seconds: a program that passes on to somebody else is there a moment later than its container."""
EVERY = 0.5
ASKED = 5
"""Seconds for one answer."""
ANSWERS = (
    f'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /v2/ HTTP/1.0\\r\\n\\r\\n" >&3 && read -r -t {ASKED} said <&3 '
    '&& [[ $said == *" 200 "* ]]'
)
"""A registry's first path: https://distribution.github.io/distribution/spec/api/#api-version-check"""


def cluster(outer: Endpoint, container: str, kubeconfig: str) -> None:
    """Make sure that whoever is in a cell reaches the API server.

    Args:
        outer: the engine that the cell runs on.
        container: the cell.
        kubeconfig: the text of the one that is used in it.

    Raises:
        ClusterDown: it is not reached.
    """
    line = ("kubectl", "--kubeconfig=/dev/stdin", f"--request-timeout={ASKED}s", "get", "--raw", "/version")
    if not _comes(lambda: docker(outer, "exec", "-i", container, *line, may_fail=True, stdin=kubeconfig)):
        raise ClusterDown(
            say(en="the cluster is not reached from where the submission runs", zh="从运行提交的地方连不上集群"),
            hint=say(en="grade it again", zh="重新评分"),
        )


def registry(outer: Endpoint, container: str, port: int) -> None:
    """Make sure that the course's registry answers in a sandbox.

    Args:
        outer: the engine that the sandbox runs on.
        container: the sandbox.
        port: of the registry, as it is written in the lab.

    Raises:
        EnvironmentNotReady: it does not.
    """
    if not _comes(lambda: docker(outer, "exec", container, "bash", "-c", ANSWERS, str(port), may_fail=True)):
        raise EnvironmentNotReady(
            say(
                en=f"the course's registry, localhost:{port}, does not answer where the submission runs",
                zh=f"在运行提交的地方，课程镜像仓库 localhost:{port} 没有回应",
            ),
            hint=say(en="grade it again", zh="重新评分"),
        )


def _comes(asked: Callable[[], Completed]) -> bool:
    return wait.until(lambda: asked().ok, within=PATIENCE, every=EVERY)
