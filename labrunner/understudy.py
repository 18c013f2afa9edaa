"""Fresh worlds made ready beside the work, so that a proof that needs the next one does not wait for it."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Generic, TypeVar

from labrunner.errors import LabrunnerError

T = TypeVar("T")
Made = tuple[ExitStack, T]
"""What was made, and the stack that takes it away."""


class Understudy(Generic[T]):
    """Has at most one world in the making or ready, and takes worlds away, both in the background.

    Args:
        make: opens a world for a purpose; called in a thread of its own, never twice at a time.
        beside: False where one world may disturb the next: what is taken away is then waited for.
    """

    def __init__(self, make: Callable[[int], Made[T]], *, beside: bool = True) -> None:
        self._make, self._beside = make, beside
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="understudy")
        self._sweeper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sweeper")
        self._next: tuple[int, Future[Made[T]]] | None = None
        self._swept: list[Future[None]] = []

    def prepare(self, purpose: int) -> "Future[Made[T]]":
        """Begin to make a world for a purpose, unless one is under way; one for another purpose is taken away."""
        if self._next is None or self._next[0] != purpose:
            self._drop()
            self._next = (purpose, self._pool.submit(self._make, purpose))
        return self._next[1]

    def take(self, purpose: int) -> Made[T]:
        """Return the world for a purpose: the one that is ready or under way, else one made now.

        Raises:
            LabrunnerError: it could not be made, and making it again failed as well.
        """
        made = self.prepare(purpose)
        self._next = None
        try:
            return made.result()
        except LabrunnerError:  # the machine may have been too busy for two worlds
            return self._pool.submit(self._make, purpose).result()

    def sweep(self, stack: ExitStack) -> None:
        """Take a world away, in the background where that disturbs nobody; what goes wrong is raised by `close`."""
        swept = self._sweeper.submit(stack.close)
        self._swept.append(swept)
        if not self._beside:
            swept.exception()

    def close(self) -> None:
        """Take away what was made and not taken, and wait until all is gone.

        Raises:
            LabrunnerError: something could not be taken away.
        """
        self._drop()
        self._pool.shutdown(wait=True)
        self._sweeper.shutdown(wait=True)
        for swept in self._swept:
            swept.result()

    def _drop(self) -> None:
        if self._next is None:
            return
        made, self._next = self._next[1], None
        if made.cancel():
            return
        with contextlib.suppress(LabrunnerError):  # what was not made needs no taking away
            self.sweep(made.result()[0])
