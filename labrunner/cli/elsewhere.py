"""The options of a class that is graded on a cluster: `grade --on kubernetes`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli.calling import Calling
from labrunner.errors import UsageError
from labrunner.words import say

KUBERNETES = "kubernetes"
MOST = 5000
"""Submissions that are graded at a time on a cluster."""
On = Annotated[
    str,
    typer.Option("--on", metavar="kubernetes", help=say(en="on a cluster, not here", zh="在集群上评分，而不是本机")),
]
Context = Annotated[
    str,
    typer.Option(
        metavar="NAME", help=say(en="which cluster; never the current one", zh="集群的上下文，不会默认当前的")
    ),
]
Kubeconfig = Annotated[
    str, typer.Option(metavar="FILE", help=say(en="where the context is", zh="上下文所在的文件"), show_default=False)
]
Pods = Annotated[
    str, typer.Option(metavar="FILE", help=say(en="what Pods may be", zh="Pod 的条件"), show_default=False)
]
Registry = Annotated[
    str, typer.Option(metavar="URL", help=say(en="that Pods reach", zh="Pod 能访问的镜像仓库"), show_default=False)
]
RegistryLogin = Annotated[
    str,
    typer.Option(
        metavar="FILE", help=say(en="a config.json for Pods", zh="Pod 登录用的 config.json"), show_default=False
    ),
]
Image = Annotated[
    str,
    typer.Option(
        metavar="REF", help=say(en="of the Pods; made by us", zh="Pod 的镜像；默认自动构建"), show_default=False
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=say(en="print the manifests alone", zh="只打印清单"), show_default=False)
]


def wanted(**told: Any) -> Any:
    """Return where and how a class is graded, from the options as they were typed; None for this machine.

    Raises:
        UsageError: they do not go together.
    """
    on = told.pop("on")
    dry_run = told.pop("dry_run")
    if on not in ("", KUBERNETES):
        raise UsageError(say(en=f"nothing is graded on {on!r}", zh=f"不能在 {on!r} 上评分"), hint="--on kubernetes")
    if not on:
        said = [name for name in ("context", "kubeconfig", "pods", "registry", "registry_login", "image") if told[name]]
        if said or dry_run:
            name = said[0].replace("_", "-") if said else "dry-run"
            raise UsageError(say(en=f"--{name} belongs to --on kubernetes", zh=f"--{name} 要与 --on kubernetes 一起用"))
        return None
    from labrunner.fleet import pods
    from labrunner.fleet.class_run import Wanted
    from labrunner.fleet.pods import PodTerms

    if not told["context"]:
        raise UsageError(
            say(en="which cluster? the current context is never taken unasked", zh="哪个集群？不会默认使用当前上下文"),
            hint="--context NAME; kubectl config get-contexts",
        )
    file, at = told.pop("pods"), told.pop("kubeconfig")
    terms = pods.read(Path(file)) if file else PodTerms()
    return Wanted(**told, kubeconfig=str(Path(at).absolute()) if at else "", pods=terms)


def shown(calling: Calling, terms: Any, paths: Sequence[Path], cluster: Any) -> int:
    """Print the manifests of a class; nothing is made."""
    with calling.doors.grading().opened(terms, calling.narrator) as a_class:
        calling.screen.stream.write(calling.doors.fleet().documents(paths, a_class, cluster))
    return 0
