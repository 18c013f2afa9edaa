"""Storage trees of a registry, as a real registry writes them, one an image."""

import os
import re
import shutil
from pathlib import Path

from labrunner.environment.workbench import MARK, Workbench
from labrunner.errors import SourceMissing
from labrunner.wait import until
from labrunner.words import say

INSIDE = Path("docker/registry/v2")
START = 10.0
"""Seconds in which a registry with an empty folder must answer."""


class ScratchRegistry:
    """A registry on a random loopback port over a folder of ours; gone when its workbench is left."""

    def __init__(self, bench: Workbench, image: str, folder: Path) -> None:
        self._bench = bench
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        mount = f"type=bind,source={folder},target=/var/lib/registry"
        flags = [
            "--detach",
            "--label",
            f"{MARK}={bench.token}",
            "--label",
            "labrunner=build",
            "--publish",
            "127.0.0.1::5000",
        ]
        # What it writes belongs to who runs us, so that the cache can be deleted by them.
        flags += ["--user", f"{os.getuid()}:{os.getgid()}", "--mount", mount]
        container = bench.docker("run", *flags, image).stdout.strip()
        self._container = container
        port = bench.docker("port", container, "5000/tcp").stdout.strip().rsplit(":", 1)[-1]
        self._address = f"localhost:{port}"
        if not until(self._answers, within=START, every=0.1):
            raise SourceMissing(
                say(en="the registry that packs the images did not start", zh="打包镜像用的 registry 没有启动")
            )

    def take(self, source: str, reference: str) -> None:
        """Push an image of the daemon under a reference of the course ("redis:7.0")."""
        wanted = f"{self._address}/{reference}"
        self._bench.tag(source, wanted)
        self._bench.drop(wanted)
        self._bench.docker("push", "--quiet", wanted)

    def split(self, reference: str, into: Path) -> None:
        """Make the storage tree that holds this one image, by hard links.

        Args:
            reference: what was pushed.
            into: where the tree begins; on the same file system.
        """
        repository = reference.rsplit(":", 1)[0]
        whole, part = self._folder / INSIDE, into / INSIDE
        shutil.copytree(whole / "repositories" / repository, part / "repositories" / repository)
        for link in (part / "repositories" / repository).rglob("link"):
            digest = link.read_text().strip().removeprefix("sha256:")
            if not re.fullmatch(r"[0-9a-f]{64}", digest):
                continue
            place = Path("blobs") / "sha256" / digest[:2] / digest / "data"
            (part / place).parent.mkdir(parents=True, exist_ok=True)
            if not (part / place).exists():
                os.link(whole / place, part / place)

    def _answers(self) -> bool:
        import urllib.request

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://{self._address}/v2/", timeout=2) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
        except OSError:
            return False
