"""What is known, without secrets: as `check` reads it, but each object made so once and not at every look."""

from dataclasses import replace
from typing import Any

from labrunner.watch.sight import Raw
from labrunner.world.capped import WHOLE, capped
from labrunner.world.redact import redacted_object
from labrunner.world.secret_words import Keeps
from labrunner.world.snapshot import Snapshot

KINDS = ("containers", "networks", "volumes", "images")
"""Parts of a snapshot's docker that hold objects."""


class Plain:
    """Remembers what became of each object and of each record of the log.

    Args:
        keeps: tells whether a text is what the lab itself prescribes.
    """

    def __init__(self, keeps: Keeps) -> None:
        self._keeps = keeps
        self._objects: dict[int, tuple[Raw, Raw]] = {}
        self._records: dict[tuple[Any, ...], Raw] = {}

    def of(self, snapshot: Snapshot, *, written: int) -> Snapshot:
        """Return a snapshot without secrets, and no larger than evidence may be.

        Args:
            snapshot: as it is known, with a log that went through `log`.
            written: bytes of the log, which alone can make it too large.
        """
        before, self._objects = self._objects, {}
        docker, cluster = snapshot.docker, snapshot.cluster
        if docker is not None:
            docker = {kind: self._each(held, before) if kind in KINDS else held for kind, held in docker.items()}
        if cluster is not None:
            lists = {name: [self._one(raw, before) for raw in cluster[name]] for name in ("objects", "around")}
            cluster = {**cluster, **lists}
        plain = replace(snapshot, docker=docker, cluster=cluster)
        return capped(plain) if written > WHOLE // 2 else plain

    def _each(self, held: dict[str, Raw], before: dict[int, tuple[Raw, Raw]]) -> dict[str, Raw]:
        return {id_: self._one(raw, before) for id_, raw in held.items()}

    def _one(self, raw: Raw, before: dict[int, tuple[Raw, Raw]]) -> Raw:
        known = before.get(id(raw))
        # The object is kept beside its copy, so that nothing else can have its number.
        found = known if known is not None and known[0] is raw else (raw, redacted_object(raw, self._keeps))
        self._objects[id(raw)] = found
        return found[1]

    def log(self, records: tuple[Raw, ...]) -> tuple[Raw, ...]:
        """Return the log without secrets; a record that was there before is the same object as before."""
        before, self._records = self._records, {}
        return tuple(self._record(record, before) for record in records)

    def _record(self, record: Raw, before: dict[tuple[Any, ...], Raw]) -> Raw:
        name = (record.get("nano"), record.get("type"), record.get("action"), record.get("id"))
        if name not in before or name[0] is None:
            before[name] = redacted_object(record, self._keeps)
        self._records[name] = before[name]
        return before[name]
