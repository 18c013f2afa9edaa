"""The lab's own world in a shell: a subshell, or lines for `eval`; shell and env."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from labrunner.cli import shell_kept, shell_setup
from labrunner.cli.calling import Calling, of
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.render.narrator import is_yes
from labrunner.state import typed
from labrunner.words import language, say

INSIDE = "LABRUNNER_SHELL"
"""Set in a lab's shell, to the lab's name."""
KNOWN = ("bash", "zsh", "fish", "sh")


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(
        help=say(
            en="A shell in which docker and kubectl mean the lab.", zh="打开一个 docker 与 kubectl 都指向实验的 shell。"
        )
    )(shell)
    app.command(help=say(en="The same as lines to eval.", zh="同样的设置，供 eval 使用。"))(env)


def shell(
    ctx: typer.Context,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help=say(
                en="keep what I type in this lab, for submit draft",
                zh="保存我输入的命令，供 submit draft 使用",
            ),
            show_default=False,
        ),
    ] = False,
) -> int:
    """Open the lab's shell and return its exit code."""
    calling = of(ctx)
    session = calling.session()
    if inside := os.environ.get(INSIDE):
        raise UsageError(
            say(en=f"this is the shell of {inside} already", zh=f"这里已经是 {inside} 的 shell"),
            hint=say(en="leave it with: exit", zh="用 exit 离开"),
        )
    return run(calling, session, keep=keep)


def env(
    ctx: typer.Context,
    shell_: Annotated[
        str, typer.Option("--shell", metavar="sh|fish", help=say(en="for this shell", zh="用于哪种 shell"))
    ] = "sh",
) -> int:
    """Print what the lab's shell would set, changes only."""
    calling = of(ctx)
    if shell_ not in KNOWN:
        raise UsageError(
            say(en=f"no shell is called {shell_!r}", zh=f"没有名为 {shell_!r} 的 shell"), hint="--shell sh | fish"
        )
    wanted = calling.doors.lifecycle().environ(calling.session())
    for name in sorted({*wanted, *os.environ}):
        if wanted.get(name) == os.environ.get(name):
            continue
        if name in wanted:
            value = shlex.quote(wanted[name])
            line = f"set -gx {name} {value};" if shell_ == "fish" else f"export {name}={value}"
        else:
            line = f"set -e {name};" if shell_ == "fish" else f"unset {name}"
        calling.screen.stream.write(line + "\n")
    return 0


def offer(calling: Calling, session: Any) -> int:
    """At a terminal that is no lab's shell yet, ask whether to open one, and open it."""
    if os.environ.get(INSIDE) or calling.yes or sys.stdin is None:
        return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        return 0
    question = say(
        en="Open the lab's shell, where docker means this lab and checks run by themselves? [Y/n] ",
        zh="打开实验的 shell 吗？在那里 docker 指向这个实验，检查会自动进行。[Y/n] ",
    )
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer or (answer.strip() and not is_yes(answer)):
        return 0
    return run(calling, session)


def run(calling: Calling, session: Any, *, keep: bool = False) -> int:
    """Open the lab's shell and wait for its end.

    Args:
        calling: the call.
        session: the started lab.
        keep: whether what is typed there is kept.

    Returns:
        its exit code.

    Raises:
        EnvironmentNotReady: there is no shell to run.
    """
    program = _program()
    environ = dict(calling.doors.lifecycle().environ(session))
    environ[INSIDE] = session.loaded.entry.slug
    environ["LABRUNNER_LAB_FOLDER"] = str(session.directory)
    environ["LABRUNNER_LANG"] = language()
    environ["LABRUNNER_COMMAND"] = shlex.join([sys.executable, "-m", "labrunner"])
    if calling.labs is not None:
        environ["LABRUNNER_LABS"] = str(calling.labs.resolve())
    argv = shell_setup.prepare(program, session.directory / "shell", environ, keep=keep)
    calling.screen.line(
        (
            say(
                en="the lab's shell; leave it with: exit    lr is labrunner",
                zh="实验的 shell；用 exit 离开    lr 就是 labrunner",
            ),
            "dim",
        )
    )
    if keep:
        _say_kept(calling, program, session.directory / typed.FILE)
    calling.screen.stream.flush()
    return subprocess.call(argv, env=environ)


def _say_kept(calling: Calling, program: str, file: Path) -> None:
    """Say where what is typed is kept; an EnvironmentNotReady where this shell cannot."""
    name = Path(program).name
    if name not in shell_kept.SHELLS:
        raise EnvironmentNotReady(
            say(en=f"{name} cannot keep what you type", zh=f"{name} 无法保存输入的命令"),
            hint="SHELL=bash labrunner shell --keep",
        )
    kept = say(
        en=f"what you type here is kept in {file}, on this machine alone, until labrunner stop",
        zh=f"你在这里输入的命令保存在 {file}，只在本机，直到 labrunner stop",
    )
    calling.screen.line((kept, "soon"))
    hint = say(en="a line that begins with a space is not kept", zh="以空格开头的命令不保存")
    calling.screen.line((hint, "dim"))


def _program() -> str:
    wanted = os.environ.get("SHELL", "")
    if Path(wanted).name in KNOWN and shutil.which(wanted):
        return wanted
    for name in ("bash", "zsh", "sh"):
        if found := shutil.which(name):
            return found
    raise EnvironmentNotReady(
        say(en="there is no shell to open", zh="找不到可用的 shell"), hint='eval "$(labrunner env)"'
    )
