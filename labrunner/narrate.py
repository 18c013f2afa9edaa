"""How long work tells what it does: the seam between the environment and whatever shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from labrunner.errors import Declined
from labrunner.words import say


class Narrator(Protocol):
    """Shows what long work does and how far it is; asks the machine's owner before a change."""

    def say(self, sentence: str) -> None:
        """Print one line that stays."""

    def working(self, label: str) -> "Iterator[Callable[[str, float | None], None]]":
        """Begin a long step; see `stage`."""

    def consents(self, question: str, changes: list[str]) -> bool:
        """Show the exact commands that would change the machine, and ask; True for yes."""


@contextmanager
def stage(narrator: Narrator, label: str) -> Iterator[Callable[[str, float | None], None]]:
    """Show one long step while the block runs.

    Args:
        narrator: where to show it.
        label: what is done, as a phrase: "building the node image".

    Yields:
        a function to call with what is being done now and the part done (0..1, None where unknown).
    """
    yield from narrator.working(label)


def require(narrator: Narrator, question: str, changes: list[str]) -> None:
    """Ask before a change of the machine.

    Raises:
        Declined: the owner said no, or nobody is there to ask and nothing said yes beforehand.
    """
    if not narrator.consents(question, changes):
        raise Declined(
            say(en=f"not changed: {question}", zh=f"没有改动：{question}"),
            hint=say(
                en="run it again with --yes to allow: " + "; ".join(changes),
                zh="加 --yes 再运行即表示同意：" + "; ".join(changes),
            ),
        )


class Quiet:
    """A narrator that shows nothing and agrees to nothing; for library use and tests."""

    def __init__(self, *, yes: bool = False) -> None:
        self.yes = yes
        self.lines: list[str] = []

    def say(self, sentence: str) -> None:
        """Keep the line."""
        self.lines.append(sentence)

    def working(self, label: str) -> Iterator[Callable[[str, float | None], None]]:
        """Keep the label."""
        self.lines.append(label)
        yield lambda _doing, _part: None

    def consents(self, question: str, changes: list[str]) -> bool:
        """Answer as it was made to."""
        self.lines.append(f"{question}: {changes}")
        return self.yes
