"""When probes are asked again: on events of what they touch, and every few seconds for the current step."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.lab import Lab, Probe
from labrunner.operation import filled
from labrunner.watch.sight import Raw, Replied
from labrunner.watch.wake import touched_by
from labrunner.world.asked import concerns

EVERY = 3.0
"""Seconds between two askings of the current step's probes."""
SOON = 0.4
"""Seconds between two askings while what was just made may still be starting."""
KEEN = 2.0
"""Seconds that this lasts after an event, where no check that reads the reply says more (`within`)."""
AT_ONCE = 4
"""Probes that are asked side by side."""


class Probing:
    """Asks a lab's probes in threads, each at most once at a time.

    Args:
        lab: whose probes.
        ask: asks one now; returns None where the world went away.
        values: what stands for the names in commands.
        tell: is told Replied.
    """

    def __init__(
        self, lab: Lab, ask: Callable[[Probe], Raw | None], values: dict[str, str], tell: Callable[[Any], None]
    ) -> None:
        self._ask, self._tell = ask, tell
        self._probes = {probe.name: probe for probe in lab.probes}

        def wakes(probe: Probe) -> frozenset[str]:
            command, target = filled(probe.command, values), filled(probe.target, values)
            return touched_by(probe, command, target, cluster=lab.uses_cluster)

        self._wakes = {name: wakes(probe) for name, probe in self._probes.items()}
        self._patience = {
            name: max([KEEN, *(check.within for check in lab.checks if name in check.parameters)])
            for name in self._probes
        }
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="probe")
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._keen: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self.replies: dict[str, Raw] = {}
        self.open: dict[str, float] = {}
        """Probe → since when its last reply is out of date, because what it touches has changed."""

    def close(self) -> None:
        """Ask nothing more; what is under way takes away what it made."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def forget(self) -> None:
        """Hold every reply for out of date: the world was not seen for a while."""
        for name in self._probes:
            self.open.setdefault(name, wait.now())

    def ask_open(self) -> None:
        """Ask whatever is out of date."""
        for name in self.open:
            self._begin(name)

    def touch(self, changed: set[str]) -> None:
        """Ask the probes again that something of this touches."""
        inside = {f"container/{one.partition('/')[2]}" for one in changed if one.startswith("inside/")}
        now = wait.now()
        for name, wakes in self._wakes.items():
            if concerns(wakes, changed | inside):
                self.open.setdefault(name, now)
                self._keen[name] = now + self._patience[name]
                self._begin(name)

    def replied(self, reply: Replied) -> set[str]:
        """Take a reply over; returns what changed."""
        name = reply.probe
        self._running.discard(name)
        if name in self._again:
            self._again.discard(name)
            self._begin(name)
            return set()
        if reply.reply is None:
            return set()
        was_open = self.open.pop(name, None) is not None
        before, self.replies[name] = self.replies.get(name), reply.reply
        return {f"probe/{name}"} if was_open or before != reply.reply else set()

    def plan(self, step: str, unmet: set[str]) -> None:
        """Say what is asked again when.

        Args:
            step: the current step.
            unmet: the probes of which some check that reads them does not pass.
        """
        now = wait.now()
        for name, probe in self._probes.items():
            if name in self._running:
                self._due.pop(name, None)
            elif name in unmet and now < self._keen.get(name, 0):
                self._due[name] = min(self._due.get(name, now + SOON), now + SOON)
            elif probe.step == step:
                self._due.setdefault(name, now + EVERY)
            else:
                self._due.pop(name, None)

    def ask_due(self) -> None:
        """Ask what is due now."""
        for name in [name for name, at in self._due.items() if at <= wait.now()]:
            del self._due[name]
            self._begin(name)

    @property
    def next_due(self) -> float | None:
        """When something is due next, on `wait.now`'s clock; None for nothing."""
        return min(self._due.values(), default=None)

    def _begin(self, name: str) -> None:
        if name in self._running:
            self._again.add(name)
            return
        with contextlib.suppress(RuntimeError):  # it is over
            self._pool.submit(self._asked, self._probes[name])
            self._running.add(name)

    def _asked(self, probe: Probe) -> None:
        reply = None
        try:
            reply = self._ask(probe)
        except LabrunnerError:
            pass  # no world is no reply
        finally:
            self._tell(Replied(probe.name, reply, wait.now()))
