"""What a learner typed in a lab's shell, where they asked for it to be kept: command by command, with its end."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FILE = "typed"
"""In the lab's folder; goes with it. The lab's shell appends to it: see shell_setup.py."""
MOST_BYTES = 4 * 1024 * 1024
HEAD = re.compile(r"(\d{1,12}) (\d{1,3})\n")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed: when it ended (seconds since 1970), with which exit code, and its text."""

    at: int
    code: int
    text: str


def read(folder: Path) -> list[Typed]:
    """Return what was kept of a lab, in order; what is not understood is left out.

    Args:
        folder: the lab's.
    """
    found = []
    with contextlib.suppress(FileNotFoundError):
        with (folder / FILE).open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8", errors="replace")
        for record in text.split("\0"):
            head = HEAD.match(record)
            if head is not None and (said := record[head.end() :].strip("\n")):
                found.append(Typed(int(head[1]), int(head[2]), said))
    return found


def by_step(
    typed: Iterable[Typed], steps: Iterable[tuple[str, Iterable[str]]], passed: dict[str, str]
) -> dict[str, list[Typed]]:
    """Say for which step each command was typed: the first that was not done yet when the command ended.

    Args:
        typed: what was typed, in order.
        steps: each step with its checks, in order.
        passed: check → when it was seen to pass, ISO 8601.

    Returns:
        step → its commands; steps for which nothing was typed are left out.
    """
    ends = [(step, _done(checks, passed)) for step, checks in steps]
    found: dict[str, list[Typed]] = {}
    for one in typed:
        step = next((step for step, end in ends if end is None or one.at <= end), "")
        if step:
            found.setdefault(step, []).append(one)
    return found


def _done(checks: Iterable[str], passed: dict[str, str]) -> float | None:
    """Return when the last check of a step was seen to pass; None where one was not."""
    try:
        return max(datetime.fromisoformat(passed[check]).timestamp() for check in checks)
    except (KeyError, ValueError):
        return None
