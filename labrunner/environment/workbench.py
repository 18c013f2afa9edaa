"""A place on a daemon where images are built under names of our own, and which is left as it was found."""

import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from labrunner import process
from labrunner.environment import cache
from labrunner.environment.catalogue import Image
from labrunner.environment.container_bounds import BUILDER
from labrunner.environment.ledger import Ledger, orphans
from labrunner.errors import SourceMissing
from labrunner.words import say

PREFIX = "labrunner-build"
"""First part of the names of what is built; such an image is there only while something is built from it."""
MARK = "labrunner.build"
"""Label of everything that a workbench makes on its way; its value is the workbench's own token."""
DONE = f"{MARK}=done"
"""What the label says on an image that is whole: a container of it is nobody's leftover."""
Show = Callable[[str, float | None], None]
LIMIT = 900.0
"""Seconds for one call of the docker command."""


class Workbench:
    """Runs the docker command against one daemon, and takes away what it made there when the block ends.

    Attributes:
        token: names this workbench in tags and labels; unique.
    """

    def __init__(self, endpoint_env: Mapping[str, str]) -> None:
        self.token = secrets.token_hex(4)
        # The old builder needs no plugin, which many installations lack, and leaves nothing in a build cache.
        self._env = {**endpoint_env, "DOCKER_BUILDKIT": "0", "DOCKER_CLI_HINTS": "false"}
        self._ledger = Ledger(self.token, self._env.get("DOCKER_HOST", ""))
        self._made: list[str] = []

    def __enter__(self) -> Self:
        for orphan in orphans(self._ledger.host):
            self._clear(orphan.token, orphan.references())
            orphan.close()
        self._ledger.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear(self.token, self._made)
        self._ledger.close()

    def _clear(self, token: str, references: list[str]) -> None:
        """Take away what bears this token, which no other workbench ever had, and these names."""
        ours = f"label={MARK}={token}"
        for container in self.docker("ps", "-aq", "--filter", ours, check=False).stdout.split():
            self.docker("rm", "-f", "-v", container, check=False)
        for reference in reversed(references):
            self.docker("image", "rm", reference, check=False)
        # What a build leaves between its first and its last line has no name.
        for _ in range(3):
            dangling = ("images", "-aq", "--no-trunc", "--filter", ours, "--filter", "dangling=true")
            left = set(self.docker(*dangling, check=False).stdout.split())
            for identity in left:
                self.docker("image", "rm", identity, check=False)
            if not left:
                break

    def docker(
        self,
        *words: str,
        limit: float = LIMIT,
        check: bool = True,
        on_line: Callable[[str], None] | None = None,
    ) -> process.Completed:
        """Run the docker command.

        Args:
            words: its arguments.
            limit: seconds.
            check: raise where it fails.
            on_line: called with each line that it prints.

        Raises:
            SourceMissing: it failed.
        """
        ended = process.run(["docker", *words], limit=limit, env=self._env, on_line=on_line)
        if check and not ended.ok:
            what = " ".join(("docker", *words))[:120]
            raise SourceMissing(
                say(en=f"`{what}` failed: {ended.last_words}", zh=f"`{what}` 失败：{ended.last_words}"),
                hint=say(en="run it by hand to see why", zh="手动运行它可以看到原因"),
            )
        return ended

    def has(self, reference: str) -> bool:
        """Tell whether the daemon has an image under this name."""
        return self.docker("image", "inspect", "--format", "{{.Id}}", reference, check=False).ok

    def name(self, image: str) -> str:
        """Return the name that an image of the catalogue has on this workbench, and see to its removal at the end."""
        reference = f"{PREFIX}/{image}:{self.token}"
        if reference not in self._made:
            self.drop(reference)
        return reference

    def tag(self, source: str, reference: str) -> str:
        """Give an image another name; one on this workbench goes away at the end, any other stays."""
        self.docker("tag", source, reference)
        return reference

    def drop(self, reference: str) -> None:
        """See to it that this name, which is about to be given, is removed at the end."""
        self._ledger.add(reference)
        self._made.append(reference)

    def keep(self, reference: str) -> None:
        """Let a name stay when the block ends."""
        self._made = [made for made in self._made if made != reference]

    def build(
        self, image: Image, recipe: Path, images: Mapping[str, str], extra: Mapping[str, Path], show: Show
    ) -> str:
        """Build a recipe's Dockerfile.

        Args:
            image: the catalogue's entry.
            recipe: its folder.
            images: references of the images that it is made of, each by the ARG that names it there.
            extra: files and folders that its build context holds too, by their names there.
            show: told which line of the Dockerfile is at work.

        Returns:
            the name of the image on this workbench.

        Raises:
            SourceMissing: a line of the Dockerfile failed.
        """
        args = {**images, **image.args}
        return self.build_folder(self.name(image.name), recipe, extra, args, image.label, show)

    def build_folder(  # noqa: PLR0913, PLR0917 - a build is as many things
        self,
        reference: str,
        recipe: Path,
        extra: Mapping[str, Path],
        args: Mapping[str, str],
        label: str,
        show: Show | None = None,
    ) -> str:
        """Build a folder's Dockerfile under a name; see `build`."""
        with cache.unfinished("context") as context:
            for source in recipe.iterdir():
                _place(source, context / source.name)
            for name, source in extra.items():
                _place(source, context / name)
            lines = (context / "Dockerfile").read_text()
            # Behind each FROM, so that whatever the build leaves anywhere bears it.
            marked = re.sub(r"(?m)^(FROM .*)$", rf'\1\nLABEL {MARK}="{self.token}"', lines)
            (context / "Dockerfile").write_text(marked)
            told = [
                word
                for name, value in args.items()
                if f"ARG {name}" in lines
                for word in ("--build-arg", f"{name}={value}")
            ]
            flags = ["--no-cache", "--force-rm", *BUILDER, "--label", label, "--label", DONE]
            self.docker("build", *flags, *told, "--tag", reference, str(context), on_line=_steps(show))
        return reference


def _steps(show: Show | None) -> Callable[[str], None]:
    def heard(line: str) -> None:
        if show and (step := re.match(r"Step (\d+)/(\d+) : (?:RUN|COPY)", line)):
            show(
                say(en=f"step {step[1]} of {step[2]}", zh=f"第 {step[1]}/{step[2]} 步"),
                (int(step[1]) - 1) / int(step[2]),
            )

    return heard


def _place(source: Path, wanted: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, wanted, symlinks=True)
    else:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, wanted)
