"""An installation of labrunner that shares nothing with anybody's but the cache, driven as its user drives it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labrunner import places, process
from labrunner.environment import ports
from labrunner.process import Completed

CHECKOUT = Path(__file__).resolve().parents[1]
LAB = "docker-basics"


@dataclass
class Installation:
    """Where it keeps what it keeps, and how it is called.

    Attributes:
        home: its folder.
        environ: the variables that it sees beside ours.
        before: what stands before the program, as `nsenter …`.
    """

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    port: int = field(default_factory=ports.any_free)

    def env(self, **more: str) -> dict[str, str]:
        """Return the whole environment of a command."""
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "LABRUNNER_HOME")}
        return {
            **kept,
            "LABRUNNER_HOME": str(self.home),
            "LABRUNNER_CACHE": str(places.cache_dir()),
            "LABRUNNER_PORT": str(self.port),
            "LABRUNNER_LANG": "en",
            "PYTHONPATH": str(CHECKOUT),
            **self.environ,
            **more,
        }

    def argv(self, *words: str) -> list[str]:
        """Return the line that runs a command of ours."""
        return [*self.before, sys.executable, "-m", "labrunner", *words]

    def run(self, *words: str, limit: float = 100, **more: str) -> Completed:
        """Run a command to its end."""
        return process.run(self.argv(*words), limit=limit, env=self.env(**more))

    def begin(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        """Begin a command, to be interrupted: a process group of its own, as at a terminal."""
        return subprocess.Popen(
            self.argv(*words),
            env=self.env(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def docker(self, *words: str, limit: float = 60, cli: str = "docker") -> Completed:
        """Run docker as this installation's user would."""
        return process.run([*self.before, cli, *words], limit=limit, env=self.env())

    def state_of(self, lab: str = LAB) -> dict[str, Any]:
        """Return what is written of a started lab."""
        found: dict[str, Any] = json.loads((self.home / "state/labs" / lab / "lab.json").read_text(encoding="utf-8"))
        return found

    @property
    def install(self) -> str:
        """Its install id, which its first command makes."""
        file = self.home / "config/settings.json"
        assert file.exists(), "no command has run"
        found: str = json.loads(file.read_text(encoding="utf-8"))["install"]
        return found

    def inventory(self) -> dict[str, set[str]]:
        """Return what is on its daemon, by kind: identities with names; images with every reference."""
        listed = {
            "containers": ("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}}"),
            "networks": ("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"),
            "volumes": ("volume", "ls", "--format", "{{.Name}}"),
            "images": ("images", "--no-trunc", "--digests", "--format", "{{.Repository}}:{{.Tag}}@{{.Digest}} {{.ID}}"),
        }
        found: dict[str, set[str]] = {}
        for kind, words in listed.items():
            done = self.docker(*words)
            assert done.ok, done.stderr
            # The default bridge is made anew, with another identity, whenever the engine starts.
            found[kind] = {line for line in done.stdout.splitlines() if not line.endswith(" bridge")}
        return found


def sentence(done: Completed) -> str:
    """Return the one sentence that a failing command said; asserts that it is one, with a hint, and no traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("labrunner: ")]
    assert len(said) == 1, done.stderr
    return done.stderr[done.stderr.index("labrunner: ") :]


def processes(home: Path) -> list[int]:
    """Return the processes that work for an installation, by the variable that all of them inherit."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                if f"LABRUNNER_HOME={home}\0".encode() in (folder / "environ").read_bytes() + b"\0":
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


@contextmanager
def stopped_after(installation: Installation) -> Iterator[Installation]:
    """Take everything of an installation away when the block ends."""
    try:
        yield installation
    finally:
        done = installation.run("--yes", "stop", "--all")
        assert done.code in (0, 2, 3), done.stderr
