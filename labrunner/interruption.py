"""Ctrl-C, a shutdown, a terminal that closes: all end a command in the same order, none in the midst of a beginning.

The first signal raises in the main thread, and whatever was made on the way is taken back; the second ends that, too.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ClassVar

SIGNS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal asked this program to end.

    Attributes:
        exit_code: 128 and the signal, as of every program that is ended so: 130 for Ctrl-C, 143 for SIGTERM.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.exit_code = 128 + number


class _Held:
    blocks: ClassVar[list[bool]] = []
    number = 0
    raised = False
    leaving = False


def heed() -> None:
    """Take these signals for the whole process; one that whoever began us ignores stays ignored, as under nohup."""
    for sign in SIGNS:
        if signal.getsignal(sign) is not signal.SIG_IGN:
            signal.signal(sign, _heard)


def leave() -> None:
    """Say that the work is done, one way or the other: another signal may end the process at once."""
    _Held.leaving = True


def exit_code(stopped: BaseException) -> int:
    """Return the exit code of a program that this ended; 130 where it was no signal of ours."""
    return stopped.exit_code if isinstance(stopped, Interrupted) else 130


@contextmanager
def held_back(*, tidies: bool = False) -> Iterator[None]:
    """Be interrupted at the end of the block and not within: what begins there has to be known before it can be ended.

    Args:
        tidies: True where the block takes things away, which may last: the first signal waits for it, no other does.

    Raises:
        Interrupted: at the end, where a signal came meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():  # signals interrupt the main thread alone
        yield
        return
    _Held.blocks.append(tidies)
    try:
        yield
    finally:
        _Held.blocks.pop()
        if not _Held.blocks and _Held.number:
            number, _Held.number = _Held.number, 0
            _Held.raised = True
            raise Interrupted(number)


def _heard(number: int, _frame: FrameType | None) -> None:
    if _Held.leaving:
        os._exit(128 + number)
    again = _Held.raised or _Held.number
    if _Held.blocks and not (again and all(_Held.blocks)):
        _Held.number = number
        return
    _Held.raised, _Held.number = True, 0
    raise Interrupted(number)
