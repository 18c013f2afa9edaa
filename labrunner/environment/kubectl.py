"""kubectl, run for set-up against the course's cluster and no other: before each change it is asked whose it is."""

import json
from collections.abc import Sequence
from typing import Any

from labrunner import process
from labrunner.environment.cluster_identity import guard, kubeconfig_is_ours
from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import ClusterDown
from labrunner.process import Completed
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

READING = ("get", "wait", "rollout status", "describe", "version", "logs")
"""What kubectl can be asked that changes nothing; anything else is a change."""
NAMESPACE = ("-n", "--namespace")
APPLY = ("apply", "--server-side", "--force-conflicts", "--field-manager=labrunner", "-f", "-")
"""What follows `kubectl` where objects of ours are made as they are meant to be, whoever has changed them."""


def kubectl(
    endpoint: Endpoint,
    cluster: KindCluster,
    *args: str,
    limit: float = 20.0,
    stdin: str | None = None,
    may_fail: bool = False,
) -> Completed:
    """Run `kubectl ARGS…` with our kubeconfig; before a change, make sure that the cluster is the course's own.

    Args:
        endpoint: the daemon that the cluster runs on.
        cluster: the cluster.
        args: what follows `kubectl`.
        limit: seconds.
        stdin: what it reads.
        may_fail: hand a failure back instead of raising.

    Raises:
        NotOurs: the kubeconfig, or before a change the cluster or a node, is another one than recorded.
        ClusterDown: kubectl failed, and why; or, before a change, the API does not say who it is.
    """
    try:
        if reads(args):
            kubeconfig_is_ours(cluster)
        else:
            guard(endpoint, cluster)
    except ClusterDown as silent:
        if may_fail:
            return Completed(args, 1, "", silent.message)
        raise
    done = process.run(cluster.kubectl_line(*args), limit=limit, env=cluster.environ(endpoint), stdin=stdin)
    if not done.ok and not may_fail:
        raise ClusterDown(
            say(
                en=f"the course's cluster did not do `kubectl {' '.join(args[:3])}`: {done.last_words}",
                zh=f"课程集群没有完成 `kubectl {' '.join(args[:3])}`：{done.last_words}",
            ),
            hint=say(en="labrunner doctor tells more", zh="labrunner doctor 会说明更多"),
        )
    return done


def reads(args: Sequence[str]) -> bool:
    """Tell whether kubectl only looks with these arguments."""
    words = args[2:] if args and args[0] in NAMESPACE else args
    return " ".join(words[:1]) in READING or " ".join(words[:2]) in READING


def read(endpoint: Endpoint, cluster: KindCluster, path: str) -> dict[str, Any]:
    """GET one path of the API; empty where it does not answer, within four seconds, with a JSON object."""
    done = kubectl(endpoint, cluster, "get", "--raw", path, "--request-timeout=4s", limit=6, may_fail=True)
    if not done.ok:
        return {}
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def ready(endpoint: Endpoint, cluster: KindCluster) -> bool:
    """Tell whether the API says that it is ready."""
    done = kubectl(endpoint, cluster, "get", "--raw", "/readyz", "--request-timeout=2s", limit=4, may_fail=True)
    return done.ok and done.stdout.strip() == "ok"
