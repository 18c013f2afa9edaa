"""Hints that were taken: what the learner's lab knows of them, written beside its scripts for the class report."""

from collections.abc import Mapping
from pathlib import Path

from labrunner import atomic
from labrunner.words import say

MOST = 1000
"""Hints of one step that can have been taken."""


def read(said: Mapping[str, str]) -> dict[str, int] | None:
    """Return the numbers of lines `step: number`; None where one is no number of hints."""
    if not all(text.isascii() and text.isdecimal() and int(text[:5]) <= MOST for text in said.values()):
        return None
    return {step: int(text) for step, text in said.items()}


def write(file: Path, before: Mapping[str, int], taken: Mapping[str, int]) -> None:
    """Write how many hints were taken, for each step; a lab that was reset has forgotten some, the file has not.

    Args:
        file: in a lab's folder of the submission.
        before: what it says.
        taken: what the learner's lab says.

    Raises:
        DiskFull: there is no room.
    """
    how = say(
        en="Hints that you took, a line `step: number` for each: your teacher sees where the lesson is hard.",
        zh="你用过的提示，每个步骤一行“步骤: 次数”：老师由此知道哪里难。",
    )
    whole = {**before, **{step: max(number, before.get(step, 0)) for step, number in taken.items()}}
    lines = [f"{step}: {number}\n" for step, number in whole.items()]
    atomic.write_bytes(file, f"# {how}\n{''.join(lines)}".encode(), mode=0o644)
