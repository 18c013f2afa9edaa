"""An engine in memory: for tests of ours, and for authors who try a check without a daemon."""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from labrunner.world.docker_engine import DockerEngine, EngineRefused, Filters, Inventory

Raw = dict[str, Any]
STARTED = "2026-01-01T00:00:00Z"


class FakeEngine(DockerEngine):
    """What DockerEngine is to a daemon, to a few dictionaries; refuses removals where a daemon would.

    Args:
        replies: what probes hear, by their command; anything else is answered with nothing and exit 0.

    Attributes:
        said: what containers printed, by ID.
    """

    def __init__(self, replies: dict[str, Raw] | None = None) -> None:
        self.url, self.timeout = "unix:///nowhere", 0.0
        self.objects: dict[str, dict[str, Raw]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}
        self.happened: list[Raw] = []
        self.replies = replies or {}
        self.asked: list[tuple[str, str]] = []
        self.said: dict[str, str] = {}
        self._made = 0

    def close(self) -> None:
        """Nothing is open."""

    def info(self) -> Raw:
        """Return the daemon's time, one second later for each thing that was made."""
        return {"SystemTime": f"2026-01-01T00:{self._made // 60 % 60:02d}:{self._made % 60:02d}.000000000Z"}

    def version(self) -> dict[str, str]:
        """Return the versions of no daemon."""
        return {"docker": "in memory", "docker_api": ""}

    def image(self, *references: str, parent: str = "", id_: str = "") -> str:
        """Have an image; with an ID that is known already, another reference of it. Returns its ID."""
        id_ = id_ or f"sha256:{self._id()}"
        raw = self.objects["images"].setdefault(id_, {"Id": id_, "RepoTags": [], "RepoDigests": [], "ParentId": parent})
        for reference in references:
            kept: list[str] = raw["RepoDigests" if "@" in reference else "RepoTags"]
            if reference not in kept:
                kept.append(reference)
            self.event("image", "tag", id_, name=reference)
        return id_

    def network(self, name: str, *, labels: dict[str, str] | None = None, **more: Any) -> str:
        """Create a network; returns its ID."""
        id_ = self._id()
        made = {"Name": name, "Id": id_, "Driver": "bridge", "Scope": "local", "Internal": False, "Containers": {}}
        self.objects["networks"][id_] = {**made, "Labels": labels or {}, "Created": STARTED, **more}
        self.event("network", "create", id_, name=name)
        return id_

    def volume(self, name: str = "", *, labels: dict[str, str] | None = None) -> str:
        """Create a volume, an anonymous one where it has no name; returns its name."""
        name = name or self._id()
        if name not in self.objects["volumes"]:
            made = str(self.info()["SystemTime"])
            self.objects["volumes"][name] = {"Name": name, "CreatedAt": made, "Labels": labels or {}}
            self.event("volume", "create", name)
        return name

    def container(  # noqa: PLR0913 - what a container is made of, each by name
        self,
        name: str,
        image: str,
        *,
        networks: Sequence[str] = (),
        volumes: Sequence[str] = (),
        labels: dict[str, str] | None = None,
        status: str = "running",
        exit_code: int = 0,
    ) -> str:
        """Create a container of an image that is known by this reference or ID; returns its ID."""
        id_ = self._id()
        self.objects["containers"][id_] = {
            "Id": id_,
            "Name": f"/{name}",
            "Image": self._image_id(image) or image,
            "Config": {"Image": image, "Env": [], "Cmd": None, "Entrypoint": None, "Labels": labels or {}},
            "State": {"Status": status, "ExitCode": exit_code, "Pid": 1000 + self._made, "StartedAt": STARTED},
            "HostConfig": {"RestartPolicy": {"Name": ""}},
            "NetworkSettings": {"Networks": {network: {} for network in networks}, "Ports": {}},
            "Mounts": [
                {"Type": "volume", "Name": one, "Destination": f"/{number}"} for number, one in enumerate(volumes)
            ],
        }
        self.event("container", "create", id_, name=name, image=image)
        if status == "running":
            self.event("container", "start", id_, name=name, image=image)
        return id_

    def event(self, kind: str, action: str, id_: str, **attributes: str) -> Raw:
        """Let something have happened; returns the event as the daemon tells it."""
        nano = 1_767_225_600_000_000_000 + len(self.happened)
        told = {"Type": kind, "Action": action, "Actor": {"ID": id_, "Attributes": attributes}, "timeNano": nano}
        self.happened.append(told)
        return told

    def list(self, kind: str) -> "list[Raw]":
        """Return what the daemon's list tells of each object."""
        found = self.objects[kind].values()
        return [self._listed(raw) for raw in found] if kind == "containers" else [dict(raw) for raw in found]

    def inspect(self, kind: str, name: str) -> Raw | None:
        """Return an object by ID or name, or None."""
        if kind == "images":
            return self.objects[kind].get(self._image_id(name))
        known = self.objects[kind]
        named = (raw for raw in known.values() if raw["Name"].lstrip("/") == name)
        return known.get(name) or next(named, None)

    def inventory(self) -> Inventory:
        """Return what is there, by ID."""
        kept = self.objects
        return Inventory(
            {id_: raw["Name"].lstrip("/") for id_, raw in kept["containers"].items()},
            {id_: raw["Name"] for id_, raw in kept["networks"].items()},
            {name: raw["CreatedAt"] for name, raw in kept["volumes"].items()},
            {id_: sorted([*raw["RepoTags"], *raw["RepoDigests"]]) for id_, raw in kept["images"].items()},
            str(self.info()["SystemTime"]),
        )

    def ask(  # noqa: PLR0913 - as the real one
        self, *, image: str, command: str, network: str, limit: float, labels: dict[str, str], privileged: bool = False
    ) -> Raw:
        """Answer as it was made to."""
        del image, limit, labels, privileged
        return self._reply(network, command)

    def ask_inside(self, container: str, command: str, *, limit: float) -> Raw:
        """Answer as it was made to."""
        del limit
        return self._reply(container, command)

    def events(self, since: str, *, until: str = "", filters: Filters | None = None) -> Iterator[Raw]:
        """Tell what happened since then, and end: as a daemon that goes away. Filters by type and action only."""
        first, last = _nano(since), _nano(until) if until else None
        for told in [*self.happened]:
            kinds, actions = (filters or {}).get("type", []), (filters or {}).get("event", [])
            fits = (not kinds or told["Type"] in kinds) and (not actions or told["Action"] in actions)
            if fits and told["timeNano"] >= first and (last is None or told["timeNano"] <= last):
                yield told

    def logs(self, container: str, *, lines: int = 10) -> str:
        """Return the last lines of what `said` holds for a container."""
        return "\n".join(self.said.get(container, "").splitlines()[-lines:])

    def remove(self, kind: str, name: str, *, alone: bool = False) -> bool:
        """Remove one object; refuses as a daemon does."""
        if kind == "images":
            return self._remove_image(name, alone=alone)
        if name not in self.objects[kind]:
            return False
        if kind == "networks":
            self._refuse_in_use(self.objects[kind][name]["Name"], 403, lambda raw: raw["NetworkSettings"]["Networks"])
        if kind == "volumes":
            self._refuse_in_use(name, 409, lambda raw: [mount["Name"] for mount in raw["Mounts"]], stopped=True)
        gone = self.objects[kind].pop(name)
        if kind == "containers":
            self.event("container", "destroy", name, name=gone["Name"].lstrip("/"), image=gone["Config"]["Image"])
            for mount in [] if alone else gone["Mounts"]:
                if len(mount["Name"]) == len(self._id()) and not self._mounts(mount["Name"]):
                    self.objects["volumes"].pop(mount["Name"], None)
        return True

    def disconnect(self, network: str, container: str) -> None:
        """Take a container off a network."""
        self.objects["containers"][container]["NetworkSettings"]["Networks"].pop(network, None)

    def _id(self) -> str:
        self._made += 1
        return hashlib.sha256(str(self._made).encode()).hexdigest()

    def _image_id(self, reference: str) -> str:
        images = self.objects["images"]
        named = (id_ for id_, raw in images.items() if reference in [*raw["RepoTags"], *raw["RepoDigests"]])
        return reference if reference in images else next(named, "")

    def _listed(self, raw: Raw) -> Raw:
        state = raw["State"]["Status"]
        said = {"Image": raw["Config"]["Image"], "ImageID": raw["Image"], "Labels": raw["Config"]["Labels"]}
        names = [raw["Name"], *raw.get("Links", [])]
        rest = {"State": state, "Status": state, "NetworkSettings": raw["NetworkSettings"], "Mounts": raw["Mounts"]}
        return {"Id": raw["Id"], "Names": sorted(names), **said, **rest}

    def _mounts(self, volume: str) -> bool:
        return any(m["Name"] == volume for c in self.objects["containers"].values() for m in c["Mounts"])

    def _refuse_in_use(self, name: str, status: int, used: Any, *, stopped: bool = False) -> None:
        for raw in self.objects["containers"].values():
            if name in used(raw) and (stopped or raw["State"]["Status"] == "running"):
                raise EngineRefused(f"{name} is in use by {raw['Name'].lstrip('/')}", status)

    def _remove_image(self, reference: str, *, alone: bool) -> bool:
        id_ = self._image_id(reference)
        if not id_:
            return False
        raw = self.objects["images"][id_]
        rest = self._rest(raw, reference) if reference != id_ else set()
        if reference == id_ and len(raw["RepoTags"]) + len(raw["RepoDigests"]) > 1:
            raise EngineRefused(f"{id_} has several names", 409)
        if not rest and any(one["Image"] == id_ for one in self.objects["containers"].values()):
            raise EngineRefused(f"{reference} is in use by a container", 409)
        raw["RepoTags"] = [one for one in raw["RepoTags"] if one in rest]
        raw["RepoDigests"] = [one for one in raw["RepoDigests"] if one in rest]
        if rest:
            return True
        if any(one["ParentId"] == id_ for one in self.objects["images"].values()):
            if reference == id_:
                raise EngineRefused(f"{reference} has dependent child images", 409)
            return True
        del self.objects["images"][id_]
        parent = self.objects["images"].get(raw["ParentId"])
        if parent is not None and not alone and not parent["RepoTags"] and not parent["RepoDigests"]:
            with contextlib.suppress(EngineRefused):
                self._remove_image(parent["Id"], alone=False)
        return True

    @staticmethod
    def _rest(raw: Raw, reference: str) -> set[str]:
        """Return the names an image keeps without one: a repository's digests go with its last tag."""
        tags = {tag for tag in raw["RepoTags"] if tag != reference}
        repository = reference.rpartition(":")[0]
        alone = "@" not in reference and all(tag.rpartition(":")[0] != repository for tag in tags)
        digests = {one for one in raw["RepoDigests"] if one != reference}
        return tags | {one for one in digests if not alone or one.partition("@")[0] != repository}

    def _reply(self, where: str, command: str) -> Raw:
        self.asked.append((where, command))
        return self.replies.get(command, {"stdout": "", "stderr": "", "exit_code": 0})


def _nano(time: str) -> int:
    """Return a time as the events API takes it, in nanoseconds."""
    seconds, _, rest = time.partition(".")
    return int(seconds) * 10**9 + int(rest.ljust(9, "0") or 0)
