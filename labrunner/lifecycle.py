"""What a learner does with a lab, as one door: start, check, answer, hint, solve, reset, stop."""

from labrunner.catalog import LoadedLab
from labrunner.ending import clear, reset, stop
from labrunner.narrate import Narrator
from labrunner.perform import Show, Unseen
from labrunner.starting import begin, begun, connect, current, environ
from labrunner.state import lock
from labrunner.state.session import Session
from labrunner.working import Hint, check, hand_in, hint, open_step, solve, unknown_step

__all__ = [
    "Hint", "Show", "check", "clear", "connect", "current", "environ", "hand_in", "hint", "open_step", "reset", "solve",
    "start", "stop",
]  # fmt: skip


def start(loaded: LoadedLab, narrator: Narrator, *, at: str = "", show: Show | None = None) -> Session:
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
    if at and loaded.lab.find(at) is None:
        raise unknown_step(loaded, at)
    with lock.held():
        found = begun(loaded, narrator, clear) or begin(loaded, narrator)
    if at:
        for step in loaded.lab.steps[: [step.id for step in loaded.lab.steps].index(at)]:
            solve(found, step.id, all_steps=False, show=show or Unseen())
    return found
