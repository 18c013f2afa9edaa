"""A machine with an engine that tests may break: a sandbox whose network a command of ours is put into."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from labrunner.environment.docker_cli import inspect
from labrunner.environment.registry import Registry
from labrunner.environment.sandbox import Engine, Sandbox
from labrunner.narrate import Quiet
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation


class Machine:
    """`with Machine(…) as machine`: `machine.installation` talks to the engine inside as to its user's own.

    Loopback inside is not ours, so the program is run in the network namespace of the sandbox; files are shared.
    """

    def __init__(
        self, outer: Endpoint, registry: Registry, home: Path, engine: Engine = "20.10", *, data: str = ""
    ) -> None:
        """Describe it.

        Args:
            outer: the engine that it runs on.
            registry: as of `Sandbox`.
            home: of the installation.
            engine: the version inside.
            data: a folder of this machine that the engine keeps its data in; on a volume where empty.
        """
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        # A socket's path is short, and a sandbox in the sandbox has one as well.
        self.temporary = tempfile.mkdtemp(prefix="lr-")
        folders = (str(home), self.temporary, *([data] if data else []))
        flags = f"--data-root {data}" if data else ""
        self.sandbox = Sandbox(outer, registry, engine, narrator=Quiet(yes=True), folders=folders, flags=flags)

    def __enter__(self) -> Self:
        self.sandbox.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.__exit__(kind, error, trace)
        shutil.rmtree(self.temporary, ignore_errors=True)

    @property
    def installation(self) -> Installation:
        """An installation whose daemon is the engine inside; ask again after a restart."""
        inner = self.sandbox.endpoint
        pid = inspect(self.sandbox.outer, "containers", self.sandbox.container)["State"]["Pid"]
        path = str(Path(inner.cli).parent) + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return Installation(
            self.home,
            {"DOCKER_HOST": inner.url, "PATH": path, "TMPDIR": self.temporary},
            ("nsenter", f"--net=/proc/{pid}/ns/net", "--"),
            port=5999,
        )
