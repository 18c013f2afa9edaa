"""This machine and the places apart from the terminal: doctor, host, outside, node."""

import os
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from labrunner.cli.calling import AsJson, Calling, of
from labrunner.errors import EnvironmentNotReady, NoLabStarted
from labrunner.render import findings
from labrunner.words import say

VERBATIM = {"ignore_unknown_options": True, "allow_interspersed_args": False}
Command = Annotated[
    list[str], typer.Argument(metavar="CMD", help=say(en="a program and its arguments", zh="程序及其参数"))
]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=say(en="What this machine lacks, and what mends it.", zh="这台机器缺什么，怎么补。"))(doctor)
    app.command(
        help=say(en="Run CMD on the Linux that runs Docker.", zh="在运行 Docker 的 Linux 上执行 CMD。"),
        context_settings=VERBATIM,
    )(host)
    app.command(
        help=say(en="Run CMD as a client outside the cluster.", zh="作为集群外的客户端执行 CMD。"),
        context_settings=VERBATIM,
    )(outside)
    app.command(
        help=say(en="Run CMD on a node of the cluster.", zh="在集群的一个节点上执行 CMD。"),
        context_settings=VERBATIM,
    )(node)


def doctor(ctx: typer.Context, as_json: AsJson = False) -> int:
    """Examine the machine; nothing is changed."""
    calling = of(ctx)
    found = calling.doors.doctor().examine()
    missing = any(finding.needed and finding.ok is False for finding in found)
    code = EnvironmentNotReady.exit_code if missing else 0
    if as_json:
        calling.print_json({"schema": 1, "findings": [asdict(finding) for finding in found], "exit_code": code})
    else:
        findings.show(calling.screen, found)
    return code


def host(ctx: typer.Context, command: Command) -> int:
    """Run a command on the host and return its exit code."""
    return _elsewhere(of(ctx), command, "attach_to_host")


def outside(ctx: typer.Context, command: Command) -> int:
    """Run a command outside the cluster and return its exit code."""
    return _elsewhere(of(ctx), command, "attach_outside")


def node(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NODE", help=say(en="control-plane, worker or worker2", zh="control-plane、worker 或 worker2")
        ),
    ],
    command: Command,
) -> int:
    """Run a command on a node of the course's cluster and return its exit code."""
    from labrunner.environment import cluster_node, engine, host

    calling = of(ctx)
    endpoint = engine.ensure(calling.narrator)
    container = cluster_node.found(endpoint, name)
    sys.stdout.flush()
    return host.attach_to_node(endpoint, command, container, terminal=_is_terminal())


def _is_terminal() -> bool:
    """Tell whether a person sits at both ends."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _elsewhere(calling: Calling, command: list[str], how: str) -> int:
    from labrunner.environment import engine, host, images, settings
    from labrunner.environment.lab_tools import CLIENT

    endpoint = engine.ensure(calling.narrator)
    client = os.environ.get(CLIENT) or _of_open_lab(calling, endpoint.url)
    client = client or images.environment_image("client", calling.narrator, endpoint.environ())
    run: Any = getattr(host, how)
    sys.stdout.flush()
    return int(run(endpoint, command, client, install=settings.load(dict(os.environ)).install, terminal=_is_terminal()))


def _of_open_lab(calling: Calling, url: str) -> str:
    """Return the client image that the open lab has on this daemon already; empty where there is none."""
    try:
        session = calling.session()
    except NoLabStarted:
        return ""
    return str(session.client) if session.endpoint.url == url else ""
