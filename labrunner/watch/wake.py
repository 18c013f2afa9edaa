"""What one event of the daemon's changes; what our own probes make happen changes nothing."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.lab import NAME, Probe
from labrunner.world.docker_engine import EXEC_MARK
from labrunner.world.reader import ROLE

REMEMBERED = 1024
"""Containers and exec processes of ours of which later events are known as ours as well."""
IDLE_ACTIONS = ("top", "resize", "export", "archive-path", "mount", "unmount")
"""What happens without changing anything that could be read."""
INSIDE_ACTIONS = ("attach", "detach", "copy", "extract-to-dir")
"""What changes nothing that an inspect shows, and maybe what is inside a container."""
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done about an event.

    Attributes:
        look: what is to be inspected again, as (kind in the plural, ID).
        touched: containers inside of which something happened that no inspect shows, by ID.
        ended: a container whose process has ended, and its exit code, both as the event tells them; None for none.
    """

    look: tuple[tuple[str, str], ...] = ()
    touched: tuple[str, ...] = ()
    ended: tuple[str, int] | None = None


class Ears:
    """Tells events of the lab's world from those that our own looking makes.

    Args:
        health: returns the line that a container's health check runs, as its exec events have it; empty for none.
    """

    def __init__(self, health: Callable[[str], str]) -> None:
        self._health = health
        self._ours: OrderedDict[str, None] = OrderedDict()

    def heard(self, event: Event) -> Change | None:
        """Return what an event changes, or None where it is ours or changes nothing."""
        actor = event.get("Actor") or {}
        kind, action = str(event.get("Type", "")), str(event.get("Action", ""))
        id_, attributes = str(actor.get("ID", "")), actor.get("Attributes") or {}
        if kind == "container":
            return self._container(action, id_, attributes)
        if str(attributes.get("container", "")) in self._ours or action in IDLE_ACTIONS:
            return None
        if kind == "network":
            member = str(attributes.get("container", ""))
            return Change((("networks", id_), *((("containers", member),) if member else ())))
        if kind == "volume":
            return Change((("volumes", id_),))
        return Change((("images", id_),)) if kind == "image" else None

    def _container(self, action: str, id_: str, attributes: Mapping[str, str]) -> Change | None:
        if ROLE in attributes:
            self._mark(id_)
            return None
        if action.startswith("exec_"):
            return self._exec(action, id_, str(attributes.get("execID", "")))
        if action in INSIDE_ACTIONS:
            return Change(touched=(id_,))
        if action == "kill":  # what it leads to has an event of its own; the log holds the signal
            return Change()
        code = str(attributes.get("exitCode", ""))
        ended = (id_, int(code)) if action == "die" and code.isdecimal() else None
        return None if action in IDLE_ACTIONS else Change((("containers", id_),), ended=ended)

    def _exec(self, action: str, id_: str, process: str) -> Change | None:
        name, _, line = action.partition(": ")
        health = self._health(id_)
        if EXEC_MARK in action or (health and line.strip() == health):
            self._mark(process)
            return None
        if process in self._ours or name == "exec_create":
            return None
        return Change(touched=(id_,))

    def _mark(self, id_: str) -> None:
        self._ours[id_] = None
        self._ours.move_to_end(id_)
        while len(self._ours) > REMEMBERED:
            self._ours.popitem(last=False)


def health_of(raw: Mapping[str, Any]) -> str:
    """Return the line that a container's health check runs, as its exec events have it; empty for none."""
    test = ((raw.get("Config") or {}).get("Healthcheck") or {}).get("Test") or []
    if test[:1] == ["CMD-SHELL"]:
        shell = (raw.get("Config") or {}).get("Shell") or ["/bin/sh", "-c"]
        return " ".join([*shell, *test[1:]]).strip()
    return " ".join(test[1:]).strip() if test[:1] == ["CMD"] else ""


def touched_by(probe: Probe, command: str, target: str, *, cluster: bool) -> frozenset[str]:
    """Return the objects whose changes may change a probe's reply.

    Args:
        probe: the probe.
        command: its line, filled.
        target: what it is asked of, filled.
        cluster: whether the lab lives in the cluster.
    """
    named = {f"{kind}/{name}" for name in NAME.findall(command) for kind in ("container", "network")}
    if probe.at == "registry":  # a push is an event of the image
        return frozenset({"image/*"})
    if probe.at == "inside":
        return frozenset({f"container/{target}", *named})
    if probe.at == "network":
        return frozenset({f"network/{target}", "image/*", *(named or {"container/*"})})
    if cluster:
        return frozenset({"Pod/*", "Service/*", "EndpointSlice/*", "Ingress/*", "NetworkPolicy/*", *named})
    return frozenset({"container/*", "network/*"})
