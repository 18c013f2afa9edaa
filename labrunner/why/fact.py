"""From a fact that is not as it should be to what is behind it: which walk, and whether any, depends on the fact."""

import re
from collections.abc import Mapping
from typing import Any

from labrunner.facts import Fact, NotRecorded
from labrunner.lab import Probe
from labrunner.why import docker_past
from labrunner.why.diagnosis import Diagnosis
from labrunner.why.docker_network import internal
from labrunner.why.explain import explain, with_notes
from labrunner.why.probe import explain_probe
from labrunner.world.snapshot import Snapshot

PROBE = re.compile(r"probe (?P<name>\w+), ")
STATE = re.compile(r", (State\.|NetworkSettings\.Ports)")
"""What Docker tells of a container's life; the rest was chosen when it was made, and its life does not explain it."""
WISH = re.compile(r", (spec|metadata)\b")
"""What was written into an object of the cluster's; whatever became of it does not explain why it was written."""


def explain_fact(
    snapshot: Snapshot, fact: Fact[Any], probes: Mapping[str, Probe], values: Mapping[str, str]
) -> Diagnosis:
    """Walk from a fact to the first broken link behind it.

    Args:
        snapshot: what was read.
        fact: what a check compared.
        probes: the lab's, by name.
        values: what stands for the names in their commands, images included.

    Returns:
        as `explain`; nothing known where nothing that the walks know can be behind such a fact, or a walk breaks.
    """
    try:
        return with_notes(_walked(snapshot, fact, probes, values))
    except NotRecorded as unknown:
        return Diagnosis(fact.subject, saw=(str(unknown),))
    except Exception as broken:  # noqa: BLE001 - a walk that breaks must not take the verdict with it
        return Diagnosis(fact.subject, saw=(f"{type(broken).__name__}: {broken}",))


def _walked(snapshot: Snapshot, fact: Fact[Any], probes: Mapping[str, Probe], values: Mapping[str, str]) -> Diagnosis:
    if (heard := PROBE.match(fact.source)) and heard["name"] in probes:
        return explain_probe(snapshot, probes[heard["name"]], values)
    kind, _, name = fact.subject.partition("/")
    if kind == "past":
        return _past(snapshot, fact, name)
    if fact.known and kind == "network" and fact.source.endswith(", Internal"):
        return Diagnosis(fact.subject, (internal(name),)) if fact.value is True else Diagnosis(fact.subject)
    if fact.known and (WISH.search(fact.source) or (kind == "container" and not STATE.search(fact.source))):
        return Diagnosis(fact.subject)
    return explain(snapshot, fact.subject) if fact.subject else Diagnosis("")


def _past(snapshot: Snapshot, fact: Fact[Any], name: str) -> Diagnosis:
    """Return what explains a recorded fact: an end explains no missing removal, and no removal an end."""
    if fact.source.endswith(", removal"):
        return docker_past.remaining(snapshot, name)
    if fact.source.endswith((", exit", ", signal")):
        return docker_past.ending(snapshot, name)
    return docker_past.walk(snapshot, name)
