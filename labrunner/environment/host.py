"""The two places that are not the terminal: the Linux that runs the daemon, and a client on the cluster's network."""

import secrets
import signal
import subprocess
from collections.abc import Sequence

from labrunner import process
from labrunner.environment import cluster_record, network
from labrunner.environment.container_bounds import HELPER
from labrunner.environment.docker_cli import labels, remove
from labrunner.process import Completed
from labrunner.world.endpoint import Endpoint

ENTER = 'exec nsenter -t "$PPID" -m -u -n -i -- "$@"'
"""Run in a container that sees the host's processes: its parent is the shim, which is where the daemon is."""


def run_on_host(endpoint: Endpoint, argv: Sequence[str], image: str, *, install: str, limit: float = 30.0) -> Completed:
    """Run a program on the Linux that runs the daemon.

    Args:
        endpoint: the daemon.
        argv: the program and its arguments, as they are on that Linux.
        image: one with `nsenter`.
        install: the install id, for the helper container's label.
        limit: seconds.

    Returns:
        what it said; 124 where the limit ended it.
    """
    return _run(endpoint, "host", [*_privileged(image), *argv], install, limit)


def run_outside(  # noqa: PLR0913 - a helper's whole description
    endpoint: Endpoint, argv: Sequence[str], image: str, *, install: str, limit: float = 30.0, stdin: str | None = None
) -> Completed:
    """Run a program as a client on our network, which is the cluster's, and not in the cluster; as `run_on_host`."""
    options = _outside(endpoint, argv, image, install)
    return _run(endpoint, "outside", options, install, limit, stdin)


def attach_to_host(endpoint: Endpoint, argv: Sequence[str], image: str, *, install: str, terminal: bool) -> int:
    """Run a program on the host with our own input and output, and return its exit code.

    Args:
        endpoint: the daemon.
        argv: the program and its arguments.
        image: one with `nsenter`.
        install: the install id.
        terminal: whether input and output are a terminal.
    """
    return _attach(endpoint, "host", [*_privileged(image), *argv], install, terminal=terminal)


def attach_outside(endpoint: Endpoint, argv: Sequence[str], image: str, *, install: str, terminal: bool) -> int:
    """Run a client outside the cluster with our own input and output; as `attach_to_host`."""
    options = _outside(endpoint, argv, image, install)
    try:
        return _attach(endpoint, "outside", options, install, terminal=terminal)
    finally:
        network.down(endpoint, install)  # only where nothing else is on it


def attach_to_node(endpoint: Endpoint, argv: Sequence[str], container: str, *, terminal: bool) -> int:
    """Run a program on a node of the cluster with our own input and output, and return its exit code.

    Args:
        endpoint: the daemon that the cluster runs on.
        argv: the program and its arguments.
        container: the node's, by ID.
        terminal: whether input and output are a terminal.
    """
    how = ["--interactive", "--tty"] if terminal else ["--interactive"]
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call([endpoint.cli or "docker", "exec", *how, container, *argv], env=endpoint.environ())
    finally:
        signal.signal(signal.SIGINT, before)


def _privileged(image: str) -> list[str]:
    return ["--privileged", "--pid=host", "--network=none", "--entrypoint", "/bin/sh", image, "-c", ENTER, "sh"]


def _outside(endpoint: Endpoint, argv: Sequence[str], image: str, install: str) -> list[str]:
    """Return the options of a client outside the cluster; its variable NODES names the nodes, as our network does."""
    cluster = cluster_record.load()
    nodes = " ".join(sorted(cluster.nodes)) if cluster is not None else ""
    joined = network.up(endpoint, install)
    return ["--network", joined, "--env", f"NODES={nodes}", "--entrypoint", argv[0], image, *argv[1:]]


def _command(endpoint: Endpoint, role: str, install: str) -> tuple[str, list[str]]:
    """Return the helper's name, which nobody else has, and the beginning of the line that runs it."""
    name = f"labrunner-{role}-{install[:6]}-{secrets.token_hex(4)}"
    return name, [endpoint.cli or "docker", "run", "--rm", "--name", name, *labels(install, role), *HELPER]


def _run(  # noqa: PLR0913, PLR0917 - a helper's whole description
    endpoint: Endpoint, role: str, options: list[str], install: str, limit: float, stdin: str | None = None
) -> Completed:
    name, line = _command(endpoint, role, install)
    interactive = ["--interactive"] if stdin is not None else []
    done: Completed | None = None
    try:
        done = process.run([*line, *interactive, *options], limit=limit, env=endpoint.environ(), stdin=stdin)
    finally:
        if done is None or done.code == process.TIMED_OUT:
            remove(endpoint, "rm", "-f", "-v", name)
    return done


def _attach(endpoint: Endpoint, role: str, options: list[str], install: str, *, terminal: bool) -> int:
    """Hand our terminal over; Ctrl-C is the program's, not ours, while it runs."""
    name, line = _command(endpoint, role, install)
    how = ["--interactive", "--tty"] if terminal else ["--interactive"]
    before = signal.signal(signal.SIGINT, lambda *_: None)
    code: int | None = None
    try:
        code = subprocess.call([*line, *how, *options], env=endpoint.environ())
    finally:
        signal.signal(signal.SIGINT, before)
        if code is None or code < 0:
            remove(endpoint, "rm", "-f", "-v", name)
    return code
