"""A Docker engine of our own in a container, thrown away afterwards: all names are free in it."""

import os
import secrets
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from labrunner import interruption, wait
from labrunner.environment import within_reach
from labrunner.environment.container_bounds import SANDBOX
from labrunner.environment.docker_cli import docker, inspect, labels
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox_journal import ROLE, Entry, Held, remove_pieces, socket_folder, sweep
from labrunner.errors import DockerDown, EnvironmentNotReady
from labrunner.narrate import Narrator, stage
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.endpoint import Endpoint

__all__ = ["Engine", "Sandbox", "sweep"]

Engine = Literal["20.10", "29"]
INSIDE = "/run/docker"
"""The folder of the engine's socket in its container."""
PATIENCE = 45.0
"""Seconds that the engine inside gets to answer; one is usual, a machine that builds meanwhile needs more."""

SETTLE = 3.0
"""Seconds after which an interrupted `docker run` makes nothing any more; what is later still is swept."""


class Sandbox:
    """A Docker engine of our own; `with Sandbox(…) as sandbox` and then `sandbox.endpoint`.

    Attributes:
        endpoint: the engine inside, with a docker program that suits it.
        name: of its container on the outer engine.
        container: the ID of that container.
    """

    endpoint: Endpoint

    def __init__(  # noqa: PLR0913 - what an engine is, by name
        self,
        outer: Endpoint,
        registry: Registry,
        engine: Engine = "20.10",
        *,
        narrator: Narrator,
        flags: str = "",
        folders: tuple[str, ...] = (),
        image: str = "",
    ) -> None:
        """Describe it; nothing is made before the block is entered.

        Args:
            outer: the engine that the sandbox runs on.
            registry: reached inside at the same `localhost:PORT`.
            engine: the version inside.
            narrator: shows what is built or fetched.
            flags: more flags for dockerd.
            folders: of this machine, which the engine inside sees at the same paths.
            image: the catalogue's name of what it is made of; that of the engine's version where empty.
        """
        self.outer = outer
        self.registry = registry
        self.engine = engine
        self.narrator = narrator
        self.flags = flags
        self.folders = folders
        self.image = image or f"sandbox-{engine}"
        self.name = f"labrunner-sandbox-{registry.install[:6]}-{secrets.token_hex(3)}"
        self.container = ""
        self._held: Held | None = None

    def __enter__(self) -> Self:
        """Start it, and wait until the engine inside answers; raises EnvironmentNotReady where it does not."""
        try:
            self._up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove it, whatever happened."""
        self.close()

    def close(self) -> None:
        """Remove the container, its volume and the folder of its socket; right twice, and half made, as well."""
        if self._held is not None:
            with interruption.held_back(tidies=True):
                self._closed(self._held)

    def _closed(self, held: Held) -> None:
        try:
            remove_pieces(self.outer, held.entry)
            if not self.container and wait.until(self._late, within=SETTLE):
                remove_pieces(self.outer, held.entry)
        except DockerDown:  # the journal keeps it: the next command sweeps
            held.file.close()
        else:
            held.drop()
        self._held = None

    def pause(self) -> None:
        """Freeze the engine and everything in it: its socket accepts and never answers."""
        docker(self.outer, "pause", self.container)

    def unpause(self) -> None:
        """Let it go on."""
        docker(self.outer, "unpause", self.container)

    def stop(self) -> None:
        """Stop the engine as a shutdown would."""
        docker(self.outer, "stop", "-t", "10", self.container)

    def kill(self) -> None:
        """End the engine as a power cut would."""
        docker(self.outer, "kill", self.container)

    def start(self) -> None:
        """Start a stopped or killed engine again, and wait for it."""
        docker(self.outer, "start", self.container)
        self._answered()

    def demand(self) -> None:
        """Make sure that the course's registry answers inside; raises EnvironmentNotReady."""
        within_reach.registry(self.outer, self.container, self.registry.port)

    def _late(self) -> bool:
        """Tell whether the daemon made the container although the docker program that asked for it was ended."""
        return bool(inspect(self.outer, "containers", self.name))

    def _up(self) -> None:
        from labrunner.environment import build, images

        environ = self.outer.environ()
        image = images.environment_image(self.image, self.narrator, environ)
        cli = str(build.built("cli-29", self.narrator, environ) / "bin" / "docker") if self.engine == "29" else ""
        folder = socket_folder(self.name)
        self.endpoint = Endpoint(f"unix://{folder}/docker.sock", cli or self.outer.cli)
        with stage(
            self.narrator,
            say(en=f"starting a sandbox (Docker Engine {self.engine})", zh=f"启动沙箱（Docker Engine {self.engine}）"),
        ):
            with interruption.held_back():
                self._held = Held(Entry(self.name, str(folder), self.outer.url, self.registry.install))
            folder.mkdir(mode=0o700)
            self._create(image, folder)
            self._answered()

    def _create(self, image: str, folder: Path) -> None:
        own = labels(self.registry.install, ROLE)
        volume = f"type=volume,source={self.name},destination=/var/lib/docker"
        marks = "".join(f",volume-label={own[index]}" for index in (1, 3))
        shared = [word for path in self.folders for word in ("--volume", f"{path}:{path}")]
        self.container = docker(
            self.outer, "run", "--detach", "--privileged", "--name", self.name, "--hostname", "sandbox",
            "--network", self.registry.network, *own, *SANDBOX,
            "--mount", volume + marks, "--volume", f"{folder}:{INSIDE}", *shared,
            "--env", f"REGISTRY_HOST={self.registry.name}", "--env", f"REGISTRY_PORT={self.registry.port}",
            "--env", f"SOCKET_GROUP={os.getgid()}", "--env", f"EXTRA={self.flags}", image,
        ).stdout.strip()  # fmt: skip

    def _answered(self) -> None:
        """Wait for the engine inside, or for the end of its container."""
        socket = Path(self.endpoint.socket)
        found: list[Endpoint] = []
        rounds = 0

        def look() -> bool:
            nonlocal rounds
            rounds += 1
            if socket.exists():
                try:
                    found.append(endpoints.reach(self.endpoint.url))
                except DockerDown:
                    pass
                else:
                    return True
            return rounds % 20 == 0 and not inspect(self.outer, "containers", self.container)["State"]["Running"]

        wait.until(look, within=PATIENCE, every=0.05)
        if not found:
            said = docker(self.outer, "logs", "--tail", "5", self.container, may_fail=True)
            raise EnvironmentNotReady(
                say(
                    en=f"the sandbox's engine did not start: {said.last_words}",
                    zh=f"沙箱里的引擎没有启动：{said.last_words}",
                ),
                hint=say(
                    en="labrunner doctor tells what this machine lacks", zh="labrunner doctor 会说明这台机器缺什么"
                ),
            )
        self.endpoint = replace(found[0], cli=self.endpoint.cli)
