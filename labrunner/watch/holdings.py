"""Docker's part of what is known: the lab's objects by kind and ID, each inspected again when an event is about it."""

from typing import Any

from labrunner.watch.sight import Raw
from labrunner.watch.wake import Change
from labrunner.world.asked import DOCKER
from labrunner.world.reader import Scope, World


class Holdings:
    """The lab's objects on its daemon.

    Args:
        world: whose daemon it is.
        scope: what of it belongs to the lab.

    Attributes:
        kinds: kind in the plural → ID (a volume's name) → inspect; empty until it was listed.
    """

    def __init__(self, world: World, scope: Scope) -> None:
        self.world, self.scope = world, scope
        self.kinds: dict[str, dict[str, Any]] = {}

    def list(self) -> set[str]:
        """Read everything again; returns what may have changed, which is all of it."""
        self.kinds = self.world.docker_objects(self.scope)
        return set(DOCKER)

    def of(self, kind: str) -> dict[str, Raw]:
        """Return the objects of a kind, by ID."""
        return self.kinds.get(kind, {})

    def concerned(self, event: Raw) -> bool:
        """Tell whether an event may be about the lab, without asking the daemon."""
        actor = event.get("Actor") or {}
        attributes, id_ = actor.get("Attributes") or {}, str(actor.get("ID", ""))
        if any(one in known for known in self.kinds.values() for one in (id_, str(attributes.get("container", "")))):
            return True
        said = (str(attributes.get("name", "")), str(attributes.get("image", "")), id_)
        return any(self.scope.is_named(one) or self.scope.holds_reference(one) for one in said)

    def apply(self, change: Change) -> set[str]:
        """Inspect again what an event changed.

        Returns:
            the subjects: "container/lr-web"; "inside/lr-web" where something happened that no inspect shows.

        Raises:
            DockerDown: the daemon does not answer.
        """
        known = self.of("containers")
        changed = {f"inside/{name_of(known[id_])}" for id_ in change.touched if id_ in known}
        for kind, id_ in change.look:
            changed |= self._image(id_) if kind == "images" else self._object(kind, id_)
        return changed

    def ended(self, id_: str, code: int) -> set[str]:
        """Take an event's word that a container's process has ended; returns what changed.

        The daemon holds an inspect back until the container is off its networks, a tenth of a second later. One that
        it starts again by itself has no such end.
        """
        raw = self.of("containers").get(id_)
        if raw is None or (raw["HostConfig"].get("RestartPolicy") or {}).get("Name") not in ("", "no"):
            return set()
        state = {**raw["State"], "Status": "exited", "Running": False, "Paused": False, "Pid": 0, "ExitCode": code}
        self.kinds["containers"][id_] = {**raw, "State": state}
        return {f"container/{name_of(raw)}"}

    def _object(self, kind: str, id_: str) -> set[str]:
        raw = self.world.engine.inspect(kind, id_)
        before = self.of(kind).pop(id_, None)
        if raw is not None and self._is_ours(kind, raw):
            self.kinds[kind][raw["Name"] if kind == "volumes" else raw["Id"]] = raw
        elif before is None:
            return set()
        changed = {f"{kind[:-1]}/{name_of(one)}" for one in (before, raw) if one is not None}
        return changed | self._derived() if kind == "containers" else changed

    def _image(self, reference: str) -> set[str]:
        raw = self.world.engine.inspect("images", reference)
        before = self.of("images").pop(raw["Id"] if raw is not None else reference, None)
        if raw is not None and self._is_held(raw):
            self.kinds["images"][raw["Id"]] = raw
            return {"image/*"}
        return set() if before is None else {"image/*"}

    def _is_ours(self, kind: str, raw: Raw) -> bool:
        if kind == "networks":
            return self.world.in_scope_network(raw, self.scope)
        if kind == "volumes":
            return self.scope.is_named(raw["Name"]) or raw["Name"] in self._mounted()
        networks = {str(one["Name"]) for one in self.of("networks").values()}
        return self.world.in_scope_container(_as_listed(raw), self.scope, networks)

    def _is_held(self, image: Raw) -> bool:
        used = any(one["Image"] == image["Id"] for one in self.of("containers").values())
        return used or any(self.scope.holds_reference(reference) for reference in image.get("RepoTags") or [])

    def _mounted(self) -> set[str]:
        mounts = [mount for one in self.of("containers").values() for mount in one.get("Mounts") or []]
        return {str(mount["Name"]) for mount in mounts if mount.get("Name")} - self.scope.baseline.volumes.keys()

    def _derived(self) -> set[str]:
        """Take up the images and volumes of the lab's containers, and let go of those that none has any more."""
        changed: set[str] = set()
        for image in {str(one["Image"]) for one in self.of("containers").values()} - self.of("images").keys():
            changed |= self._image(image)
        for volume in self._mounted() - self.of("volumes").keys():
            changed |= self._object("volumes", volume)
        for id_ in [id_ for id_, raw in self.of("images").items() if not self._is_held(raw)]:
            del self.kinds["images"][id_]
            changed.add("image/*")
        for name in [name for name, raw in self.of("volumes").items() if not self._is_ours("volumes", raw)]:
            del self.kinds["volumes"][name]
            changed.add(f"volume/{name}")
        return changed


def name_of(raw: Raw) -> str:
    """Return the name of an inspected object."""
    return str(raw["Name"]).lstrip("/")


def _as_listed(raw: Raw) -> Raw:
    """Return what the daemon's list tells of a container, from its inspect."""
    return {
        "Id": raw["Id"],
        "Names": [raw["Name"]],
        "Labels": raw["Config"].get("Labels") or {},
        "Image": raw["Config"]["Image"],
        "NetworkSettings": raw["NetworkSettings"],
    }
