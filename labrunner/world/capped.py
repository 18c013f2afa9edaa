"""How much a snapshot may hold: every text, the log and the whole; what is cut says so, and is not recorded."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from labrunner.withheld import CUT, Withheld
from labrunner.world.snapshot import Snapshot

TEXT = 1 << 16
"""Characters of one text."""
WHOLE = 8 << 20
"""Bytes of the whole, as compact JSON."""


def capped(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that is no larger than WHOLE bytes of JSON.

    Long texts lose their ends. Then the log loses its oldest records, and has a gap from there on; then whole kinds
    of objects go, the largest first. What went is known to have gone: whoever asks for it is told that it was not
    recorded.
    """
    measured = _Measured()
    cut = replace(
        snapshot,
        docker=measured.sides(snapshot.docker),
        cluster=measured.sides(snapshot.cluster),
        probes=measured.each(snapshot.probes),
        answers=measured.each(snapshot.answers),
        log=tuple(measured.one(record) for record in snapshot.log),
    )
    over = measured.bytes - WHOLE
    if over > 0:
        cut = _newest(cut, over)
        over = size(_values(cut)) - WHOLE
    return cut if over <= 0 else _without_kinds(cut, over)


class _Measured:
    """Counts bytes, and cuts long texts in what is long enough to hold one."""

    bytes = 0

    def one(self, value: Any) -> Any:
        found = size(value)
        self.bytes += found + 1
        return value if found <= TEXT else _short(value)

    def each(self, held: Any) -> Any:
        if isinstance(held, dict):
            return {name: self.one(value) for name, value in held.items()}
        return [self.one(value) for value in held] if isinstance(held, list) else self.one(held)

    def sides(self, side: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if side is None else {name: self.each(held) for name, held in side.items()}


def _values(snapshot: Snapshot) -> dict[str, Any]:
    return {one.name: getattr(snapshot, one.name) for one in fields(snapshot)}


def size(value: Any) -> int:
    """Return how many bytes a value is as compact JSON, or a few more: what is not ASCII counts as escaped."""
    return len(json.dumps(value, separators=(",", ":")))


def _short(value: Any) -> Any:
    if isinstance(value, str):
        # Not len(value): that of a withheld text is not known.
        return value if str.__len__(value) <= TEXT else Withheld(str(value)[:TEXT] + CUT)
    if isinstance(value, list):
        new = [_short(item) for item in value]
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    if isinstance(value, dict):
        made = {name: _short(item) for name, item in value.items()}
        return value if all(made[name] is item for name, item in value.items()) else made
    return value


def _newest(snapshot: Snapshot, over: int) -> Snapshot:
    """Return a snapshot whose log lost as many of its oldest records as are needed, and knows of the gap."""
    records, freed, gone = list(snapshot.log), 0, 0
    while gone < len(records) and freed < over:
        freed += size(records[gone]) + 1
        gone += 1
    if not gone:
        return snapshot
    last = max((int(record.get("nano") or 0) for record in records[:gone]), default=0)
    gaps = [{"of": of, "since": snapshot.since, "until": last} for of in ("docker", "cluster")]
    return replace(snapshot, log=tuple(records[gone:]), complete=False, gaps=(*gaps, *snapshot.gaps))


def _without_kinds(snapshot: Snapshot, over: int) -> Snapshot:
    docker, cluster = dict(snapshot.docker or {}), dict(snapshot.cluster or {})
    weights: dict[tuple[str, str], int] = {("docker", kind): size(held) for kind, held in docker.items()}
    for raw in (*cluster.get("objects", []), *cluster.get("around", [])):
        key = ("cluster", str(raw.get("kind")))
        weights[key] = weights.get(key, 0) + size(raw)
    for side, kind in sorted(weights, key=lambda key: weights[key], reverse=True):
        if over <= 0:
            break
        over -= weights[side, kind]
        if side == "docker":
            del docker[kind]
            continue
        cluster["kinds"] = [one for one in _kinds(cluster) if one != kind]
        for where in ("objects", "around"):
            if where in cluster:
                cluster[where] = [raw for raw in cluster[where] if raw.get("kind") != kind]
    return replace(
        snapshot,
        docker=docker if snapshot.docker is not None else None,
        cluster=cluster if snapshot.cluster is not None else None,
    )


def _kinds(cluster: Mapping[str, Any]) -> list[str]:
    from labrunner.world.kube_kinds import KINDS

    return list(cluster.get("kinds", [kind for _, kind in KINDS]))
