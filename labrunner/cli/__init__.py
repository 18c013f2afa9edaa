"""The command line: parses, calls, prints, exits; the only place that knows typer."""

import os
import sys
from collections.abc import Sequence

from labrunner import interruption
from labrunner.cli import arguments, tongue
from labrunner.cli.boundary import BROKEN_PIPE, guarded
from labrunner.cli.doors import Doors

PROGRAM = "labrunner"
COMPLETION = "_LABRUNNER_COMPLETE"
UNUSUAL = {COMPLETION, "LABRUNNER_LABS"}
"""Variables with which a line is not what it looks like."""


def main(argv: Sequence[str] | None = None, doors: Doors | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after the program's name; the process' own where None.
        doors: what commands call; the real modules where None.

    Returns:
        the exit code of the process.
    """
    if argv is None:  # else somebody calls us, whose signals are theirs
        interruption.heed()
    _readable_streams()
    line = arguments.sorted_out(sys.argv[1:] if argv is None else argv)

    def call() -> int:
        tongue.choose(line.language, os.environ)
        if doors is None and line.words[:1] == ["check"] and not UNUSUAL & os.environ.keys():
            from labrunner import ahead

            if ahead.is_plain(line.words):
                ahead.begin()
        from labrunner.cli import application

        if COMPLETION in os.environ:
            return application.complete(PROGRAM, COMPLETION)
        return application.run(PROGRAM, line, doors or Doors())

    code = guarded(call, line)
    if code == BROKEN_PIPE:
        _drop_output()
    return code


def _readable_streams() -> None:
    """Make output that no encoding can refuse, also where a stream was closed before we began."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lives as long as we do
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Nobody reads any more: what the interpreter still flushes at its end goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
