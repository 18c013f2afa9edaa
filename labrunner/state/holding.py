"""What holds an object of ours in its place: something of the user's that would suffer if it went."""

from collections.abc import Collection
from typing import Any

from labrunner.state.ours import Owned
from labrunner.words import say
from labrunner.world.docker_engine import DockerEngine, Inventory, name_of
from labrunner.world.reference import references


def key(one: Owned) -> tuple[str, str]:
    """Return what an object is told from others by, whatever makes it ours."""
    return (one.kind, one.id)


class Holding:
    """Reads a daemon once, and tells what may not go though it is ours.

    Args:
        engine: the daemon.
        baseline: what was there before `start`.
        going: the keys of what is about to be removed.
    """

    def __init__(self, engine: DockerEngine, baseline: Inventory, going: Collection[tuple[str, str]]) -> None:
        self._baseline, self._going = baseline, going
        self._containers = {raw["Id"]: raw for raw in engine.list("containers")}
        self._staying = [raw for id_, raw in self._containers.items() if ("containers", id_) not in going]
        self._images = {raw["Id"]: raw for raw in engine.list("images")}

    def held(self, one: Owned) -> str:
        """Return why an object stays, as a sentence; empty where it may go.

        A network goes for a daemon even where a stopped container needs it to start again, so that is looked at here.
        """
        users = [name_of(raw) for raw in self._staying if self._uses(raw, one)]
        if users:
            return say(en=f"in use by {', '.join(users)}", zh=f"{'、'.join(users)} 正在使用")
        if one.kind == "images" and self._is_needed_by_baseline(one.id):
            return say(en="an image that was here before would go with it", zh="之前就在的镜像会随之消失")
        return ""

    def hangs_on_baseline(self, one: Owned) -> bool:
        """Tell whether something that was there before would go along with an object by default."""
        if one.kind == "containers":
            mounts = self._containers.get(one.id, {}).get("Mounts") or []
            return any(mount.get("Name") in self._baseline.volumes for mount in mounts)
        if one.kind != "images":
            return False
        id_ = self._id_of(one.id)
        while id_ := str(self._images.get(id_, {}).get("ParentId") or ""):
            named = _references(self._images.get(id_, {}))
            if any(("images", name) not in self._going for name in named):
                return False  # a daemon takes parents along only up to the first that has a name
            if id_ in self._baseline.images:
                return True
        return False

    def _uses(self, raw: dict[str, Any], one: Owned) -> bool:
        if one.kind == "networks":
            attached = (raw.get("NetworkSettings") or {}).get("Networks") or {}
            return any(end.get("NetworkID", "") == one.id or name == one.name for name, end in attached.items())
        if one.kind == "volumes":
            return any(mount.get("Name") == one.id for mount in raw.get("Mounts") or [])
        if one.kind == "images":
            return bool(raw.get("ImageID")) and raw["ImageID"] == self._id_of(one.id) and not self._others(one.id)
        return False

    def _is_needed_by_baseline(self, reference: str) -> bool:
        """Tell whether what the baseline has would vanish with a name: the image itself, or a digest of that tag."""
        id_ = self._id_of(reference)
        if id_ not in self._baseline.images:
            return False
        others = self._others(reference)
        repository = "" if "@" in reference else reference.rpartition(":")[0]
        digests = [one for one in self._baseline.images[id_] if one.partition("@")[0] == repository]
        tagged = any("@" not in one and one.rpartition(":")[0] == repository for one in others)
        return not others or (bool(digests) and not tagged)

    def _id_of(self, reference: str) -> str:
        named = (id_ for id_, raw in self._images.items() if reference in _references(raw))
        return reference if reference in self._images else next(named, "")

    def _others(self, reference: str) -> list[str]:
        """Return the image's references that are not about to go."""
        known = _references(self._images.get(self._id_of(reference), {}))
        return [one for one in known if ("images", one) not in self._going and not self._goes_along(one, known)]

    def _goes_along(self, reference: str, known: list[str]) -> bool:
        """Tell whether a digest goes with the last tag of its repository."""
        repository, at, _ = reference.partition("@")
        going = {one for one in known if ("images", one) in self._going}
        return bool(at) and any(one.rpartition(":")[0] == repository for one in going)


def _references(raw: dict[str, Any]) -> list[str]:
    found = references(raw)
    return [reference for reference in found if not reference.startswith("<none>")]
