"""What a node must not send out of the cluster: what is for a Service or a Pod that is not there (yet)."""

from collections.abc import Iterable

from labrunner.environment.docker_cli import docker
from labrunner.world.endpoint import Endpoint

SERVICES = "10.96.0.0/16"
"""Where kind gives Services their addresses; what a rule has turned into a Pod's address is not there any more."""
PODS = "10.244.0.0/16"
"""Where kind gives Pods theirs; each Pod and each other node's range has a route of its own, which goes before ours."""
KEPT = f"iptables -A OUTPUT -d {SERVICES} -j REJECT; ip route replace unreachable {PODS}"


def keep_inside(endpoint: Endpoint, nodes: Iterable[str]) -> None:
    """Let nothing for the cluster's own addresses leave these nodes; to be said again whenever a node has started.

    A node that starts knows neither rules nor routes for a few seconds, and the addresses of Pods that have others by
    now for longer. Meanwhile its default route leads out. Where somebody there answers whatever is asked (a VPN, a
    proxy for everything), the API server would keep that connection, and with it the wrong answer: no metrics, and no
    namespace that can be removed, for minutes and more.

    Args:
        endpoint: the daemon that the nodes run on.
        nodes: their containers' IDs.
    """
    for container in nodes:
        docker(endpoint, "exec", container, "sh", "-c", KEPT, may_fail=True)
