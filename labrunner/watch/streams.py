"""Following the daemon and the cluster: threads that tell a queue what they hear, and begin again where they broke."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from labrunner import wait
from labrunner.environment.cluster_damage import Damaged
from labrunner.errors import LabrunnerError
from labrunner.watch.sight import ITSELF, Became, Happened, Listed, Lost, Opened, Side, Well
from labrunner.words import say
from labrunner.world.kube_cluster import Gone

FIRST, LAST = 0.2, 5.0
"""Seconds until a broken stream is begun again: the first time, and at most."""
Tell = Callable[[Any], None]
SAFE = (LabrunnerError, OSError, ValueError, KeyError)
"""What a world that is going away may raise: its answers may be cut off anywhere."""


class Backoff:
    """Waits longer each time that nothing was heard, and from the beginning once something was.

    Args:
        closed: ends every wait.
    """

    def __init__(self, closed: threading.Event) -> None:
        self.closed, self.seconds = closed, FIRST

    def heard(self) -> None:
        """Begin anew."""
        self.seconds = FIRST

    def pause(self) -> None:
        """Wait, unless it is over."""
        self.closed.wait(self.seconds)
        self.seconds = min(LAST, self.seconds * 2)


def follow_docker(connect: Callable[[], Any], since: Callable[[Any], str], tell: Tell, closed: threading.Event) -> None:
    """Follow the daemon's events until it is over; to be run in a thread of its own.

    Args:
        connect: returns the lab's world; raises where the daemon is not there, or is another one.
        since: returns the client's present time, as its events have it.
        tell: is told Opened before any event, Happened, and Lost.
        closed: set when it is over.
    """
    backoff = Backoff(closed)
    while not closed.is_set():
        client = None
        why = say(en="the daemon ended its stream of events", zh="守护进程结束了事件流")
        try:
            world = connect()
            client = world.engine
            begin = since(client)
            tell(Opened("docker", world))
            for event in client.events(begin):
                backoff.heard()
                tell(Happened(event, wait.now()))
        except SAFE as broken:
            why = _said(broken)
        if not closed.is_set():
            tell(Lost("docker", why, client))
            backoff.pause()


def follow_kind(  # noqa: PLR0913, PLR0917 - one stream's whole description
    connect: Callable[[], Any], version: str, kind: str, namespace: str, tell: Tell, closed: threading.Event
) -> None:
    """Follow the objects of one kind of the cluster's until it is over; to be run in a thread of its own.

    Args:
        connect: returns the client that is used at present.
        version: of the objects, as in a manifest.
        kind: of the objects, as in a manifest.
        namespace: where they are; empty for everywhere.
        tell: is told Listed before any Became, and Lost.
        closed: set when it is over.
    """
    backoff = Backoff(closed)
    while not closed.is_set():
        client = connect()
        try:
            raws, at = client.list(version, kind, namespace)
            tell(Listed(kind, raws, client, wait.now()))
            for became in _becoming(client, version, kind, namespace, at):
                backoff.heard()
                tell(became)
                if closed.is_set():
                    return
        except Gone:
            closed.wait(FIRST)  # and then all of the kind is listed again
        except SAFE as broken:
            if closed.is_set():
                return
            tell(Lost("cluster", _said(broken), client, kind))
            backoff.pause()


def _becoming(client: Any, version: str, kind: str, namespace: str, at: str) -> Iterator[Became]:
    """Watch on from a resourceVersion, over the ends that the server makes politely."""
    while True:
        began = wait.now()
        for action, raw in client.watch(version, kind, namespace, resource_version=at):
            at = str(raw["metadata"].get("resourceVersion") or at)
            if action != "BOOKMARK":
                yield Became(action, raw, client, wait.now())
        if wait.now() - began < 1:  # it did not end politely
            raise OSError(say(en=f"the watch of {kind} ended at once", zh=f"对 {kind} 的 watch 立即结束"))


def ping(  # noqa: PLR0913, PLR0917 - one heart's whole description
    side: Side, ask: Callable[[], None], every: float, tell: Tell, closed: threading.Event, now: threading.Event
) -> None:
    """Ask one side again and again whether it is there, for a stream that falls silent says nothing of it.

    Args:
        side: which one.
        ask: raises where it is not there.
        every: seconds.
        tell: is told Well where it is there and whole, and Lost where it is not.
        closed: set when it is over.
        now: set where there is a reason to ask at once.
    """
    while not closed.is_set():
        now.wait(every)
        now.clear()
        if closed.is_set():
            return
        try:
            ask()
        except Damaged as broken:
            tell(Lost(side, _said(broken), kind=ITSELF))
        except Exception as broken:  # noqa: BLE001 - whatever it is, it did not answer
            tell(Lost(side, _said(broken)))
        else:
            tell(Well(side))


def _said(broken: BaseException) -> str:
    said = broken.message if isinstance(broken, LabrunnerError) else f"{broken}" or type(broken).__name__
    return said.splitlines()[0][:200] if said else type(broken).__name__
