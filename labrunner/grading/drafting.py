"""Drafts a submission's scripts from what was typed in the lab's shell, for the learner to read and mend."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from labrunner.catalog import LoadedLab
from labrunner.grading import skeleton
from labrunner.state.typed import Typed
from labrunner.words import say

OURS = re.compile(r"\s*(?:labrunner|lr)(?:\s+(\S+)|\s*$)")
MEANT = frozenset({"answer", "host", "outside", "node", "outage"})
"""Commands of ours that do something; looking, hints and solutions are nobody's work."""
LEFT_OUT = re.compile(r"\s*(?:exit|logout|clear|history|reset)\s*$")


def write(folder: Path, loaded: LoadedLab, typed: Mapping[str, Sequence[Typed]]) -> tuple[list[Path], list[Path]]:
    """Write the script of each step for which something was typed; one that says something already is left alone.

    Args:
        folder: of the lab in the submission; it is there.
        loaded: the lab.
        typed: step → what was typed for it.

    Returns:
        what was written, and what was left alone.
    """
    written, left = [], []
    for number, step in enumerate(loaded.lab.steps, start=1):
        if commands := script(typed.get(step.id, ())):
            file = folder / f"{step.id}.sh"
            if file.exists() and _says_something(file):
                left.append(file)
                continue
            file.write_text(skeleton.of_step(loaded, step, number, commands), encoding="utf-8", newline="\n")
            file.chmod(0o755)
            written.append(file)
    return written, left


def script(typed: Sequence[Typed]) -> str:
    """Return the commands as a script's lines: those that failed as remarks, ours that only look left out."""
    lines = []
    for one in typed:
        ours = OURS.match(one.text)
        if (ours and ours[1] not in MEANT) or LEFT_OUT.match(one.text):
            continue
        text = one.text if not ours else re.sub(r"^\s*lr\b", "labrunner", one.text)
        if one.code:
            said = say(en=f"failed with {one.code}:", zh=f"失败，退出码 {one.code}：")
            lines.append(f"# {said} " + text.replace("\n", "\n#   "))
        else:
            lines.append(text)
    return "".join(f"{line}\n" for line in lines)


def _says_something(file: Path) -> bool:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)
