"""Docker as nouns of facts over a snapshot; reads, and never asks the daemon."""

from collections.abc import Mapping
from typing import Any, TypeVar

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.asked import note
from labrunner.world.docker_noun import Noun
from labrunner.world.history import Past, lives
from labrunner.world.past_things import PastThing
from labrunner.world.snapshot import Snapshot

T = TypeVar("T")
Raw = Mapping[str, Any]


class Docker:
    """What a snapshot holds of Docker.

    Args:
        snapshot: what was read.
        life: which of its lives a name's past is, counted back from the last (0).

    Attributes:
        lives: the names whose past was asked for, and how many lives each has had.
    """

    def __init__(self, snapshot: Snapshot, life: Mapping[str, int] | None = None) -> None:
        self._snapshot, self._life = snapshot, life or {}
        self.lives: dict[str, int] = {}

    def _objects(self, kind: str) -> list[Raw]:
        if self._snapshot.docker is None:
            raise NotRecorded("Docker was not looked at")
        if kind not in self._snapshot.docker:
            raise NotRecorded(f"the {kind} were not recorded: there are too many of them")
        return list(self._snapshot.docker[kind].values())

    def _holds(self, kind: str, name: str) -> None:
        """Raise NotRecorded where an object of this name would not be in the snapshot even if it were there."""
        scope = self._snapshot.scope
        begins = (scope["names"], *([scope["prefix"]] if kind == "image" else [])) if scope is not None else ("",)
        if not name.startswith(begins):
            raise NotRecorded(
                say(
                    en=f"{kind} {name} is none of the lab's, so it was not looked for",
                    zh=f"{kind} {name} 不属于本实验，没有查看",
                )
            )

    def container(self, name: str) -> "Container":
        """Return the container of this name, there or not."""
        note(f"container/{name}")
        raw = next((c for c in self._objects("containers") if c["Name"].lstrip("/") == name), None)
        if raw is None:
            self._holds("container", name)
        return Container("container", name, f"docker inspect {name}", raw, self._renamed(name) if raw is None else "")

    def network(self, name: str) -> "Network":
        """Return the network of this name, there or not."""
        note(f"network/{name}")
        raw = next((n for n in self._objects("networks") if n["Name"] == name), None)
        if raw is None:
            self._holds("network", name)
        return Network("network", name, f"docker network inspect {name}", raw)

    def volume(self, name: str) -> "Volume":
        """Return the volume of this name, there or not."""
        note(f"volume/{name}")
        raw = next((v for v in self._objects("volumes") if v["Name"] == name), None)
        if raw is None:
            self._holds("volume", name)
        return Volume("volume", name, f"docker volume inspect {name}", raw)

    def image(self, reference: str) -> "Image":
        """Return the image of this reference (`localhost:5777/redis:7.0`), there or not."""
        wanted = tagged(reference)
        note(f"image/{wanted}")
        raw = next((i for i in self._objects("images") if wanted in (i.get("RepoTags") or [])), None)
        if raw is None:
            self._holds("image", reference)
        return Image("image", reference, f"docker image inspect {reference}", raw)

    def containers_of(self, reference: str) -> Fact[list[str]]:
        """Return the names of the containers made of this image, sorted; an empty list where there are none."""
        wanted = tagged(reference)
        note("container/*")
        self._holds("image", reference)
        names = [c["Name"].lstrip("/") for c in self._objects("containers") if tagged(c["Config"]["Image"]) == wanted]
        see = f"docker ps -a --filter ancestor={reference}"
        return Fact(sorted(names), f"containers of {reference}", see, subject=f"image/{reference}")

    def past(self, name: str) -> Past:
        """Return the recorded life of the container that bore this name since `start`; see `Past` for which."""
        self.lives[name] = len(lives(self._snapshot, name))
        if not self.lives[name]:
            self._holds("container", name)
        return Past(self._snapshot, name, self._life.get(name, 0))

    def past_network(self, name: str) -> PastThing:
        """Return the last recorded life of the network of this name."""
        return self._past_thing("network", name)

    def past_volume(self, name: str) -> PastThing:
        """Return the last recorded life of the volume of this name."""
        return self._past_thing("volume", name)

    def past_image(self, reference: str) -> PastThing:
        """Return the last recorded life of the image of this reference."""
        return self._past_thing("image", tagged(reference))

    def _past_thing(self, kind: str, name: str) -> PastThing:
        self._holds(kind, name)
        return PastThing(self._snapshot, kind, name)

    def _renamed(self, name: str) -> str:
        """A container of the lab whose name is the wanted one without, or with another, prefix: "did you mean"."""
        bare = name.removeprefix("lr-")
        names = [c["Name"].lstrip("/") for c in self._objects("containers")]
        return next((found for found in names if found != name and bare in [*found.split("-"), found]), "")


def tagged(reference: str) -> str:
    """Return a reference with its tag said: `redis` is `redis:latest`; a digest stays."""
    last = reference.rpartition("/")[2]
    return reference if ":" in last or "@" in last else f"{reference}:latest"


class Container(Noun):
    """A container."""

    @property
    def id(self) -> Fact[str]:
        """The full ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def status(self) -> Fact[str]:
        """created, running, paused, restarting, removing, exited or dead."""
        return self._fact("State.Status", lambda raw: raw["State"]["Status"])

    @property
    def is_running(self) -> Fact[bool]:
        """True while its process runs and is not paused."""
        return self._fact("State.Running", lambda raw: raw["State"]["Status"] == "running", "State.Status")

    @property
    def exit_code(self) -> Fact[int]:
        """The last exit code."""
        return self._fact("State.ExitCode", lambda raw: raw["State"]["ExitCode"])

    @property
    def pid(self) -> Fact[int]:
        """PID 1's number on the host."""
        return self._fact("State.Pid", lambda raw: raw["State"]["Pid"])

    @property
    def started_at(self) -> Fact[str]:
        """When it was started last, by the daemon's clock."""
        return self._fact("State.StartedAt", lambda raw: raw["State"]["StartedAt"])

    @property
    def image(self) -> Fact[str]:
        """The reference it was made of, as typed."""
        return self._fact("Config.Image", lambda raw: tagged(raw["Config"]["Image"]))

    @property
    def image_id(self) -> Fact[str]:
        """The ID of the image it was made of."""
        return self._fact("Image", lambda raw: raw["Image"])

    @property
    def command(self) -> Fact[list[str]]:
        """Entrypoint and command, as one list."""
        return self._fact(
            "Config.Cmd", lambda raw: [*(raw["Config"]["Entrypoint"] or []), *(raw["Config"]["Cmd"] or [])]
        )

    @property
    def env(self) -> Fact[dict[str, str]]:
        """The environment of PID 1."""
        return self._fact("Config.Env", lambda raw: _env(raw["Config"]["Env"] or []))

    @property
    def labels(self) -> Fact[dict[str, str]]:
        """The labels."""
        return self._fact("Config.Labels", lambda raw: raw["Config"]["Labels"] or {})

    @property
    def networks(self) -> Fact[list[str]]:
        """The names of the networks it is on, sorted."""
        return self._fact("NetworkSettings.Networks", lambda raw: sorted(raw["NetworkSettings"]["Networks"]))

    @property
    def mounts(self) -> Fact[list[dict[str, Any]]]:
        """Volumes and binds, each with Type, Name or Source, and Destination."""
        return self._fact("Mounts", lambda raw: raw["Mounts"])

    @property
    def restart_policy(self) -> Fact[str]:
        """no, always, on-failure or unless-stopped."""
        return self._fact(
            "HostConfig.RestartPolicy.Name", lambda raw: raw["HostConfig"]["RestartPolicy"]["Name"] or "no"
        )

    @property
    def ports(self) -> Fact[dict[str, list[str]]]:
        """Published ports: "80/tcp" → ["127.0.0.1:8080"]."""
        return self._fact("NetworkSettings.Ports", _ports)


def _env(pairs: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def _ports(raw: Raw) -> dict[str, list[str]]:
    bound = raw["NetworkSettings"].get("Ports") or {}
    return {port: [f"{one['HostIp']}:{one['HostPort']}" for one in hosts or []] for port, hosts in bound.items()}


class Network(Noun):
    """A network."""

    @property
    def id(self) -> Fact[str]:
        """The full ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def driver(self) -> Fact[str]:
        """bridge, host, overlay, macvlan and so on."""
        return self._fact("Driver", lambda raw: raw["Driver"])

    @property
    def scope(self) -> Fact[str]:
        """local, swarm or global."""
        return self._fact("Scope", lambda raw: raw["Scope"])

    @property
    def internal(self) -> Fact[bool]:
        """True where it does not reach outside."""
        return self._fact("Internal", lambda raw: bool(raw["Internal"]))

    @property
    def containers(self) -> Fact[list[str]]:
        """The names of the containers on it, sorted."""
        return self._fact("Containers", lambda raw: sorted(c["Name"] for c in (raw["Containers"] or {}).values()))


class Volume(Noun):
    """A volume."""

    @property
    def id(self) -> Fact[str]:
        """Its name, which is all the identity it has, and when it was made."""
        return self._fact("Name", lambda raw: raw["Name"])


class Image(Noun):
    """An image."""

    @property
    def id(self) -> Fact[str]:
        """The image ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def tags(self) -> Fact[list[str]]:
        """Every reference of it, sorted."""
        return self._fact("RepoTags", lambda raw: sorted(raw["RepoTags"] or []))

    @property
    def digests(self) -> Fact[list[str]]:
        """Its digests in repositories, sorted."""
        return self._fact("RepoDigests", lambda raw: sorted(raw["RepoDigests"] or []))
