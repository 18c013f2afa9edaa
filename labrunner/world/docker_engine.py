"""The only import of docker-py: reads what is there, asks probes, follows events, removes by ID.

What is read and asked goes over HTTP without docker-py (see wire.py: its import alone is half of a `check`), with the
daemon's newest version of the API, which is what docker-py's "auto" comes to as well. What is removed goes through it.
"""

import contextlib
import http.client
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from labrunner import interruption, wait
from labrunner.world import frames
from labrunner.world.daemon_errors import EngineRefused, errors_mapped, refuse, refuse_if_told
from labrunner.world.daemon_http import Talk
from labrunner.world.inventory import Inventory
from labrunner.world.probe_reply import CAP, answer_of
from labrunner.world.reference import references
from labrunner.world.wire import Wire

__all__ = ["DockerEngine", "EngineRefused", "Filters", "Inventory", "errors_mapped", "name_of"]
TIMEOUT = 20
"""Seconds that one call to the daemon may take."""
PROBE_ROLE = "probe"
EXEC_MARK = "labrunner-probe"
"""What `$0` is in a command that a probe runs inside a container; so its events are known as ours."""
CLIENT_BOUNDS = {"Memory": 512 << 20, "PidsLimit": 256, "CpuQuota": 100_000}
"""What a client container may use: half a gibibyte, and one processor."""
ENDED = 2.0
"""Seconds in which the daemon knows that a command has ended, once its output has."""
LAST_LINES = 1 << 13
"""Bytes that are kept of a log's last lines."""
NOT_FOUND, REFUSED = 404, 400
LATE = 3.0
"""Seconds in which a daemon may still make what it was asked for by somebody who has hung up."""
LISTS = {
    "containers": "/containers/json?all=1",
    "networks": "/networks",
    "volumes": "/volumes",
    "images": "/images/json?all=1",
}
Filters = dict[str, list[str]]
"""What the events API filters by, {"type": ["container"], "label": […]}."""


class DockerEngine:
    """One daemon, whose own JSON is what everything returns; threads may share it.

    Args:
        url: where it listens, `unix:///…` or `tcp://…`.
        timeout: seconds for each step of a talk.

    Raises:
        DockerDown: nothing answers there.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.url = url
        self.timeout = timeout
        self._wire = Wire(lambda: Talk(url, timeout))
        self._call("GET", "/_ping")

    def close(self) -> None:
        """Give the connections back; events that somebody still follows end."""
        self._wire.close()

    def info(self) -> dict[str, Any]:
        """Return `docker info` as JSON."""
        return dict(self._json("GET", "/info"))

    def version(self) -> dict[str, str]:
        """Return the daemon's own version and that of its API."""
        said = self._json("GET", "/version")
        return {"docker": str(said.get("Version", "")), "docker_api": str(said.get("ApiVersion", ""))}

    def list(self, kind: str) -> list[dict[str, Any]]:
        """Return the daemon's list of containers (all), networks, volumes or images (with intermediate ones)."""
        if kind == "volumes":
            return list(self._json("GET", "/volumes").get("Volumes") or [])
        return list(self._json("GET", LISTS[kind]))

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object's JSON, or None where there is none."""
        try:
            return dict(
                self._json("GET", f"/{kind}/{_named(name)}{'/json' if kind in ('containers', 'images') else ''}")
            )
        except EngineRefused as refused:
            if refused.status == NOT_FOUND:
                return None
            raise

    def inventory(self) -> Inventory:
        """Return what is there, by ID."""
        taken = str(self.info().get("SystemTime", ""))  # first: what is made while we look is an event as well
        images: dict[str, list[str]] = {}
        for image in self.list("images"):
            known = images.setdefault(image["Id"], [])
            known += [ref for ref in references(image) if not ref.startswith("<none>")]
        return Inventory(
            {c["Id"]: name_of(c) for c in self.list("containers")},
            {n["Id"]: n["Name"] for n in self.list("networks")},
            {v["Name"]: v.get("CreatedAt") or "" for v in self.list("volumes")},
            {id_: sorted(refs) for id_, refs in images.items()},
            taken,
        )

    def logs(self, container: str, *, lines: int = 10) -> str:
        """Return the last lines that a container printed on both streams, stripped, at most 8 KiB, the end kept.

        Empty where it is gone, or where its log driver cannot be read.
        """
        query = urlencode({"stdout": 1, "stderr": 1, "tail": lines})
        try:
            said = self._call("GET", f"/containers/{_named(container)}/logs?{query}")
        except EngineRefused:
            return ""
        return frames.joined(said)[-LAST_LINES:].decode(errors="replace").replace("\r\n", "\n").strip()

    def ask(  # noqa: PLR0913 - what a client container is made of, each by name
        self, *, image: str, command: str, network: str, limit: float, labels: dict[str, str], privileged: bool = False
    ) -> dict[str, Any]:
        """Run a shell line in a client container that removes itself; see `answer_of` for what comes back."""
        how: dict[str, Any] = {"NetworkMode": network or "default", "Privileged": privileged, "AutoRemove": True}
        how |= {**CLIENT_BOUNDS, "LogConfig": {"Type": "none"}}  # what is printed is heard as it comes
        wanted: dict[str, Any] = {"Image": image, "Entrypoint": ["sh"], "Cmd": ["-c", command], "Labels": labels}
        wanted |= {"StopSignal": "SIGKILL", "AttachStdout": True, "AttachStderr": True, "HostConfig": how}
        made = f"/containers/labrunner-probe-{secrets.token_hex(6)}"  # known before the daemon has answered
        told = done = False
        try:
            self._call("POST", f"/containers/create?name={made.rpartition('/')[2]}", wanted)
            told = True
            answer = self._heard(made, limit)
            done = answer["exit_code"] is not None
        except EngineRefused:
            told = True
            raise
        finally:
            if not done:
                self._gone(made, within=0 if told else LATE)
        return answer

    def _gone(self, made: str, within: float) -> None:
        """Remove a client container, also where this engine was closed meanwhile: whoever made it takes it away.

        Args:
            made: its path.
            within: seconds in which it may still come to be, because the daemon was not heard out.
        """
        own = Wire(lambda: Talk(self.url, self.timeout))
        with interruption.held_back(tidies=True), contextlib.closing(own), errors_mapped():
            # Any other refusal means that it is gone already, or going.
            wait.until(lambda: own.ask("DELETE", f"{made}?force=1&v=1")[0] != NOT_FOUND, within=within)

    def _heard(self, made: str, limit: float) -> dict[str, Any]:
        """Start a container, and return what it prints until it ends; both are asked for before it begins."""
        ends = wait.now() + limit
        with (
            errors_mapped(),
            self._wire.stream("POST", f"{made}/attach?stream=1&stdout=1&stderr=1", limit=limit) as printed,
            self._wire.stream("POST", f"{made}/wait?condition=next-exit", limit=limit) as ended,
        ):
            refuse_if_told(printed)
            refuse_if_told(ended)
            self._call("POST", f"{made}/start")
            try:
                heard = frames.read(printed, CAP + 1, lambda: wait.now() < ends)
                if heard is not None:
                    return answer_of(*heard, int(json.loads(ended.read())["StatusCode"]))
            except TimeoutError:
                pass
        return answer_of(b"", b"", None)

    def ask_inside(self, container: str, command: str, *, limit: float) -> dict[str, Any]:
        """Run a shell line inside a running container; see `answer_of` for what comes back."""
        wanted = {"AttachStdout": True, "AttachStderr": True, "Cmd": ["sh", "-c", command, EXEC_MARK]}
        made = f"/exec/{self._json('POST', f'/containers/{_named(container)}/exec', wanted)['Id']}"
        how = json.dumps({"Detach": False, "Tty": False}).encode()
        ends = wait.now() + limit
        heard = None
        with (
            errors_mapped(),
            contextlib.suppress(TimeoutError),
            self._wire.stream("POST", f"{made}/start", how, limit=limit) as answer,
        ):
            refuse_if_told(answer)
            heard = frames.read(answer, CAP + 1, lambda: wait.now() < ends)
        if heard is None:
            return answer_of(b"", b"", None)
        return answer_of(*heard, self._ended(made, min(ENDED, max(0.0, ends - wait.now()))))

    def _ended(self, made: str, within: float) -> int | None:
        """Return with which code a command ended whose output has ended; None where the time is up.

        Raises:
            DockerDown: it goes on: it was not its output that ended, but what the daemon said of it.
        """
        code: list[int | None] = []

        def has_ended() -> bool:
            found = self._json("GET", f"{made}/json")
            code[:] = [found["ExitCode"]]
            return not found["Running"]

        if wait.until(has_ended, within=within, every=0.05):
            return code[0]
        if within < ENDED:
            return None
        with errors_mapped():
            raise http.client.IncompleteRead(b"")

    def events(self, since: str, *, until: str = "", filters: Filters | None = None) -> Iterator[dict[str, Any]]:
        """Follow the daemon's events.

        Args:
            since: the time of the daemon's to begin at, "seconds.nanoseconds".
            until: the time to end at; empty to follow until the daemon ends, or until this engine is closed.
            filters: which of them; all where None.

        Raises:
            DockerDown: the stream broke.
        """
        asked = {"since": since, "until": until, "filters": json.dumps(filters) if filters else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        with errors_mapped(), self._wire.stream("GET", f"/events?{query}") as answer:
            refuse_if_told(answer)
            for line in self._wire.lines(answer):
                yield json.loads(line)

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
            with errors_mapped(), self._client() as api:
                if kind == "containers":
                    api.remove_container(name, force=True, v=not alone)
                elif kind == "networks":
                    api.remove_network(name)
                elif kind == "volumes":
                    api.remove_volume(name)
                else:
                    api.remove_image(name, force=False, noprune=alone)
        except EngineRefused as refused:
            if refused.status == NOT_FOUND:
                return False
            raise
        return True

    def disconnect(self, network: str, container: str) -> None:
        """Take a container off a network."""
        with errors_mapped(), self._client() as api:
            api.disconnect_container_from_network(container, network, force=True)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        import docker

        patience: Any = self.timeout  # the stubs only know whole seconds
        with contextlib.closing(docker.APIClient(base_url=self.url, version="auto", timeout=patience)) as api:
            yield api

    def _call(self, method: str, path: str, body: Any = None) -> bytes:
        with errors_mapped():
            status, said = self._wire.ask(method, path, json.dumps(body).encode() if body is not None else None)
        refuse(status, said)
        return said

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        said = self._call(method, path, body)
        with errors_mapped():
            return json.loads(said)


def _named(name: str) -> str:
    return quote(name, safe="/:@")


def name_of(raw: Mapping[str, Any]) -> str:
    """Return a container's own name from the daemon's list, which also has names that links gave it ("/web/db")."""
    names = [name.lstrip("/") for name in raw.get("Names") or []]
    return next((name for name in names if "/" not in name), "")
