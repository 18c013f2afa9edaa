"""The first look of a `check`, begun before its command line is read: the daemon works while Python still imports.

What parses, judges and prints takes as long to be imported as a probe's container takes to answer, so the two are done
at once. Nothing is decided here: where anything goes wrong, the look that follows goes wrong in the same way, and says
so; but for a world that was waited for and did not answer, which is not waited for twice.
"""

import threading
from collections.abc import Sequence
from typing import Any

from labrunner import entering, values, wait
from labrunner.errors import EnvironmentNotReady
from labrunner.narrate import Quiet
from labrunner.state.session import Session
from labrunner.world.snapshot import Snapshot

PLAIN = ("--json", "--more")
"""Options of a `check` that do not change what is looked at."""
SHORT = 4.0
"""Seconds after which what does not answer was waited for."""
_begun: list["_Ahead"] = []
"""What was begun and not taken yet; one at most."""


class _Ahead:
    """A look under way in a thread of its own.

    Attributes:
        asked: set once everything was asked for, or nothing more will be.
        broken: what it ended with, where that took a while.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.directory: Any = None
        self.seen: tuple[Snapshot, dict[str, str]] | None = None
        self.broken: EnvironmentNotReady | None = None
        self.thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        began = wait.now()
        try:
            session = entering.current(Quiet())
            self.directory = session.directory
            world, fresh = entering.connect(session), values.fresh(session.loaded.lab)
            known = {**session.values, **fresh}
            seen = world.snapshot(session.scope, session.loaded.lab.probes, known, Snapshot(), self.asked.set)
            self.seen = (seen, fresh)
        except EnvironmentNotReady as broken:
            self.broken = broken if wait.now() - began > SHORT else None
        except Exception:  # noqa: BLE001 - as above
            return  # whoever looks next is told the same
        finally:
            self.asked.set()


def is_plain(words: Sequence[str]) -> bool:
    """Tell whether a line is a `check` of the lab that is open, and nothing else."""
    return words[:1] == ["check"] and all(word in PLAIN or not word.startswith("-") for word in words[1:])


def begin() -> None:
    """Begin to look at the lab that is open, and return once the daemon has been asked everything."""
    ahead = _Ahead()
    _begun[:] = [ahead]
    ahead.thread.start()
    ahead.asked.wait()


def taken(session: Session) -> tuple[Snapshot, dict[str, str]] | None:
    """Return what a look that was begun has seen of a lab, with the fresh values that it asked with; once.

    Returns:
        the world's part of a snapshot; None where nothing was begun, or it came to nothing.

    Raises:
        EnvironmentNotReady: the world was waited for, and did not answer.
    """
    if not _begun:
        return None
    ahead = _begun.pop()
    ahead.thread.join()
    if ahead.directory != session.directory:
        return None
    if ahead.broken is not None:
        raise ahead.broken
    return ahead.seen
