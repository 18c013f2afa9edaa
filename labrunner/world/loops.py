"""Restart loops: what runs at this moment between one crash and the next is not what a claim means by running."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.facts import Fact
from labrunner.words import say
from labrunner.world.moments import NANO, nano_of
from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]
SETTLED = 10.0
"""Seconds after which Docker (restartmanager) and the kubelet's first back-off take a run for a good one."""
WELL = 60.0
"""A run of so many seconds ends a loop: what crashes after it begins a new one."""
LONGEST = 120.0
"""Seconds that a run between crashes has to last at most until it counts."""
HOPELESS = 3
"""Crashes after which nobody waits for the next run to be a better one."""
LIVING = re.compile(r"State\.(Status|Running)|[rR]eady|[aA]vailable|status\.phase|^probe ")
"""Facts that say that something is alive."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A run that may be one of a loop.

    Attributes:
        crashes: how often it crashed without having run well in between.
        sentence: what is known of it.
    """

    crashes: int
    sentence: str

    @property
    def hopeless(self) -> bool:
        """Tell whether it crashed so often that waiting is in vain."""
        return self.crashes >= HOPELESS


def behind(snapshot: Snapshot, fact: Fact[Any]) -> Loop | None:
    """Return the loop that a fact which says "alive" was read from; None where it says no such thing, or is in none."""
    value = fact.value
    alive = value in ("running", "Running") or value is True or (not isinstance(value, str | bool) and bool(value))
    answered = fact.source.startswith("probe ") and fact.known
    if not LIVING.search(fact.source) or not (alive or answered):
        return None
    return of(snapshot, fact.subject)


def of(snapshot: Snapshot, subject: str) -> Loop | None:
    """Return the loop that an object ("container/lr-web", "Deployment/web") is in, or None."""
    now = nano_of(snapshot.taken)
    kind, _, name = subject.partition("/")
    if not now:
        return None
    if kind == "container":
        found = (snapshot.docker or {}).get("containers", {}).values()
        raw = next((one for one in found if one["Name"].lstrip("/") == name), None)
        return None if raw is None else _container(snapshot, name, raw, now)
    pods = _pods((snapshot.cluster or {}).get("objects", []), kind, name) if kind[:1].isupper() else []
    return next((loop for pod in pods if (loop := _pod(pod, now)) is not None), None)


def _container(snapshot: Snapshot, name: str, raw: Raw, now: int) -> Loop | None:
    state, count = raw["State"], int(raw.get("RestartCount") or 0)
    if count and state["Status"] == "restarting":
        what = say(en=f"container {name} crashed {count} times", zh=f"容器 {name} 已经崩溃 {count} 次")
        return Loop(count, what)
    if not count or state["Status"] != "running":
        return None
    runs = _runs(snapshot, str(raw["Id"]))
    return _loop(f"container {name}", runs, count, (now - nano_of(str(state.get("StartedAt", "")))) / NANO)


def _runs(snapshot: Snapshot, id_: str) -> list[float]:
    """Return how many seconds each run lasted that ended by itself, oldest first."""
    found: list[float] = []
    began, asked = 0, False
    for record in snapshot.log:
        if record.get("type") != "container" or record.get("id") != id_:
            continue
        action, nano = record["action"], int(record.get("nano", 0))
        if action == "start":
            began, asked = nano, False
        elif action in ("kill", "stop", "restart"):
            asked = True
        elif action == "die" and began and not asked:
            found.append((nano - began) / NANO)
    return found


def _pod(pod: Raw, now: int) -> Loop | None:
    for one in (pod.get("status") or {}).get("containerStatuses") or []:
        running = (one.get("state") or {}).get("running") or {}
        last = (one.get("lastState") or {}).get("terminated") or {}
        count = int(one.get("restartCount") or 0)
        if not count or not running or not last:
            continue
        run = (nano_of(str(last.get("finishedAt"))) - nano_of(str(last.get("startedAt")))) / NANO
        runs = [run] * min(count, HOPELESS)
        if found := _loop(f"Pod {pod['metadata']['name']}", runs, count, (now - nano_of(running["startedAt"])) / NANO):
            return found
    return None


def _loop(what: str, runs: list[float], count: int, up: float) -> Loop | None:
    short = runs[next((n for n in range(len(runs), 0, -1) if runs[n - 1] >= WELL), 0) :]
    if runs and (not short or (len(short) == 1 and short[0] >= SETTLED)):
        return None
    needed = min(LONGEST, max(SETTLED, 2 * max(short[-HOPELESS:]))) if len(short) > 1 else SETTLED
    if up >= needed:
        return None
    crashes = len(short) or count
    sentence = say(
        en=f"{what} crashed {crashes} times and has only run for {max(0, up):.0f} s since;"
        f" it counts once it has run for {needed:.0f} s",
        zh=f"{what} 已经崩溃 {crashes} 次，这次只运行了 {max(0, up):.0f} 秒；连续运行 {needed:.0f} 秒才算数",
    )
    return Loop(crashes, sentence)


def _pods(objects: list[Raw], kind: str, name: str) -> list[Raw]:
    pods = [one for one in objects if one["kind"] == "Pod" and "deletionTimestamp" not in one["metadata"]]
    if kind == "Pod":
        return [pod for pod in pods if name in ("*", pod["metadata"]["name"])]
    raw = next((one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name), None)
    spec = (raw or {}).get("spec") or {}
    selector = spec.get("selector") or {}
    labels = selector if kind == "Service" else selector.get("matchLabels")
    if not labels:
        return []
    return [pod for pod in pods if labels.items() <= (pod["metadata"].get("labels") or {}).items()]
