"""The watch itself: waits for something to happen, and hands out what the lab looks like then."""

import contextlib
import queue
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from labrunner import entering, runner, values, wait
from labrunner.errors import LabrunnerError
from labrunner.judging import judged
from labrunner.lab import Check, Probe
from labrunner.outcome import Outcome, Verdict
from labrunner.state.session import Session
from labrunner.watch.eyes import Eyes
from labrunner.watch.hearing import Hearing
from labrunner.watch.judging import TIME, Judging
from labrunner.watch.picture import Picture
from labrunner.watch.plain import Plain
from labrunner.watch.probing import Probing
from labrunner.watch.resident import Resident
from labrunner.watch.sight import (
    ITSELF,
    Became,
    Due,
    Happened,
    Listed,
    Lost,
    Opened,
    Raw,
    Replied,
    Seen,
    Surveyed,
    Well,
)  # fmt: skip
from labrunner.watch.surveying import Surveying
from labrunner.watch.wake import Change, Ears, health_of
from labrunner.watch.written import Written
from labrunner.world.asked import PAST
from labrunner.world.snapshot import Snapshot

TICK = 0.5
"""Seconds after which the lab's own files are looked at: another command may have written in them."""
AGAIN = 1.0
"""Seconds between two judgements of a claim that time itself may decide."""


class Watch:
    """Follows a started lab.

    Args:
        found: the started lab.
        connect: returns its world; raises where it is not there, or another daemon answers.

    Raises:
        DockerDown, ClusterDown: the world is not there to begin with.
    """

    def __init__(self, found: Session, connect: Any = entering.connect) -> None:
        self.session, lab = found, found.loaded.lab
        self._fresh = values.fresh(lab)
        world = connect(found)
        self.resident = Resident(world, found.scope)
        self.heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.probing = Probing(lab, self._asked, {**found.values, **self._fresh}, self.heard.put)
        self.judging = Judging(lab, self._judged, together=bool(found.loaded.entry.origin))
        self.hearing = Hearing(found, world, connect, self.heard.put)
        self.eyes = Eyes(self.hearing.kinds)
        self.picture = Picture(found, self.judging, self.probing, self.eyes)
        self._ears = Ears(lambda id_: health_of(self.resident.docker.of("containers").get(id_, {})))
        named = {**found.values, **self._fresh}
        keeps = values.prescribed(lab, named)
        self._plain = Plain(keeps)
        self.written = Written(found, self._fresh, self._plain)
        self.surveying = Surveying(self.resident, lab.probes, named, keeps, self.heard.put)
        self._arrived = self._timed = 0.0
        self._owed: set[str] = set()
        self._closed = False

    def __iter__(self) -> Iterator[Seen]:
        """Yield what the lab looks like, first at once and then whenever something has changed.

        Raises:
            NoLabStarted: the lab was ended meanwhile, or begun anew.
        """
        self.probing.forget()
        self.hearing.begin()
        try:
            while not self._closed:
                changed = self._taken(self._batch())
                changed |= self.written.look() | self._by_time()
                if (seen := self._look(changed)) is not None:
                    yield seen
        finally:
            self.close()

    def close(self) -> None:
        """End the watch and every stream; a probe that is under way takes away what it made."""
        self._closed = True
        self.hearing.close()
        self.probing.close()
        self.surveying.close()

    def _batch(self) -> list[Any]:
        """Return what was heard, waiting for it, but not beyond what is due."""
        due = [wait.now() + TICK, self.probing.next_due, self.written.next_due, self.picture.next_due]
        found: list[Any] = []
        with contextlib.suppress(queue.Empty):
            found.append(self.heard.get(timeout=max(0.001, min(at for at in due if at is not None) - wait.now())))
            while True:
                found.append(self.heard.get_nowait())
        return found

    def _taken(self, batch: list[Any]) -> set[str]:
        """Take over what was heard; returns what changed."""
        changed: set[str] = set()
        self._arrived = 0.0
        for one in batch:
            new = self._one(one)
            if new and not self._arrived:
                self._arrived = getattr(one, "at", 0.0)
            changed |= new
        self.probing.touch(changed)
        self.probing.ask_due()
        if self.eyes.all:
            self.surveying.wake(changed, self.probing.replies)
        return changed

    def _one(self, one: Any) -> set[str]:  # noqa: PLR0911 - one line a kind of news
        if isinstance(one, Happened):
            return self._event(one)
        if isinstance(one, Due):
            return self._inspected(one.change)
        if isinstance(one, Replied):
            return self.probing.replied(one)
        if isinstance(one, Surveyed):
            return self.surveying.surveyed(one)
        if isinstance(one, Lost):
            return self._lost(one)
        if isinstance(one, Opened):
            return self._opened(one)
        if isinstance(one, Well):
            return self._well(one)
        if isinstance(one, Listed | Became) and one.client is self.resident.world.cluster:
            return self._of_cluster(one)
        return set()

    def _event(self, one: Happened) -> set[str]:
        change = self._ears.heard(one.event)
        self.hearing.overheard(one.event)
        if change is None or not self.eyes.sees("docker") or not self.resident.docker.concerned(one.event):
            return set()
        self.written.expect()
        if change.ended is not None:
            self.heard.put(Due(change, one.at))
            return self.resident.docker.ended(*change.ended)
        return self._inspected(change)

    def _inspected(self, change: Change) -> set[str]:
        if not self.eyes.sees("docker"):
            return set()
        try:
            return self.resident.docker.apply(change)
        except LabrunnerError as broken:
            return self._lost(Lost("docker", broken.message))

    def _of_cluster(self, one: Listed | Became) -> set[str]:
        if isinstance(one, Became):
            self.written.expect()
            return self.resident.became(one.action, one.raw)
        changed = self.resident.listed(one.kind, one.raws)
        if self.eyes.found("cluster", one.kind):
            self._seen_again()
        return changed

    def _opened(self, one: Opened) -> set[str]:
        self.hearing.adopt(self.resident.world, one.world)
        try:
            changed = self.resident.docker.list()
        except LabrunnerError as broken:
            one.world.engine.close()  # its stream ends, and is begun again
            return self._lost(Lost("docker", broken.message))
        if self.eyes.found("docker"):
            self._seen_again()
        return changed | {PAST}

    def _lost(self, one: Lost) -> set[str]:
        world = self.resident.world
        if one.client is not None and one.client is not (world.engine if one.side == "docker" else world.cluster):
            return set()
        if self.eyes.lost(one.side, one.why, one.kind):
            self.probing.forget()
            if not one.kind:
                self.hearing.renew(one.side, world)
        return {f"{one.side}/lost"}

    def _well(self, one: Well) -> set[str]:
        if one.side == "cluster" and self.eyes.found("cluster", ITSELF):
            self._seen_again()
            return {"cluster/found"}
        return set()

    def _seen_again(self) -> None:
        self.written.expect()
        if self.eyes.all:
            self.judging.forget()
            self.probing.ask_open()

    def _by_time(self) -> set[str]:
        """Return what time itself may change: a claim that waits for something to have lasted."""
        waiting = any(one.outcome is Outcome.WAITING for one in self.judging.verdicts.values())
        if not waiting or wait.now() - self._timed < AGAIN:
            return set()
        self._timed = wait.now()
        return {TIME}

    def _look(self, changed: set[str]) -> Seen | None:
        """Judge what is concerned, and return what is to be shown, if it is anything new."""
        self._owed |= changed
        fresh: set[str] = set()
        if self.eyes.all:
            owed, self._owed = self._owed, set()
            fresh = self._judge(self.judging.concerned(owed, set(self.probing.open), self.picture.current))
        before = self.picture.current
        report = self.picture.take()
        if self.eyes.all and self.picture.is_whole and self.picture.current not in ("", before):
            fresh |= self._judge(self.judging.of_step(self.picture.current, set(self.probing.open)))
            report = self.picture.take()
        seen = self.picture.show(report, fresh, self._arrived)
        self.probing.plan(self.picture.current if self.eyes.all else "", self.judging.unmet())
        if seen is not None and self.eyes.all and self.picture.is_whole:
            self.written.take_up()
            runner.keep(self.session, seen.report)
            self.written.settled()
        return seen

    def _judge(self, checks: list[Check]) -> set[str]:
        if not checks:
            return set()
        known = self.resident.snapshot(self.written.rest, self.probing.replies)
        return self.judging.judge(checks, self._plain.of(known, written=self.written.size))

    def _asked(self, probe: Probe) -> Raw | None:
        if not self.eyes.all:
            return None
        found = {**self.session.values, **self._fresh}
        return self.resident.world.reply(probe, found, self.session.scope)

    def _judged(self, checks: list[Check], snapshot: Snapshot) -> list[Verdict]:
        client, assisted = self.resident.world.client, self.session.progress.assisted
        found = judged(self.session.loaded, checks, snapshot, self.session.values, client)
        return [replace(verdict, assisted=verdict.step in assisted) for verdict in found]
