"""Docker as nouns of facts over a snapshot; reads, and never asks the daemon."""

import shlex
from collections.abc import Mapping
from typing import Any

from labrunner.facts import Fact, NotRecorded
from labrunner.words import say
from labrunner.world.asked import note
from labrunner.world.docker_container import Container
from labrunner.world.docker_things import Image, Network, Volume
from labrunner.world.history import Past, lives
from labrunner.world.past_things import PastThing
from labrunner.world.reference import references, tagged
from labrunner.world.snapshot import Snapshot

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

    def container(self, name: str) -> Container:
        """Return the container of this name, there or not."""
        note(f"container/{name}")
        raw = next((c for c in self._objects("containers") if c["Name"].lstrip("/") == name), None)
        if raw is None:
            self._holds("container", name)
        return Container("container", name, f"docker inspect {name}", raw, self._renamed(name) if raw is None else "")

    def network(self, name: str) -> Network:
        """Return the network of this name, there or not."""
        note(f"network/{name}")
        raw = next((n for n in self._objects("networks") if n["Name"] == name), None)
        if raw is None:
            self._holds("network", name)
        return Network("network", name, f"docker network inspect {shlex.quote(name)}", raw)

    def volume(self, name: str) -> Volume:
        """Return the volume of this name, there or not."""
        note(f"volume/{name}")
        raw = next((v for v in self._objects("volumes") if v["Name"] == name), None)
        if raw is None:
            self._holds("volume", name)
        return Volume("volume", name, f"docker volume inspect {name}", raw)

    def image(self, reference: str) -> Image:
        """Return the image of this reference, by tag (`redis:7.0`) or digest (`redis@sha256:…`), there or not."""
        wanted = tagged(reference)
        note(f"image/{wanted}")
        raw = next((i for i in self._objects("images") if wanted in references(i)), None)
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
