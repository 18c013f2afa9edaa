"""What a learner does with a lab, as one door: start, check, answer, hint, solve, reset, stop.

Each name is imported when it is first asked for: `check` needs nothing of what makes an environment.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labrunner.catalog import LoadedLab
    from labrunner.ending import clear, reset, stop
    from labrunner.entering import connect, current, environ
    from labrunner.narrate import Narrator
    from labrunner.perform import Show
    from labrunner.state.session import Session
    from labrunner.working import Hint, check, hand_in, hint, open_step, solve

__all__ = [
    "Hint", "Show", "check", "clear", "connect", "current", "environ", "hand_in", "hint", "open_step", "reset", "solve",
    "start", "stop",
]  # fmt: skip
WHERE = {
    "working": ("Hint", "check", "hand_in", "hint", "open_step", "solve"),
    "entering": ("connect", "current", "environ"),
    "ending": ("clear", "reset", "stop"),
    "perform": ("Show",),
}


def __getattr__(name: str) -> Any:
    """Return what another module has under this name."""
    for module, names in WHERE.items():
        if name in names:
            return getattr(importlib.import_module(f"labrunner.{module}"), name)
    raise AttributeError(name)


def start(loaded: "LoadedLab", narrator: "Narrator", *, at: str = "", show: "Show | None" = None) -> "Session":
    """Prepare a lab: environment, images, what it needs to find; a started one is taken up where it was left.

    Args:
        loaded: the lab.
        narrator: shows long work, and asks before a change of the machine.
        at: the step to begin at; the solutions of the steps before it are replayed and marked as assisted.
        show: sees the replayed commands.

    Raises:
        UsageError: another lab is open.
        UnknownStep: `at` names none.
        NameTaken: a name that the lab prescribes belongs to something of the user's; nothing was touched.
    """
    from labrunner.ending import clear
    from labrunner.perform import Unseen
    from labrunner.starting import begin, begun
    from labrunner.state import lock
    from labrunner.working import solve, unknown_step

    if at and loaded.lab.find(at) is None:
        raise unknown_step(loaded, at)
    with lock.held():
        found = begun(loaded, narrator, clear) or begin(loaded, narrator)
    if at:
        for step in loaded.lab.steps[: [step.id for step in loaded.lab.steps].index(at)]:
            solve(found, step.id, all_steps=False, show=show or Unseen())
    return found
