"""Storage trees of a registry, as a real registry writes them, one an image."""

import os
import re
from pathlib import Path

from labrunner.environment.container_bounds import REGISTRY
from labrunner.environment.workbench import MARK, Workbench
from labrunner.wait import until

DATA = Path("/var/lib/registry")
INSIDE = Path("docker/registry/v2")
START = 10.0
"""Seconds in which a registry with an empty folder must answer."""


class ScratchRegistry:
    """A registry on a random loopback port; gone when its workbench is left.

    What it holds is copied out by the docker command: not every daemon can mount a folder of the caller's.
    """

    def __init__(self, bench: Workbench, image: str, folder: Path) -> None:
        self._bench = bench
        self._blobs = folder / "blobs"
        self._blobs.mkdir(parents=True, exist_ok=True)
        labels = ["--label", f"{MARK}={bench.token}", "--label", "labrunner=build"]
        published = ("--publish", "127.0.0.1::5000")
        self._container = bench.docker("run", "--detach", *labels, *REGISTRY, *published, image).stdout.strip()
        port = bench.docker("port", self._container, "5000/tcp").stdout.strip().rsplit(":", 1)[-1]
        self._address = f"localhost:{port}"

    def take(self, source: str, reference: str) -> None:
        """Push an image of the daemon under a reference of the course ("redis:7.0").

        Raises:
            SourceMissing: the registry takes it not.
        """
        wanted = f"{self._address}/{reference}"
        self._bench.drop(wanted)
        self._bench.tag(source, wanted)
        # Asked by pushing: the port is the daemon's, and need not be reachable from where we are.
        if not until(lambda: self._bench.docker("push", "--quiet", wanted, check=False).ok, within=START, every=0.3):
            self._bench.docker("push", "--quiet", wanted)

    def split(self, reference: str, into: Path) -> None:
        """Make the storage tree that holds this one image, its blobs hard links to those of the other trees.

        Args:
            reference: what was pushed.
            into: where the tree begins; on the file system of the cache.
        """
        repository = reference.rsplit(":", 1)[0]
        part = into / INSIDE
        (part / "repositories").mkdir(parents=True)
        self._copy(Path("repositories") / repository, part / "repositories" / repository)
        for link in (part / "repositories" / repository).rglob("link"):
            digest = link.read_text().strip().removeprefix("sha256:")
            if not re.fullmatch(r"[0-9a-f]{64}", digest):
                continue
            place = Path("blobs") / "sha256" / digest[:2] / digest / "data"
            if not (self._blobs / digest).exists():
                self._copy(place, self._blobs / digest)
            (part / place).parent.mkdir(parents=True, exist_ok=True)
            if not (part / place).exists():
                os.link(self._blobs / digest, part / place)

    def _copy(self, inside: Path, outside: Path) -> None:
        self._bench.docker("cp", f"{self._container}:{DATA / INSIDE / inside}", str(outside))
