"""The closer look at what is not as it should be: last lines and listening ports, asked beside the watch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from labrunner.errors import LabrunnerError
from labrunner.lab import Probe
from labrunner.watch.resident import Resident
from labrunner.watch.sight import Raw, Surveyed
from labrunner.world import docker_closer
from labrunner.world.asked import DOCKER, concerns
from labrunner.world.redact import redacted
from labrunner.world.secret_words import Keeps
from labrunner.world.snapshot import Snapshot

WAKES = DOCKER | {"probe/*"}
"""What has to change until a closer look may show something else."""


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

    def close(self) -> None:
        """Look no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self, changed: set[str], replies: dict[str, Raw]) -> None:
        """Look closer where something changed that it may show."""
        if not (self._again or concerns(WAKES, changed)) or not self._resident.docker.kinds:
            return
        self._again = self._running
        if not self._running:
            self._running = True
            docker = {kind: dict(known) for kind, known in self._resident.docker.kinds.items()}
            self._pool.submit(self._look, docker, dict(replies))

    def surveyed(self, one: Surveyed) -> set[str]:
        """Take over what was found; returns what changed."""
        self._running = False
        before = self._resident.surveys.get(one.side)
        self._resident.surveys[one.side] = one.found
        return {f"survey/{one.side}"} if one.found != (before or {}) else set()

    def _look(self, docker: dict[str, dict[str, Raw]], replies: dict[str, Raw]) -> None:
        found: Raw = {}
        try:
            engine = self._resident.world.engine
            read = docker_closer.closer(engine, docker, self._probes, replies, self._values)
            found = dict(redacted(Snapshot(docker=read), self._keeps).docker or {})
        except LabrunnerError:
            pass  # it went meanwhile
        finally:
            self._tell(Surveyed("docker", found))
