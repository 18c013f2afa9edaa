"""Several worlds worked in at once: most of a proof is waiting, and its worlds know nothing of each other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from threading import Event
from typing import TypeVar

N = TypeVar("N", bound=str)
T = TypeVar("T")
Tell = Callable[[str, float | None], None]
"""Shows what is being done, and which part of the whole is done (None where that is not known)."""
EVERY = 0.2
"""Seconds within which an interruption is heard."""


class Interrupted(Exception):
    """What runs beside this one was interrupted."""


def as_ended(runs: Iterable[Future[T]]) -> Iterator[Future[T]]:
    """Yield each run as it ends.

    A signal that another thread took is heard by the main one when it next wakes, and not before: so it wakes often.
    """
    left = set(runs)
    while left:
        over, left = wait_for(left, timeout=EVERY, return_when=FIRST_COMPLETED)
        yield from over


def side_by_side(names: Sequence[N], run: Callable[[N, Tell], T], tell: Tell, *, at_once: int) -> list[T]:
    """Return what each run comes to, in the order of the names.

    Args:
        names: what is run, each said before what it tells.
        run: one of them, in a thread of its own; whenever it tells something, it may be made to end.
        tell: shows how far it is.
        at_once: how many run at a time.
    """
    ended = Event()

    def told(name: str) -> Tell:
        def said(doing: str, part: float | None) -> None:
            if ended.is_set():
                raise Interrupted
            tell(f"{name}: {doing}", part)

        return said

    with ThreadPoolExecutor(at_once, thread_name_prefix="beside") as pool:
        try:
            runs = [pool.submit(run, name, told(name)) for name in names]
            for one in as_ended(runs):
                one.result()
            return [one.result() for one in runs]
        except BaseException:
            ended.set()  # the others take their worlds away before this one goes on
            pool.shutdown(wait=False, cancel_futures=True)
            raise
