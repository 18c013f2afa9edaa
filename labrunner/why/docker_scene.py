"""What the walkers of Docker read: a snapshot's raw objects, found by name, and what was asked about them."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from labrunner.facts import NotRecorded
from labrunner.world.reference import references, tagged
from labrunner.world.snapshot import Snapshot

Raw = Mapping[str, Any]
ALIKE = 0.6
"""How alike two names must be (difflib's ratio, the prefix `lr-` left out) for one to be a slip of the other."""
SHORTEST_ID = 12
IMAGE_ID = re.compile(r"sha256:[0-9a-f]{6,64}")


class DockerScene:
    """The containers, networks, volumes and images of one snapshot, and the log beside them.

    Raises:
        NotRecorded: the snapshot holds nothing of Docker, or not the kind that is asked for.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        if snapshot.docker is None:
            raise NotRecorded("Docker was not looked at")
        self._docker, self._scope = snapshot.docker, snapshot.scope
        self.log, self.complete = snapshot.log, snapshot.complete
        self.taken = snapshot.taken
        """When it was read; UTC, ISO 8601."""

    def of_kind(self, kind: str) -> list[Raw]:
        """Return every object of "containers", "networks", "volumes" or "images"."""
        if kind not in self._docker:
            raise NotRecorded(f"the {kind} were not recorded")
        return list(self._docker[kind].values())

    def would_hold(self, kind: str, name: str) -> bool:
        """Tell whether a "container", "network", "volume" or "image" of this name would be here if it were there."""
        if self._scope is None:
            return True
        return name.startswith((self._scope["names"], *([self._scope["prefix"]] if kind == "image" else [])))

    def miss(self, kind: str, name: str) -> None:
        """Have it that an object is not there; raises NotRecorded where it was not looked for."""
        if not self.would_hold(kind, name):
            raise NotRecorded(f"{kind} {name} is none of the lab's, so it was not looked for")

    def container(self, name: str) -> Raw | None:
        """Return the container of this name, or of this ID, or of the first twelve digits of it."""
        found = self.of_kind("containers")
        named = next((raw for raw in found if name in (name_of(raw), raw["Id"])), None)
        if named is not None or len(name) < SHORTEST_ID:
            return named
        return next((raw for raw in found if str(raw["Id"]).startswith(name)), None)

    def network(self, name: str) -> Raw | None:
        """Return the network of this name."""
        return next((raw for raw in self.of_kind("networks") if raw["Name"] == name), None)

    def volume(self, name: str) -> Raw | None:
        """Return the volume of this name."""
        return next((raw for raw in self.of_kind("volumes") if raw["Name"] == name), None)

    def image(self, reference: str) -> Raw | None:
        """Return the image of this reference, by tag or by digest, or of this ID or the beginning of it."""
        wanted, id_ = tagged(reference), f"sha256:{reference.removeprefix('sha256:')}"
        begins = id_ if IMAGE_ID.fullmatch(id_) else None
        for raw in self.of_kind("images"):
            names = set(references(raw))
            if wanted in names or (begins and str(raw["Id"]).startswith(begins)):
                return raw
        return None

    def references(self) -> list[str]:
        """Return every reference of an image that is known here, sorted."""
        inspected = {tag for raw in self.of_kind("images") for tag in raw.get("RepoTags") or []}
        return sorted(inspected | set(self._names("images")))

    def near(self, kind: str, name: str) -> str:
        """Return the name of another object of the kind that somebody may have meant, or have given; else empty."""
        inspected = [name_of(raw) for raw in self.of_kind(kind)]
        return nearest(name, [*inspected, *self._names(kind)])

    def last_lines(self, raw: Raw) -> tuple[str, ...]:
        """Return the last lines that a container printed, where they were asked for."""
        return tuple(str((self._docker.get("logs") or {}).get(raw["Id"], "")).splitlines())

    def listening(self, raw: Raw) -> frozenset[int] | None:
        """Return the TCP ports at which a container answers others; None where that was not asked."""
        return self._ports("listening", raw)

    def only_inside(self, raw: Raw) -> frozenset[int]:
        """Return the TCP ports at which a container answers nobody but itself (127.0.0.1), as far as was asked."""
        return self._ports("loopback", raw) or frozenset()

    def holder(self, port: int) -> str:
        """Return which container holds a port of the host; empty where none is known to."""
        for raw in self.of_kind("containers"):
            if port in (host for _, host in published(raw)):
                return name_of(raw)
        return str((self._docker.get("holders") or {}).get(str(port), ""))

    def registry(self, repository: str) -> dict[str, Any] | None:
        """Return what the registry said of a repository, as `registry_tags.ask`; None where it was not asked."""
        found = (self._docker.get("registry") or {}).get(repository)
        return dict(found) if found is not None else None

    def events(self, raw_id: str) -> list[dict[str, Any]]:
        """Return the recorded events of a container, oldest first."""
        return [event for event in self.log if event.get("type") == "container" and event.get("id") == raw_id]

    def _ports(self, what: str, raw: Raw) -> frozenset[int] | None:
        found = (self._docker.get(what) or {}).get(raw["Id"])
        return None if found is None else frozenset(int(port) for port in found)

    def _names(self, kind: str) -> list[str]:
        """Return the names of what was seen and not inspected."""
        return list((self._docker.get("names") or {}).get(kind) or [])


def name_of(raw: Raw) -> str:
    """Return the name of an inspected object."""
    return str(raw.get("Name", "")).lstrip("/")


def networks_of(raw: Raw) -> dict[str, Raw]:
    """Return the networks that a container is on, by name."""
    return dict((raw.get("NetworkSettings") or {}).get("Networks") or {})


def published(raw: Raw) -> list[tuple[int, int]]:
    """Return what a container publishes now: its own port and the host's, each pair once."""
    bound = (raw.get("NetworkSettings") or {}).get("Ports") or {}
    pairs = {
        (int(port.partition("/")[0]), int(one["HostPort"]))
        for port, hosts in bound.items()
        for one in hosts or []
        if port.endswith("/tcp") and str(one.get("HostPort", "")).isdigit()
    }
    return sorted(pairs)


def nearest(name: str, names: list[str]) -> str:
    """Return which of some names is the wanted one with another prefix, a part of it, or a slip; empty for none."""
    bare = name.removeprefix("lr-")
    others = [other for other in dict.fromkeys(names) if other and other != name]
    for other in others:
        if bare in (other, other.removeprefix("lr-"), *other.split("-")) or other in bare.split("-"):
            return other
    spelled = {other.removeprefix("lr-"): other for other in reversed(others)}
    found = difflib.get_close_matches(bare, spelled, 1, ALIKE)
    return spelled[found[0]] if found else ""
