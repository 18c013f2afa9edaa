"""The closer look at what is not as it should be: last lines and listening ports, asked beside the watch."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from labrunner import wait
from labrunner.errors import LabrunnerError
from labrunner.lab import Probe
from labrunner.watch.resident import Resident
from labrunner.watch.sight import Raw, Surveyed
from labrunner.world import cluster_closer, docker_closer
from labrunner.world.asked import CLUSTER, DOCKER, concerns
from labrunner.world.redact import redacted
from labrunner.world.secret_words import Keeps
from labrunner.world.snapshot import Snapshot

WAKES = DOCKER | CLUSTER | {"probe/*"}
"""What has to change until a closer look may show something else."""
APART = 1.0
"""Seconds between two closer looks: a rollout is dozens of events."""
ADDED = ("logs", "listening", "loopback", "elsewhere")
"""What a closer look at the cluster adds to its objects."""


class Surveying:
    """Looks closer in a thread, once at a time, and again where something changed meanwhile.

    Args:
        resident: what is known.
        probes: what was asked.
        values: what stands for the names in their commands.
        keeps: tells whether a text is what the lab itself prescribes.
        tell: is told Surveyed.
    """

    def __init__(
        self,
        resident: Resident,
        probes: list[Probe],
        values: dict[str, str],
        keeps: Keeps,
        tell: Callable[[Any], None],
    ) -> None:
        self._resident, self._probes, self._values, self._keeps, self._tell = resident, probes, values, keeps, tell
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="closer")
        self._running = self._again = False
        self._not_before = 0.0

    def close(self) -> None:
        """Look no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self, changed: set[str], replies: dict[str, Raw]) -> None:
        """Look closer where something changed that it may show; what changes too soon after a look is kept in mind."""
        self._again = self._again or concerns(WAKES, changed)
        if not self._again or self._running or wait.now() < self._not_before:
            return
        self._again, self._running, self._not_before = False, True, wait.now() + APART
        known = self._resident.snapshot(Snapshot(), replies)
        with contextlib.suppress(RuntimeError):  # it is over
            self._pool.submit(self._look, known, dict(replies))

    def surveyed(self, one: Surveyed) -> set[str]:
        """Take over what was found; returns what changed."""
        self._running = False
        before, self._resident.surveys = self._resident.surveys, one.found
        return {f"survey/{side}" for side in ("docker", "cluster") if before.get(side) != one.found.get(side)}

    def _look(self, known: Snapshot, replies: dict[str, Raw]) -> None:
        found: dict[str, Raw] = {}
        try:
            found = self._closer(known, replies)
        except LabrunnerError:
            pass  # it went meanwhile
        finally:
            self._tell(Surveyed(found))

    def _closer(self, known: Snapshot, replies: dict[str, Raw]) -> dict[str, Raw]:
        """Look as a check does: at the cluster where something in it, or a reply, is not well."""
        world, docker, cluster = self._resident.world, None, None
        if known.docker:
            docker = docker_closer.closer(world.engine, known.docker, self._probes, replies, self._values)
        failed = any(reply.get("exit_code") != 0 for reply in replies.values())
        if known.cluster and world.cluster and (failed or cluster_closer.unwell(known.cluster["objects"])):
            whole = cluster_closer.closer(known.cluster, world.cluster, world.engine)
            cluster = {name: whole[name] for name in ADDED if name in whole}
        plain = redacted(Snapshot(docker=docker, cluster=cluster), self._keeps)
        return {"docker": dict(plain.docker or {}), "cluster": dict(plain.cluster or {})}
