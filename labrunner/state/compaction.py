"""Makes a log smaller without losing what a check may read: each life's events stay, old states become one."""

from collections import Counter
from typing import Any

from labrunner.world import replay_cluster, replay_docker
from labrunner.world.moments import KEPT, NOISE

Record = dict[str, Any]
EACH = 60
"""Events of one kind that are kept of one object, the newest: a restart loop makes thousands."""
STORIES = 200
"""The cluster's own Events that are kept."""
LOUD = ("Event", "EndpointSlice")
"""Kinds of which only what is newest is kept."""


def compacted(records: list[Record]) -> list[Record]:
    """Return a log in which everything older than the last changes is told without states, and after them one state.

    The state in between is a record of type "base": the world as it was when the kept moments begin. How many events
    were left out of each life is said in its "dropped".

    Args:
        records: the whole log, oldest first.
    """
    own = [record for record in records if "recorder" in record]
    told = sorted((r for r in records if "recorder" not in r), key=lambda record: int(record.get("nano", 0)))
    cut = max(0, len(told) - KEPT)
    old, new = told[:cut], told[cut:]
    if not any(_is_state(record) for record in old):
        return records
    docker, cluster = replay_docker.empty(), dict[str, Any]()
    dropped: Counter[str] = Counter()
    for record in old:
        if record.get("type") == "base":
            docker, cluster = {**docker, **record["docker"]}, dict(record["cluster"])
            dropped.update(record.get("dropped", {}))
        elif not str(record.get("action", "")).startswith(NOISE):
            docker, cluster = replay_docker.after(docker, record), replay_cluster.after(cluster, record)
    kept, left_out = _few([record for record in old if record.get("type") != "base"])
    dropped.update(left_out)
    nano = int(old[-1].get("nano", 0))
    base = {"type": "base", "action": "base", "id": "", "name": "", "attributes": {}, "nano": nano}
    state = {"docker": docker, "cluster": cluster, "dropped": dict(dropped)}
    return [*own, *map(_bare, kept), {**base, **state}, *new]


def _is_state(record: Record) -> bool:
    return bool({"inspect", "raw", "patch"} & record.keys()) or record.get("type") == "base"


def _bare(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in ("inspect", "raw", "patch")}


def _few(records: list[Record]) -> tuple[list[Record], Counter[str]]:
    """Return the last events of each kind and object, in order, and how many of each were left out."""
    kept: list[Record] = []
    left_out: Counter[str] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    stories = 0
    for record in reversed(records):
        action = str(record.get("action", ""))
        key = (str(record.get("id")), action)
        seen[key] += 1
        if record.get("kind") in LOUD:
            stories += 1
            keep = stories <= STORIES
        else:
            keep = seen[key] <= EACH
        if keep:
            kept.append(record)
        else:
            left_out[f"{key[0]} {action}"] += 1
    return kept[::-1], left_out
