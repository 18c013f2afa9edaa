"""The one place that catches: whatever happens ends in one sentence and the right exit code."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path

from labrunner import atomic, interruption, places
from labrunner.cli.arguments import Arguments
from labrunner.errors import DiskFull, EnvironmentNotReady, Fault, LabrunnerError
from labrunner.render import record
from labrunner.render.plain import one_line
from labrunner.render.screen import Screen
from labrunner.words import say

SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What the system says of a place that is not ours to read, or to write."""
BROKEN_PIPE = 141
"""128 + SIGPIPE, as of any program whose reader has gone; 0 would claim that all passes."""


def guarded(call: Callable[[], int], arguments: Arguments) -> int:
    """Call, and turn whatever is raised into a sentence and an exit code.

    Args:
        call: the command.
        arguments: the command line, which says whether JSON or a traceback is wanted.

    Returns:
        the exit code of the process.
    """
    atomic.put_aside()
    try:
        code = call()
        sys.stdout.flush()
        interruption.leave()
    except BrokenPipeError:
        interruption.leave()
        return BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as raised:  # noqa: BLE001 - the last net: a sentence, no traceback unasked
        interruption.leave()
        ended = _ended(raised)
        code = ended if ended is not None else _told(_said(raised), arguments)
    _tell_put_aside()
    return code


def _tell_put_aside() -> None:
    """Say which files of ours were damaged; what they told is not guessed, and not forgotten in silence."""
    for file, aside in atomic.put_aside():
        said = say(
            en=f"{file} was damaged and is now {aside.name}; what it told is not known any more",
            zh=f"{file} 已损坏，现改名为 {aside.name}；其中的内容无法得知",
        )
        Screen(sys.stderr).line(said, lead="labrunner: ", hang=2)


def _ended(raised: BaseException) -> int | None:
    """Return the exit code of what only ends the program, as --version does; None where something went wrong."""
    from typer.exceptions import Exit

    return raised.exit_code if isinstance(raised, Exit) else None


def _said(raised: BaseException) -> LabrunnerError:
    """Return what a person is told about whatever was raised."""
    from typer.exceptions import Abort, TyperException

    if isinstance(raised, LabrunnerError):
        return raised
    if isinstance(raised, KeyboardInterrupt | Abort | EOFError):
        return _interrupted(raised)
    if isinstance(raised, TyperException):
        from labrunner.cli.misuse import as_usage_error

        return as_usage_error(raised)
    if isinstance(raised, OSError) and raised.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(raised)
    if isinstance(raised, OSError) and raised.errno in SHUT and _is_kept(str(raised.filename or "")):
        return atomic.unreadable(Path(raised.filename), raised)
    return _ours(raised)


def _is_kept(file: str) -> bool:
    """Tell whether a file is one of those that we keep."""
    return any(file.startswith(str(folder)) for folder in (places.config_dir(), places.state_dir(), places.cache_dir()))


def _told(error: LabrunnerError, arguments: Arguments) -> int:
    screen = Screen(sys.stderr)
    if arguments.debug:
        import traceback

        for entry in traceback.format_exception(error):
            screen.verbatim(_without_secrets(entry.rstrip("\n")))
    message = error.message
    if isinstance(error, Fault | EnvironmentNotReady):  # these may hold words of whatever broke, a header among them
        message = _without_secrets(message)
    if arguments.json:
        record.write(sys.stdout, {"error": message, "hint": error.hint, "exit_code": error.exit_code})
        return error.exit_code
    screen.line(one_line(message, size=2000), lead=("labrunner: ", "error"), hang=2)
    if error.hint:
        screen.line(one_line(error.hint, size=2000), lead=f"  {screen.symbol('arrow')} ")
    return error.exit_code


def _without_secrets(text: str) -> str:
    from labrunner.world.secret_words import without_secrets

    return without_secrets(text, lambda _text: False)


def _interrupted(raised: BaseException) -> LabrunnerError:
    usual = say(
        en="what is half made is written down: the same command goes on, labrunner reset begins anew",
        zh="做到一半的部分已有记录：同一条命令会接着做，labrunner reset 则重新开始",
    )
    known = getattr(raised, "__notes__", [])  # of the command that was interrupted
    stopped = LabrunnerError(say(en="interrupted", zh="已中断"), hint=known[-1] if known else usual)
    stopped.exit_code = interruption.exit_code(raised)
    return stopped


def _disk_full(error: OSError) -> DiskFull:
    where = error.filename or say(en="the disk", zh="磁盘")
    full = DiskFull(
        say(en=f"no space is left: {where}", zh=f"磁盘空间不足：{where}"),
        hint=say(en="free some space, then run the same command again", zh="腾出空间后再运行同一条命令"),
    )
    full.__cause__ = error
    return full


def _ours(error: BaseException) -> Fault:
    kind = type(error).__name__
    fault = Fault(
        say(
            en=f"a fault of ours, not of your work: {kind}: {error}",
            zh=f"这是程序自身的错误，与你的操作无关：{kind}: {error}",
        ),
        hint=say(en="the same command with --debug shows where", zh="同一条命令加 --debug 可以看到出错位置"),
    )
    fault.__cause__ = error
    return fault
