"""Artefacts by target: found in the cache, or built there together with what they stand on.

From a shell: `python -m labrunner.environment.build TARGET…`.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from labrunner.environment import cache, programs, target
from labrunner.errors import LabrunnerError
from labrunner.narrate import Narrator, Quiet
from labrunner.wait import now

__all__ = ["built", "key"]
key = target.key


def built(name: str, narrator: Narrator, endpoint_env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of an artefact; what is missing of it, or below it, is built.

    Args:
        name: a target: a program ("kubernetes"), `image-NAME` (its image.tar) or `store-NAME` (a registry's tree).
        narrator: told what is built and how far it is.
        endpoint_env: the environment with which the docker command reaches the daemon, for what is built on one.

    Raises:
        UsageError: there is no such target.
        SourceMissing: something that it is built from is not to be had.
        Declined: a change of the machine was needed and refused.
    """
    place = cache.slot(name, target.key(name))
    if place.exists():
        return place
    if name.startswith((target.IMAGE, target.STORE)):
        from labrunner.environment import images

        images.make([name], narrator, endpoint_env)
        return place
    below = [built(other, narrator, endpoint_env) for other in target.find(name).stands_on]
    with cache.alone(name, narrator):
        if not place.exists():
            with cache.unfinished(name) as folder:
                programs.build(name, folder, below, narrator)
                cache.publish(folder, place)
    return place


class Lines(Quiet):
    """A narrator for a log: one line a step, and one whenever what is done changes."""

    def say(self, sentence: str) -> None:
        """Print the line."""
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()

    def working(self, label: str) -> Iterator[Callable[[str, float | None], None]]:
        """Print the label, what changes below it, and how long it took."""
        self.say(f"{label} …")
        began, last = now(), ""

        def show(doing: str, part: float | None) -> None:
            nonlocal last
            tenth = "" if part is None else f" {int(part * 10) * 10}%"
            if (line := f"  {doing}{tenth}") != last:
                last = line
                self.say(line)

        yield show
        self.say(f"{label}: {now() - began:.1f} s")

    def consents(self, question: str, changes: list[str]) -> bool:
        """Say what would be changed; yes only where it was said beforehand."""
        self.say(f"{question} {'; '.join(changes)}")
        return self.yes


def main(argv: list[str]) -> int:
    """Build targets; `--yes` allows changes of the machine. Returns the exit code."""
    narrator = Lines(yes="--yes" in argv or os.environ.get("CI") == "true")
    try:
        for name in argv:
            if name != "--yes":
                sys.stdout.write(f"{built(name, narrator, dict(os.environ))}\n")
    except LabrunnerError as problem:
        narrator.say(f"{problem.message}\n{problem.hint}")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
