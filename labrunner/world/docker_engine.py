"""The only import of docker-py: reads what is there, asks probes, follows events, removes by ID."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.words import say

TIMEOUT = 20
"""Seconds that one call to the daemon may take."""
PROBE_ROLE = "probe"
EXEC_MARK = "labrunner-probe"
"""What `$0` is in a command that a probe runs inside a container; so its events are known as ours."""


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Turn what docker-py and what it stands on raise into our tree; the most specific wins."""
    import docker.errors
    import requests.exceptions
    import urllib3.exceptions

    broken = (
        docker.errors.DockerException,
        docker.errors.StreamParseError,
        requests.exceptions.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
    )
    try:
        yield
    except docker.errors.APIError as error:
        raise EngineRefused(str(error.explanation or error), error.status_code or 0) from error
    except broken as error:
        raise DockerDown(
            say(
                en=f"the Docker daemon stopped answering: {_brief(error)}",
                zh=f"Docker 守护进程不再回应：{_brief(error)}",
            ),
            hint=say(en="see: labrunner doctor", zh="查看：labrunner doctor"),
        ) from error


class EngineRefused(EnvironmentNotReady):
    """The daemon answered a call with an error.

    Attributes:
        status: the HTTP status; 404 where the object is not there.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is on a daemon, by ID: what a baseline keeps, and what a difference is taken of.

    Attributes:
        containers: full ID → name.
        networks: full ID → name.
        volumes: name → creation time as the daemon tells it.
        images: image ID → its references (tags and digests), sorted.
        taken: the daemon's own time.
    """

    containers: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    taken: str = ""

    @classmethod
    def of(cls, kept: Any) -> "Inventory":
        """Return the inventory that was written down; what a later version wrote beside it is passed over.

        Raises:
            ValueError: it is none; a guess would make the user's own objects ours.
        """
        kinds = ("containers", "networks", "volumes", "images")
        if not isinstance(kept, dict) or not all(isinstance(kept.get(kind), dict) for kind in kinds):
            raise ValueError("not an inventory")
        containers, networks, volumes, images = (kept[kind] for kind in kinds)
        return cls(containers, networks, volumes, images, str(kept.get("taken", "")))


class DockerEngine:
    """One daemon, spoken to through docker-py's low-level client, which returns the daemon's own JSON."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.url = url
        self.timeout = timeout
        self._api = self._client(timeout)

    def _client(self, timeout: float | None) -> Any:
        import docker

        patience: Any = timeout  # None waits for ever; the stubs only know whole seconds
        with errors_mapped():  # it asks the daemon for its version
            return docker.APIClient(base_url=self.url, version="auto", timeout=patience)

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()

    def info(self) -> dict[str, Any]:
        """Return `docker info` as JSON."""
        with errors_mapped():
            return dict(self._api.info())

    def list(self, kind: str) -> list[dict[str, Any]]:
        """Return the daemon's list of containers (all), networks, volumes or images (with intermediate ones)."""
        with errors_mapped():
            if kind == "containers":
                return list(self._api.containers(all=True))
            if kind == "networks":
                return list(self._api.networks())
            if kind == "volumes":
                return list(self._api.volumes().get("Volumes") or [])
            return list(self._api.images(all=True))

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object's JSON, or None where there is none."""
        calls = {
            "containers": self._api.inspect_container,
            "networks": self._api.inspect_network,
            "volumes": self._api.inspect_volume,
            "images": self._api.inspect_image,
        }
        try:
            with errors_mapped():
                return dict(calls[kind](name))
        except EngineRefused as refused:
            if refused.status == 404:  # noqa: PLR2004 - HTTP's own number
                return None
            raise

    def inventory(self) -> Inventory:
        """Return what is there, by ID."""
        taken = str(self.info().get("SystemTime", ""))  # first: what is made while we look is an event as well
        images: dict[str, list[str]] = {}
        for image in self.list("images"):
            refs = [*(image.get("RepoTags") or []), *(image.get("RepoDigests") or [])]
            known = images.setdefault(image["Id"], [])
            known += [ref for ref in refs if not ref.startswith("<none>")]
        return Inventory(
            {c["Id"]: name_of(c) for c in self.list("containers")},
            {n["Id"]: n["Name"] for n in self.list("networks")},
            {v["Name"]: v.get("CreatedAt") or "" for v in self.list("volumes")},
            {id_: sorted(refs) for id_, refs in images.items()},
            taken,
        )

    def ask(  # noqa: PLR0913 - what a client container is made of, each by name
        self, *, image: str, command: str, network: str, limit: float, labels: dict[str, str], privileged: bool = False
    ) -> dict[str, Any]:
        """Run a shell line in a client container that removes itself; see `answer_of` for what comes back."""
        api = self._client(limit + TIMEOUT)
        with errors_mapped():
            host = api.create_host_config(network_mode=network or "default", privileged=privileged)
            made = api.create_container(
                image, ["-c", command], entrypoint=["sh"], host_config=host, labels=labels, stop_signal="SIGKILL"
            )
        try:
            with errors_mapped():
                api.start(made["Id"])
            code = _waited(api, made["Id"], limit)
            with errors_mapped():
                out = api.logs(made["Id"], stdout=True, stderr=False)
                err = api.logs(made["Id"], stdout=False, stderr=True)
            return answer_of(out, err, code)
        finally:
            with errors_mapped():
                api.remove_container(made["Id"], force=True, v=True)
            api.close()

    def ask_inside(self, container: str, command: str, *, limit: float) -> dict[str, Any]:
        """Run a shell line inside a running container; see `answer_of` for what comes back."""
        import requests.exceptions

        api = self._client(limit)
        try:
            with errors_mapped():
                made = api.exec_create(container, ["sh", "-c", command, EXEC_MARK])
            try:
                out, err = api.exec_start(made["Id"], demux=True)
            except (requests.exceptions.RequestException, OSError):
                return answer_of(b"", b"", None)
            with errors_mapped():
                return answer_of(out or b"", err or b"", api.exec_inspect(made["Id"])["ExitCode"])
        finally:
            api.close()

    def events(self, since: str) -> Iterator[dict[str, Any]]:
        """Follow the daemon's events from a time of its own on; ends when the daemon does."""
        api = self._client(None)
        with errors_mapped():
            for line in api.events(since=since, decode=False):
                for part in line.splitlines():
                    yield json.loads(part)

    def remove(self, kind: str, name: str, *, alone: bool = False) -> bool:
        """Remove one object by ID (an image by reference, never forced); False where it was gone already.

        Args:
            kind: containers, networks, volumes or images.
            name: what it is removed by.
            alone: True leaves what goes with it by default: a container's anonymous volumes, an image's untagged
                parents.

        Raises:
            EngineRefused: the daemon would not, as for an image in use.
        """
        try:
            with errors_mapped():
                if kind == "containers":
                    self._api.remove_container(name, force=True, v=not alone)
                elif kind == "networks":
                    self._api.remove_network(name)
                elif kind == "volumes":
                    self._api.remove_volume(name)
                else:
                    self._api.remove_image(name, force=False, noprune=alone)
        except EngineRefused as refused:
            if refused.status == 404:  # noqa: PLR2004 - HTTP's own number
                return False
            raise
        return True

    def disconnect(self, network: str, container: str) -> None:
        """Take a container off a network."""
        with errors_mapped():
            self._api.disconnect_container_from_network(container, network, force=True)


def name_of(raw: Mapping[str, Any]) -> str:
    """Return a container's own name from the daemon's list, which also has names that links gave it ("/web/db")."""
    names = [name.lstrip("/") for name in raw.get("Names") or []]
    return next((name for name in names if "/" not in name), "")


def answer_of(stdout: bytes, stderr: bytes, code: int | None) -> dict[str, Any]:
    """Return a probe's reply as the snapshot keeps it: text, at most 64 KiB each; no code where the time was up."""
    cap = 1 << 16
    return {
        "stdout": stdout[:cap].decode(errors="replace"),
        "stderr": stderr[:cap].decode(errors="replace"),
        "exit_code": code,
    }


def _waited(api: Any, container: str, limit: float) -> int | None:
    import requests.exceptions

    try:
        return int(api.wait(container, timeout=limit)["StatusCode"])
    except (requests.exceptions.RequestException, OSError):
        return None


def _brief(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
